package io.gatepost.allinone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.gatepost.allinone.start.ServiceStart;
import io.gatepost.allinone.start.Settings;
import io.gatepost.cli.exit.CommandFailure;
import io.gatepost.cli.exit.ExitCode;
import io.gatepost.contract.event.Topics;
import io.gatepost.contract.queue.QueueOperator;
import io.gatepost.contract.queue.QueueStats.TopicStats;
import io.gatepost.edge.listener.SmtpListener;
import io.gatepost.testkit.smtp.FakeSmtpServer;
import io.gatepost.testkit.smtp.SmtpClient;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
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
import org.slf4j.LoggerFactory;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.ConfigurableApplicationContext;

/// The whole suite over a broker that asks for TLS and a password, told of it by `spring.kafka.*`
/// alone.
class SecuredBrokerIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration STEP = Duration.ofSeconds(1);
  private static final String CONTENT = "Subject: hello\r\n\r\nhello\r\n";

  @TempDir static Path directory;
  private static SecuredBroker broker;

  @BeforeAll
  static void startBroker() throws Exception {
    broker = SecuredBroker.start(directory);
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  @Test
  void everyClientComesInByTheSettingsAlone() throws Exception {
    try (FakeSmtpServer sink = FakeSmtpServer.down();
        ConfigurableApplicationContext suite = start("in", sink, broker.settings(), () -> {})) {
      await().atMost(PATIENCE).until(() -> isUp(suite, "queue") && isUp(suite, "delivery"));

      assertThat(send(suite, "alice@example.test")).startsWith("250");
      assertThat(send(suite, "carol@sink.test")).startsWith("250");

      Path inbox = directory.resolve("in/maildir/example.test/alice/new");
      await().atMost(PATIENCE).until(() -> Files.isDirectory(inbox) && !list(inbox).isEmpty());
      // Deferred by one transaction, moved on by another, read again, and concluded.
      await().atMost(PATIENCE).until(() -> records(suite, Topics.retry(STEP)) > 0);
      sink.comeUp();
      await().atMost(PATIENCE).until(() -> sink.arrivals().size() == 1);
      await()
          .atMost(PATIENCE)
          .until(() ->
              stats(suite).stream()
                  .filter(each -> !each.topic().equals(Topics.OUTCOMES))
                  .allMatch(each -> each.live() == 0));

      MeterRegistry meters = suite.getBean(MeterRegistry.class);
      assertThat(meters.find("kafka.producer.connection.count").gauges()).hasSizeGreaterThan(3);
      assertThat(meters.find("kafka.consumer.connection.count").gauges()).hasSizeGreaterThan(1);
    }
  }

  @Test
  void withoutCredentialsMailWaitsAndTheLogSaysWhy() throws Exception {
    List<String> settings = new ArrayList<>(broker.settings());
    settings.removeIf(each -> each.contains("sasl") || each.contains("protocol"));
    settings.add("spring.kafka.security.protocol=SSL");

    assertThat(refusedWith(settings))
        .anyMatch(line ->
            line.startsWith("broker does not answer (spring.kafka.security.protocol = SSL): "));
  }

  @Test
  void aWrongPasswordIsTold() throws Exception {
    List<String> settings = new ArrayList<>(broker.settings());
    settings.removeIf(each -> each.contains("jaas"));
    settings.add("spring.kafka.properties.sasl.jaas.config=" + SecuredBroker.login("guess"));

    assertThat(refusedWith(settings))
        .anyMatch(line ->
            line.startsWith(
                "broker refuses the credentials of spring.kafka: Authentication failed"));
  }

  @Test
  void aPlainClientIsTold() throws Exception {
    assertThat(refusedWith(List.of("spring.kafka.bootstrap-servers=" + broker.address())))
        .anyMatch(line ->
            line.startsWith(
                "broker does not answer: no broker answers at %s (PLAINTEXT): it speaks TLS"
                    .formatted(broker.address())));
  }

  @Test
  void aCertificateThatNobodyTrustsIsTold() throws Exception {
    List<String> settings = new ArrayList<>(broker.settings());
    settings.removeIf(each -> each.contains("bundle"));

    assertThat(refusedWith(settings))
        .anyMatch(line ->
            line.startsWith(
                    "broker does not answer: no broker answers at %s (SASL_SSL): "
                        .formatted(broker.address()))
                && line.contains("PKIX path building failed"));
  }

  @Test
  void aBundleThatIsNotThereStopsTheStart() {
    List<String> settings = new ArrayList<>(broker.settings());
    settings.removeIf(each -> each.startsWith("spring.ssl"));

    assertThatThrownBy(() -> start("none", settings))
        .isInstanceOfSatisfying(
            CommandFailure.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.CONFIG))
        .hasMessageContaining("spring.kafka.ssl.bundle = \"broker\" (expected: ");
  }

  @Test
  void aContradictionStopsTheStart() {
    List<String> settings = new ArrayList<>(broker.settings());
    settings.add("spring.kafka.producer.acks=1");

    assertThatThrownBy(() -> start("no", settings))
        .isInstanceOfSatisfying(
            CommandFailure.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.CONFIG))
        .hasMessage("spring.kafka.producer.acks = \"1\" (expected: all, or nothing)");
  }

  /// Lines at `error` of a suite that comes up and cannot queue mail.
  private static List<String> refusedWith(List<String> settings) throws Exception {
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    Logger logger =
        (Logger) LoggerFactory.getLogger("io.gatepost.queue.log.maintain.LogMaintenance");
    lines.start();
    try (FakeSmtpServer nobody = FakeSmtpServer.down();
        ConfigurableApplicationContext suite =
            start("out", nobody, settings, () -> logger.addAppender(lines))) {
      await().atMost(PATIENCE).until(() -> !errors(lines).isEmpty());
      assertThat(isUp(suite, "queue")).isFalse();
      assertThat(send(suite, "alice@example.test")).startsWith("451 4.3.0");
      return errors(lines);
    } finally {
      logger.detachAppender(lines);
    }
  }

  private static List<String> errors(ListAppender<ILoggingEvent> lines) {
    return List.copyOf(lines.list).stream()
        .filter(line -> line.getLevel() == Level.ERROR)
        .map(ILoggingEvent::getFormattedMessage)
        .toList();
  }

  private static ConfigurableApplicationContext start(String name, List<String> broker)
      throws IOException {
    try (FakeSmtpServer nobody = FakeSmtpServer.down()) {
      return start(name, nobody, broker, () -> {});
    }
  }

  private static ConfigurableApplicationContext start(
      String name, FakeSmtpServer sink, List<String> broker, Runnable first) throws IOException {
    Path data = Files.createDirectories(directory.resolve(name));
    Path mailertable =
        Files.writeString(
            directory.resolve(name + ".mailertable"),
            "sink.test smtp:[127.0.0.1]:" + sink.address().getPort() + "\n");
    List<String> settings = new ArrayList<>(broker);
    settings.addAll(
        List.of(
            "gatepost.edge.listen=127.0.0.1:0",
            "gatepost.http.port=0",
            "gatepost.edge.hostname=mx.example.test",
            "gatepost.edge.early-delivery.enabled=false",
            "gatepost.routing.mailertable=" + mailertable,
            "gatepost.queue.ladder=" + STEP,
            "gatepost.queue.disk-reserve=1B",
            "gatepost.queue.audit-interval=1s",
            "gatepost.delivery.unreachable-pause=100ms",
            "spring.datasource.url=jdbc:postgresql://127.0.0.1:1/none"));
    return ServiceStart.run(
        AllInOneApplication.class,
        Settings.read(AllInOneApplication.class, Optional.empty(), Optional.of(data), settings),
        settings,
        first);
  }

  private static String send(ConfigurableApplicationContext suite, String recipient)
      throws IOException {
    try (SmtpClient client = SmtpClient.connect(suite.getBean(SmtpListener.class).address())) {
      return client.deliver("dave@client.example", List.of(recipient), CONTENT);
    }
  }

  private static boolean isUp(ConfigurableApplicationContext suite, String part) {
    return suite
        .getBean(part + "HealthIndicator", HealthIndicator.class)
        .health()
        .getStatus()
        .equals(Status.UP);
  }

  private static List<TopicStats> stats(ConfigurableApplicationContext suite) {
    return suite.getBean(QueueOperator.class).stats().block(PATIENCE).topics();
  }

  private static long records(ConfigurableApplicationContext suite, String topic) {
    return stats(suite).stream()
        .filter(each -> each.topic().equals(topic))
        .mapToLong(each -> each.live() + each.garbage())
        .sum();
  }

  private static List<Path> list(Path directory) throws IOException {
    try (var files = Files.list(directory)) {
      return files.toList();
    }
  }
}
