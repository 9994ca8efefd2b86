package io.gatepost.scanner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.queue.Queue;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.contract.scanning.ScanDecision;
import io.gatepost.contract.scanning.ScanTerms;
import io.gatepost.contract.scanning.Scanning;
import io.gatepost.rpc.RpcClients;
import io.gatepost.rpc.RpcProperties;
import io.gatepost.rpc.Service;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/// scanner-gateway apart from the others: it is called over HTTP, and pulls content over HTTP.
class ScanOverHttpTest {

  private static final String EICAR =
      "X5O!P%@AP[4\\PZX54(P^)7CC)7}" + "$EICAR-STANDARD-" + "ANTIVIRUS-TEST-FILE!$H+H*";
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final ScanTerms ONLINE = ScanTerms.online(0);

  private static final Map<String, byte[]> contents = new ConcurrentHashMap<>();
  private static final Set<String> asked = ConcurrentHashMap.newKeySet();
  private static final AtomicInteger refusal = new AtomicInteger();
  private static HttpServer queue;
  private static ConfigurableApplicationContext context;
  private static Scanning scanning;

  @BeforeAll
  static void start() throws IOException {
    queue = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    queue.createContext("/", ScanOverHttpTest::answer);
    queue.start();
    SpringApplication application = new SpringApplication(ScannerApplication.class);
    application.setDefaultProperties(
        Map.of(
            "server.port", "0",
            "server.shutdown", "immediate",
            "gatepost.rpc.queue", "http://127.0.0.1:" + queue.getAddress().getPort(),
            "gatepost.rpc.token", "of scanner",
            "gatepost.rpc.tokens.edge", "the token of smtp-edge"));
    context = application.run();
    int port = ((WebServerApplicationContext) context).getWebServer().getPort();
    URI unused = URI.create("http://127.0.0.1:1");
    scanning =
        RpcClients.standalone(
                new RpcProperties(
                    "the token of smtp-edge",
                    PATIENCE,
                    unused,
                    unused,
                    unused,
                    unused,
                    unused,
                    List.of()))
            .port(Scanning.class, Service.SCANNER, URI.create("http://127.0.0.1:" + port));
  }

  @AfterAll
  static void stop() {
    context.close();
    queue.stop(0);
  }

  @BeforeEach
  void forget() {
    contents.clear();
    asked.clear();
    refusal.set(0);
  }

  /// queue-service, of which only ranges are asked for.
  private static void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      asked.add(
          exchange.getRequestURI().getPath()
              + " "
              + exchange.getRequestHeaders().getFirst("Authorization")
              + (exchange.getRequestHeaders().containsKey("gatepost-content-pass")
                  ? " and its pass"
                  : ""));
      String[] query = exchange.getRequestURI().getQuery().split("[=&]");
      if (refusal.get() > 0) {
        exchange.sendResponseHeaders(refusal.get(), -1);
        return;
      }
      byte[] content = contents.get(query[1]);
      if (content == null) {
        exchange.sendResponseHeaders(404, -1);
        return;
      }
      int from = Math.min(content.length, Integer.parseInt(query[3]));
      int to = Math.min(content.length, from + Integer.parseInt(query[5]));
      exchange.getResponseHeaders().set("Content-Type", "application/octet-stream");
      exchange.sendResponseHeaders(200, to == from ? -1 : to - from);
      exchange.getResponseBody().write(Arrays.copyOfRange(content, from, to));
    }
  }

  private static EnvelopeRecord stored(String text) {
    EnvelopeRecord message = Messages.stored(text);
    contents.put(message.envelope().id().text(), text.getBytes(StandardCharsets.ISO_8859_1));
    return message;
  }

  @Test
  void contentInTheCallIsScanned() {
    assertThat(scanning.scan(Messages.inMemory("hello\r\n"), ONLINE).block(PATIENCE).decision())
        .isEqualTo(ScanDecision.CLEAN);
    assertThat(scanning.scan(Messages.inMemory(EICAR), ONLINE).block(PATIENCE).decision())
        .isInstanceOf(ScanDecision.Refuse.class);
    assertThat(asked).isEmpty();
  }

  @Test
  void storedContentIsPulledByRangesWithThePassThatCameWithTheCall() {
    String filler = ("x".repeat(998) + "\r\n").repeat(1_200);

    assertThat(scanning.scan(stored(filler), ONLINE).block(PATIENCE).decision())
        .isEqualTo(ScanDecision.CLEAN);
    assertThat(scanning.scan(stored(filler + EICAR), ONLINE).block(PATIENCE).decision())
        .isInstanceOf(ScanDecision.Refuse.class);
    assertThat(asked).containsExactly(Queue.GET_RANGE + " Bearer of scanner and its pass");
  }

  @Test
  void contentThatMayNotBeReadIsAnErrorAndNotClean() {
    EnvelopeRecord message = stored("hello\r\n");
    for (int status : List.of(401, 403)) {
      refusal.set(status);

      assertThatThrownBy(() -> scanning.scan(message, ONLINE).block(PATIENCE))
          .isInstanceOfSatisfying(
              RpcException.class,
              error -> assertThat(error.status()).isEqualTo(RpcStatus.UNAVAILABLE));
    }
  }

  @Test
  void contentThatHasGoneIsAnErrorAndNotClean() {
    EnvelopeRecord gone = stored("hello\r\n");
    contents.clear();

    assertThatThrownBy(() -> scanning.scan(gone, ONLINE).block(PATIENCE))
        .isInstanceOfSatisfying(
            RpcException.class, error -> assertThat(error.status()).isEqualTo(RpcStatus.NOT_FOUND));
  }

  @Test
  void contentThatIsNotWhatCameInIsAnErrorAndNotClean() {
    EnvelopeRecord damaged = stored("hello\r\n");
    contents.replaceAll((_, _) -> "hullo\r\n".getBytes(StandardCharsets.US_ASCII));

    assertThatThrownBy(() -> scanning.scan(damaged, ONLINE).block(PATIENCE))
        .isInstanceOf(RpcException.class);
  }
}
