package io.gatepost.rpc;

import static io.gatepost.rpc.RpcFixture.ID;
import static io.gatepost.rpc.RpcFixture.LONG;
import static io.gatepost.rpc.RpcFixture.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.gatepost.contract.event.AppendLimit;
import io.gatepost.contract.queue.Queue;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.contract.scanning.ScanTerms;
import io.gatepost.contract.scanning.Scanning;
import io.gatepost.contract.setting.SettingException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// A scanner-gateway in wrong hands learns the tokens of those that call it: they are good for
/// scans only.
class HeardTokenTest {

  private static final String EDGE = "the-token-of-edge-1";
  private static final String SCANS = "the-token-for-scans";
  private static final URI UNUSED = URI.create("http://127.0.0.1:1");

  private static final AtomicReference<String> heard = new AtomicReference<>("");
  private static RpcServer queue;
  private static HttpServer gateway;

  @BeforeAll
  static void start() throws IOException {
    queue = RpcServer.start("--gatepost.rpc.tokens.edge=" + EDGE);
    gateway = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    gateway.createContext("/", HeardTokenTest::listen);
    gateway.start();
  }

  private static void listen(HttpExchange call) throws IOException {
    heard.set(String.valueOf(call.getRequestHeaders().getFirst("Authorization")));
    call.sendResponseHeaders(503, -1);
    call.close();
  }

  @AfterAll
  static void stop() {
    gateway.stop(0);
    queue.close();
  }

  private static RpcClients edge(String scannerToken) {
    return RpcClients.standalone(
        new RpcProperties(
            EDGE,
            scannerToken,
            new CallerTokens("", "", "", "", "the-token-of-operator"),
            LONG,
            Duration.ofSeconds(5),
            UNUSED,
            UNUSED,
            URI.create("http://127.0.0.1:" + gateway.getAddress().getPort()),
            queue.base(),
            UNUSED,
            List.of()));
  }

  private static AppendLimit soon() {
    return new AppendLimit(Instant.now().plusSeconds(60));
  }

  @Test
  void whatAGatewayHearsIsGoodForNothingElse() {
    RpcClients edge = edge(SCANS);
    edge.port(Queue.class, Service.QUEUE).enqueue(Messages.small(ID), soon()).block(LONG);
    queue.queue.enqueued.set(null);

    assertThatThrownBy(() ->
            edge.port(Scanning.class, Service.SCANNER)
                .scan(Messages.small(ID), ScanTerms.online(0))
                .block(LONG))
        .hasMessageContaining("Scan");
    String token = heard.get().substring("Bearer ".length());
    Queue stolen =
        RpcClients.standalone(RpcServer.client(token, LONG))
            .port(Queue.class, Service.QUEUE, queue.base());

    assertThat(token).isEqualTo(SCANS);
    assertFails(RpcStatus.UNAUTHENTICATED, stolen.enqueue(Messages.small(ID), soon()));
    assertThat(queue.queue.enqueued.get()).isNull();
  }

  @Test
  void aCallerThatHasNoneDoesNotStart() {
    assertThatThrownBy(() -> edge("").port(Scanning.class, Service.SCANNER))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("gatepost.rpc.scanner-token");
  }
}
