package io.gatepost.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.DomainName;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import reactor.core.publisher.Mono;

class HostGuardTest {

  private static final String CALL = "/gatepost.queue.v1.Operator/Cancel";
  private static final String METRICS = "/actuator/prometheus";

  private final HostGuard guard = guard();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1:8080",
        "127.0.0.1",
        "[::1]:8080",
        "192.0.2.7",
        "localhost:8080",
        "LOCALHOST",
        "localhost.:8080",
        "queue:8084",
        "mail.example.test:8080",
        "ops.example.test",
      })
  void addressesAndOurOwnNamesAreGood(String host) {
    assertThat(isLetIn(MockServerHttpRequest.post(CALL).header("Host", host))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rebound.example:8080",
        "localhost.rebound.example",
        "127.0.0.1.rebound.example:8080",
        "rebound.example:8080:8080",
        "1.2.3.4.5",
        "",
      })
  void aForeignNameIsRefusedOnEveryPath(String host) {
    assertThat(isLetIn(MockServerHttpRequest.post(CALL).header("Host", host))).isFalse();
    assertThat(isLetIn(MockServerHttpRequest.get(METRICS).header("Host", host))).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "http://127.0.0.1:8080, true",
    "https://127.0.0.1:8080, true",
    "http://127.0.0.1:8081, false",
    "http://evil.example, false",
    "null, false",
  })
  void anOriginHasToBeThisServers(String origin, boolean letIn) {
    assertThat(
            isLetIn(
                MockServerHttpRequest.post(CALL)
                    .header("Host", "127.0.0.1:8080")
                    .header("Origin", origin)))
        .isEqualTo(letIn);
  }

  @Test
  void monitoringElsewhereThanOnLoopbackHasAnyName() {
    InetSocketAddress outside = new InetSocketAddress("192.0.2.7", 8080);

    assertThat(
            isLetIn(MockServerHttpRequest.get(METRICS).header("Host", "any").localAddress(outside)))
        .isTrue();
    assertThat(
            isLetIn(MockServerHttpRequest.post(CALL).header("Host", "any").localAddress(outside)))
        .isFalse();
  }

  private boolean isLetIn(MockServerHttpRequest.BaseBuilder<?> request) {
    AtomicBoolean letIn = new AtomicBoolean();
    MockServerWebExchange exchange = MockServerWebExchange.from(request);
    guard
        .filter(exchange, _ -> Mono.fromRunnable(() -> letIn.set(true)))
        .block(Duration.ofSeconds(5));
    if (!letIn.get()) {
      assertThat(exchange.getResponse().getStatusCode()).hasToString("403 FORBIDDEN");
    }
    return letIn.get();
  }

  private static HostGuard guard() {
    URI here = URI.create("http://127.0.0.1:1");
    return new HostGuard(
        new RpcProperties(
            "",
            Duration.ofSeconds(1),
            here,
            here,
            here,
            URI.create("http://queue:8084"),
            here,
            List.of("ops.example.test")),
        DomainName.of("mail.example.test"));
  }
}
