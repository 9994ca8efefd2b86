package io.gatepost.allinone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.gatepost.allinone.start.ServiceStart;
import io.gatepost.allinone.start.Settings;
import io.gatepost.edge.listener.SmtpListener;
import io.gatepost.testkit.smtp.FakeSmtpServer;
import io.gatepost.testkit.smtp.SmtpClient;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.ConfigurableApplicationContext;

/// The whole suite with a scanner that is away for a while, and whose settings say `unavailable:
/// late` (requirement E20).
class LateScanFlowIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String AWAY = "";
  private static final String CLEAN =
      "{\"verdict\":\"clean\",\"edits\":"
          + "[{\"type\":\"insert\",\"name\":\"X-Scanned\",\"value\":\"yes\"}]}";
  private static final String BAD = "{\"verdict\":\"bad\",\"words\":\"Eicar\"}";

  @TempDir static Path directory;

  private static volatile String answer = AWAY;
  private static HttpServer scanner;
  private static SecuredBroker broker;
  private static FakeSmtpServer sink;
  private static ConfigurableApplicationContext suite;

  @BeforeAll
  static void start() throws Exception {
    scanner = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    scanner.createContext("/scan", LateScanFlowIT::scan);
    scanner.start();
    broker = SecuredBroker.start(directory);
    sink = FakeSmtpServer.start();
    Path data = Files.createDirectories(directory.resolve("suite"));
    Path mailertable =
        Files.writeString(
            directory.resolve("mailertable"),
            "sink.test smtp:[127.0.0.1]:" + sink.address().getPort() + "\n");
    List<String> settings = new ArrayList<>(broker.settings());
    settings.addAll(
        List.of(
            "gatepost.edge.listen=127.0.0.1:0",
            "gatepost.edge.hostname=mx.example.test",
            "gatepost.edge.late.messages=2",
            "gatepost.http.port=0",
            "gatepost.routing.mailertable=" + mailertable,
            "gatepost.routing.mailboxes=ann,bob,eve",
            "gatepost.queue.busy-step=1s",
            "gatepost.queue.ladder=1s",
            "gatepost.queue.disk-reserve=1B",
            "gatepost.delivery.unreachable-pause=100ms",
            "gatepost.scanner.scanners[0].name=web",
            "gatepost.scanner.scanners[0].type=http",
            "gatepost.scanner.scanners[0].address=http://127.0.0.1:"
                + scanner.getAddress().getPort()
                + "/scan",
            "gatepost.scanner.scanners[0].unavailable=late",
            "spring.datasource.url=jdbc:postgresql://127.0.0.1:1/none"));
    suite =
        ServiceStart.run(
            AllInOneApplication.class,
            Settings.read(AllInOneApplication.class, Optional.empty(), Optional.of(data), settings),
            settings,
            () -> {});
    await().atMost(PATIENCE).until(() -> isUp("queue") && isUp("delivery"));
  }

  @AfterAll
  static void stop() {
    suite.close();
    sink.close();
    broker.close();
    scanner.stop(0);
  }

  @Test
  void whileTheScannerIsAwayOurMailWaitsWithinBoundsAndGoesOnByItself() throws Exception {
    answer = AWAY;
    for (int i = 0; i < 2; i++) { // what was just accepted counts twice for a moment
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(send("dave@client.example", "ann")).startsWith("250"));
    }
    assertThat(send("dave@client.example", "ann")).startsWith("451 4.7.1");
    await().atMost(PATIENCE).until(() -> gauge("gatepost.delivery.late.owed") == 2);
    await().atMost(PATIENCE).until(() -> late("later") > 0);
    assertThat(inbox("ann")).isEmpty();

    answer = CLEAN;

    await().atMost(PATIENCE).until(() -> inbox("ann").size() == 2);
    assertThat(inbox("ann")).allSatisfy(mail -> assertThat(mail).contains("X-Scanned: yes\r\n"));
    await().atMost(PATIENCE).until(() -> gauge("gatepost.delivery.late.owed") == 0);
    double scannedLate = late("clear");
    assertThat(send("dave@client.example", "bob")).startsWith("250");
    await().atMost(PATIENCE).until(() -> inbox("bob").size() == 1);
    assertThat(late("clear")).isEqualTo(scannedLate);
  }

  @Test
  void whatIsFoundBadLateComesBackAndReachesNobody() throws Exception {
    answer = AWAY;
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(sendTo("eve@example.test", "carol@sink.test")).startsWith("250"));

    answer = BAD;

    await().atMost(PATIENCE).until(() -> !inbox("eve").isEmpty());
    assertThat(inbox("eve").getFirst()).contains("Undelivered mail: carol@sink.test", "Eicar");
    assertThat(sink.arrivals()).isEmpty();
  }

  private static void scan(HttpExchange exchange) throws IOException {
    try (exchange) {
      exchange.getRequestBody().readAllBytes();
      byte[] said = answer.getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(
          said.length == 0 ? 503 : 200, said.length == 0 ? -1 : said.length);
      exchange.getResponseBody().write(said);
    }
  }

  private static String send(String sender, String user) throws IOException {
    return sendTo(sender, user + "@example.test");
  }

  private static String sendTo(String sender, String recipient) throws IOException {
    try (SmtpClient client = SmtpClient.connect(suite.getBean(SmtpListener.class).address())) {
      return client.deliver(sender, List.of(recipient), "Subject: hello\r\n\r\nhello\r\n");
    }
  }

  private static List<String> inbox(String user) throws IOException {
    Path inbox = directory.resolve("suite/maildir/example.test").resolve(user).resolve("new");
    if (!Files.isDirectory(inbox)) {
      return List.of();
    }
    List<String> mails = new ArrayList<>();
    try (var files = Files.newDirectoryStream(inbox)) {
      for (Path file : files) {
        mails.add(Files.readString(file));
      }
    }
    return mails;
  }

  private static double gauge(String name) {
    return suite.getBean(MeterRegistry.class).get(name).gauge().value();
  }

  private static double late(String verdict) {
    return suite
        .getBean(MeterRegistry.class)
        .get("gatepost.delivery.late.scans")
        .tag("verdict", verdict)
        .counter()
        .count();
  }

  private static boolean isUp(String part) {
    return suite
        .getBean(part + "HealthIndicator", HealthIndicator.class)
        .health()
        .getStatus()
        .equals(Status.UP);
  }
}
