package io.gatepost.scanner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.gatepost.contract.content.StoredContent;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.HeaderEdit;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.contract.scanning.ScanDecision;
import io.gatepost.contract.scanning.ScanTerms;
import io.gatepost.contract.scanning.Scanning;
import io.gatepost.rpc.RpcClients;
import io.gatepost.rpc.RpcProperties;
import io.gatepost.rpc.Service;
import io.gatepost.testkit.peer.LibMilter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/// scanner-gateway with a filter on libmilter that replaces bodies (requirement E31), called in its
/// process and over HTTP.
class ReplacedBodyIT {

  private static final Duration ENOUGH = Duration.ofMinutes(2);
  private static final String OWN = "Received: from a by mx.dest.example; now\r\n";
  private static final URI UNUSED = URI.create("http://127.0.0.1:1");

  /// A line of the filter: 64 octets with a dot at the beginning.
  private static final String LINE = "." + "y".repeat(61) + "\r\n";

  @TempDir static Path directory;
  private static volatile byte[] stored = new byte[0];
  private static LibMilter filter;
  private static HttpServer queue;
  private static ConfigurableApplicationContext context;

  @BeforeAll
  static void start() throws IOException {
    filter = LibMilter.replacing();
    queue = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    queue.createContext("/", ReplacedBodyIT::range);
    queue.start();
    SpringApplication application = new SpringApplication(ScannerApplication.class);
    application.setDefaultProperties(
        Map.ofEntries(
            Map.entry("server.port", "0"),
            Map.entry("server.shutdown", "immediate"),
            Map.entry("gatepost.edge.hostname", "mx.dest.example"),
            Map.entry("gatepost.rpc.queue", "http://127.0.0.1:" + queue.getAddress().getPort()),
            Map.entry("gatepost.rpc.token", "of scanner"),
            Map.entry("gatepost.rpc.tokens.edge", "the token of smtp-edge"),
            Map.entry("gatepost.rpc.tokens.delivery", "the token of delivery"),
            Map.entry("gatepost.scanner.timeout", "60s"),
            Map.entry("gatepost.scanner.replacement.directory", directory.toString()),
            Map.entry("gatepost.scanner.scanners[0].name", "footer"),
            Map.entry("gatepost.scanner.scanners[0].type", "milter"),
            Map.entry("gatepost.scanner.scanners[0].replaces-body", "true"),
            Map.entry("gatepost.scanner.scanners[0].address", filter.address())));
    context = application.run();
  }

  @AfterAll
  static void stop() {
    if (context != null) {
      context.close();
    }
    if (queue != null) {
      queue.stop(0);
    }
    if (filter != null) {
      filter.close();
    }
  }

  /// queue-service, of which ranges of the one content are asked for.
  private static void range(HttpExchange exchange) throws IOException {
    try (exchange) {
      String[] query = exchange.getRequestURI().getQuery().split("[=&]");
      int from = Math.min(stored.length, Integer.parseInt(query[3]));
      int to = Math.min(stored.length, from + Integer.parseInt(query[5]));
      exchange.getResponseHeaders().set("Content-Type", "application/octet-stream");
      exchange.sendResponseHeaders(200, to == from ? -1 : to - from);
      exchange.getResponseBody().write(Arrays.copyOfRange(stored, from, to));
    }
  }

  @ParameterizedTest
  @CsvSource({"16, 16", "80000, 16", "16, 80000", "80000, 80000"})
  void theBodyIsReplacedInBothModesOfCalling(int linesBefore, int linesAfter) {
    String header = OWN + "From: ann@sender.example\r\nSubject: body " + linesAfter + "\r\n";
    String body = "z".repeat(62) + "\r\n";
    String message = header + "\r\n" + body.repeat(linesBefore);

    for (Scanning scanning :
        List.of(context.getBean(ScanService.class), over("the token of smtp-edge"))) {
      ScanDecision decision = scanned(scanning, message(message));

      assertThat(decision).isInstanceOf(ScanDecision.AcceptChanged.class);
      ScanDecision.AcceptChanged changed = (ScanDecision.AcceptChanged) decision;
      String content = pulled(scanning, changed);
      assertThat(changed.content().octets()).isEqualTo(content.length());
      assertThat(content)
          .isEqualTo(header + "\r\nwas " + linesBefore * 64 + "\r\n" + LINE.repeat(linesAfter));
      assertThat(changed.edits().list()).extracting(HeaderEdit::name).contains("X-Told");
      assertNotThere(() -> pulled(scanning, changed));
    }
  }

  @Test
  void onlyTheEdgeMayPullIt() {
    ScanDecision.AcceptChanged changed =
        (ScanDecision.AcceptChanged)
            scanned(
                over("the token of smtp-edge"), message(OWN + "Subject: body 1\r\n\r\nbody\r\n"));

    assertThatThrownBy(() -> pulled(over("the token of delivery"), changed))
        .isInstanceOfSatisfying(
            RpcException.class, e -> assertThat(e.status()).isEqualTo(RpcStatus.PERMISSION_DENIED));
    assertThat(pulled(over("the token of smtp-edge"), changed)).contains("\r\n\r\nwas 6\r\n");
  }

  @Test
  void aBodyIsKeptOnlyForAClientThatWaits() {
    EnvelopeRecord message = message(OWN + "Subject: body 1\r\n\r\nbody\r\n");
    Scanning scanning = over("the token of delivery");

    ScanDecision decision =
        scanning
            .scan(message, new ScanTerms(ScanTerms.Moment.LATE, OWN.length()))
            .block(ENOUGH)
            .decision();

    assertThat(decision)
        .isInstanceOfSatisfying(
            ScanDecision.AcceptChanged.class,
            changed -> assertNotThere(() -> pulled(over("the token of smtp-edge"), changed)));
  }

  @Test
  void aMessageThatTheFilterLeavesAloneStaysAsItIs() {
    assertThat(
            scanned(over("the token of smtp-edge"), message(OWN + "Subject: pass\r\n\r\nbody\r\n")))
        .isInstanceOf(ScanDecision.Accept.class);
  }

  private static void assertNotThere(ThrowingCallable pulling) {
    assertThatThrownBy(pulling)
        .isInstanceOfSatisfying(
            RpcException.class, e -> assertThat(e.status()).isEqualTo(RpcStatus.NOT_FOUND));
  }

  private static EnvelopeRecord message(String text) {
    if (text.length() < 64 * 1024) {
      return Messages.inMemory(text);
    }
    stored = text.getBytes(StandardCharsets.US_ASCII);
    return Messages.stored(text);
  }

  private static ScanDecision scanned(Scanning scanning, EnvelopeRecord message) {
    return scanning.scan(message, ScanTerms.online(OWN.length())).block(ENOUGH).decision();
  }

  private static String pulled(Scanning scanning, ScanDecision.AcceptChanged changed) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    scanning
        .replacement(changed.content().token())
        .doOnNext(piece -> all.writeBytes(StoredContent.octets(piece)))
        .blockLast(ENOUGH);
    return all.toString(StandardCharsets.US_ASCII);
  }

  private static Scanning over(String token) {
    int port = ((WebServerApplicationContext) context).getWebServer().getPort();
    return RpcClients.standalone(
            new RpcProperties(token, ENOUGH, UNUSED, UNUSED, UNUSED, UNUSED, UNUSED, List.of()))
        .port(Scanning.class, Service.SCANNER, URI.create("http://127.0.0.1:" + port));
  }
}
