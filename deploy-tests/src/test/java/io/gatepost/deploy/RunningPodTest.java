package io.gatepost.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.gatepost.allinone.AllInOneApplication;
import io.gatepost.allinone.start.ServiceStart;
import io.gatepost.allinone.start.Settings;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.MailParameters;
import io.gatepost.contract.envelope.Provenance;
import io.gatepost.contract.envelope.QueueIdSequence;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.scanning.ScanDecision;
import io.gatepost.contract.scanning.ScanReport;
import io.gatepost.contract.scanning.ScanTerms;
import io.gatepost.contract.scanning.Scanning;
import io.gatepost.rpc.RpcClients;
import io.gatepost.rpc.RpcProperties;
import io.gatepost.rpc.Service;
import io.gatepost.scanner.ScannerApplication;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/// A pod of scanner-gateway as far as it is one without a cluster: the service runs with the
/// settings that the chart renders, and its secrets lie as the kubelet lays them.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RunningPodTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir private static Path directory;

  private final HttpClient http = HttpClient.newHttpClient();
  private final CountDownLatch scanning = new CountDownLatch(1);
  private final CountDownLatch mayAnswer = new CountDownLatch(1);
  private HttpServer scanner;
  private Release release;
  private ConfigurableApplicationContext context;
  private int port;

  @BeforeAll
  void start() throws IOException {
    scanner = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    scanner.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    scanner.createContext("/scan", this::scan);
    scanner.start();
    release =
        Chart.render(
            Chart.TRIAL,
            "settings: {gatepost: {scanner: {scanners: [{name: slow, type: http, address: "
                + "'http://127.0.0.1:%d/scan'}]}}}".formatted(scanner.getAddress().getPort()));
    Path secrets = secrets();
    Path settings =
        Files.writeString(
            directory.resolve("gatepost.yaml"),
            release
                .settings("scanner-gateway")
                .replace("configtree:/etc/gatepost/secrets/", "configtree:" + secrets + "/"));
    // The end of the event loops is not waited for.
    List<String> overrides =
        List.of("gatepost.http.port=0", "spring.reactor.netty.shutdown-quiet-period=0s");
    context =
        ServiceStart.run(
            ScannerApplication.class,
            Settings.read(
                AllInOneApplication.class,
                Optional.of(settings),
                Optional.of(directory.resolve("data")),
                overrides),
            overrides);
    port = ((WebServerApplicationContext) context).getWebServer().getPort();
  }

  @AfterAll
  void stop() {
    mayAnswer.countDown();
    context.close();
    scanner.stop(0);
    http.close();
  }

  /// Files in a hidden directory, which a link leads to, and links to them by way of it.
  private Path secrets() throws IOException {
    Path secrets = directory.resolve("secrets");
    Path version = Files.createDirectories(secrets.resolve("..2026_11_30_22_56_09"));
    Files.createSymbolicLink(secrets.resolve("..data"), version.getFileName());
    for (String key : release.secrets("scanner-gateway").keySet()) {
      Files.writeString(version.resolve(key), "content of " + key);
      Files.createSymbolicLink(secrets.resolve(key), Path.of("..data", key));
    }
    return secrets;
  }

  @Test
  void probesFindWhatTheyAskForAndPrometheusTheMetricThatScales() throws Exception {
    for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
      String path =
          String.valueOf(Release.at(release.container("scanner-gateway"), probe + ".httpGet.path"));
      assertThat(get(path).statusCode()).as(path).isEqualTo(200);
    }
    assertThat(get("/actuator/prometheus").body())
        .contains(
            "\n"
                + Release.at(Chart.defaults(), "scannerGateway.autoscaling.waitingScansMetric")
                + "{");
  }

  @Test
  void callsNeedATokenOfTheSecret() throws Exception {
    HttpRequest.Builder call =
        HttpRequest.newBuilder(uri("/gatepost.scanning.v1.Scanning/Scan"))
            .POST(HttpRequest.BodyPublishers.ofString("x"));

    assertThat(status(call)).isEqualTo(401);
    assertThat(status(call.header("Authorization", "Bearer wrong"))).isEqualTo(401);
    assertThat(
            status(call.setHeader("Authorization", "Bearer content of gatepost.rpc.tokens.edge")))
        .isNotIn(401, 403);
  }

  /// As in the middle of a scale-down, or of an update. The last, as nothing runs after it.
  @Test
  @Order(Integer.MAX_VALUE)
  void aPodThatIsStoppedEndsItsScansFirst() throws Exception {
    CompletableFuture<ScanReport> report =
        gateway().scan(message(), ScanTerms.online(0)).toFuture();
    assertThat(scanning.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();

    Thread stop = Thread.ofVirtual().start(context::close);
    await().atMost(PATIENCE).until(() -> !listens());
    // One that cuts its connections off has ended by then.
    assertThat(stop.join(Duration.ofSeconds(3))).isFalse();
    assertThat(report).isNotDone();
    mayAnswer.countDown();

    assertThat(report.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).decision())
        .isEqualTo(ScanDecision.CLEAN);
    assertThat(stop.join(PATIENCE)).isTrue();
  }

  private void scan(HttpExchange exchange) throws IOException {
    try (exchange) {
      exchange.getRequestBody().readAllBytes();
      if (!exchange.getRequestMethod().equals("POST")) {
        exchange.sendResponseHeaders(405, -1); // it does not tell its version
        return;
      }
      scanning.countDown();
      mayAnswer.await();
      byte[] verdict = "{\"verdict\": \"clean\"}".getBytes(StandardCharsets.US_ASCII);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, verdict.length);
      exchange.getResponseBody().write(verdict);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Scanning gateway() {
    URI unused = URI.create("http://127.0.0.1:1");
    return RpcClients.standalone(
            new RpcProperties(
                "content of gatepost.rpc.tokens.edge",
                PATIENCE,
                unused,
                unused,
                unused,
                unused,
                unused,
                List.of()))
        .port(Scanning.class, Service.SCANNER, uri(""));
  }

  private static EnvelopeRecord message() {
    byte[] content = "Subject: x\r\n\r\nhello\r\n".getBytes(StandardCharsets.US_ASCII);
    return new EnvelopeRecord(
        new Envelope(
            new QueueIdSequence(InstantSource.system(), 1).next(),
            0,
            0,
            Instant.EPOCH,
            ReversePath.of("ann@sender.example"),
            List.of(Recipient.of(ForwardPath.of("bob@dest.example"))),
            new Provenance(
                "192.0.2.7",
                "127.0.0.1:25",
                "client.example",
                Optional.empty(),
                Optional.empty(),
                Provenance.Protocol.ESMTP,
                Provenance.Origin.EXTERNAL),
            MailParameters.NONE,
            new ContentRef.Inline(content.length)),
        content);
  }

  private boolean listens() {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private HttpResponse<String> get(String path) throws Exception {
    return http.send(
        HttpRequest.newBuilder(uri(path)).timeout(PATIENCE).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /// Over a connection of its own: where a server answers before it has read a body, it may not
  /// read on.
  private static int status(HttpRequest.Builder request) throws Exception {
    try (HttpClient own = HttpClient.newHttpClient()) {
      return own.send(request.timeout(PATIENCE).build(), HttpResponse.BodyHandlers.ofString())
          .statusCode();
    }
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }
}
