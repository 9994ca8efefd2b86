package io.gatepost.allinone.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatepost.allinone.AllInOneApplication;
import io.gatepost.cli.exit.CommandFailure;
import io.gatepost.cli.exit.ExitCode;
import io.gatepost.contract.setting.SettingException;
import io.gatepost.contract.setting.SettingUnavailableException;
import io.gatepost.edge.EdgeProperties;
import io.gatepost.queue.QueueProperties;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "gatepots.edge.hostname | mx.example | gatepost, logging, management, resilience4j, server,"
            + " spring",
        "edge.hostname          | mx.example | gatepost, logging, management, resilience4j, server,"
            + " spring",
        "hostname               | mx.example | gatepost, logging, management, resilience4j, server,"
            + " spring",
        "gatepost.egde.hostname | mx.example | groups database, delivery, ",
        "gatepost.edge.hostnmae | mx.example | one of hostname, ",
      })
  void aKeyThatIsNotThereIsNamed(String key, String value, String expected) {
    assertThatThrownBy(() -> read(key + ": " + value + "\n"))
        .isInstanceOfSatisfying(
            CommandFailure.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.CONFIG))
        .hasMessageContaining(key + " = \"" + value + "\"")
        .hasMessageContaining(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "gatepost.queue.ladder          | PT5M, PT1M | ISO durations",
        "gatepost.queue.lifetime        | soon       | a duration such as",
        "gatepost.edge.max-message-size | huge       | a size such as 64KB",
        "gatepost.edge.relay-from       | the-office | networks such as",
        "gatepost.edge.tls.bundel       | mail       | one of bundle, ",
        "gatepost.rpc.routing-url       | http://x   | one of ",
        "gatepost.mailboxes             | alice      | a key that exists",
      })
  void aWrongValueIsNamedBeforeAnythingIsStarted(String key, String value, String expected) {
    assertThatThrownBy(() -> read(key + ": \"" + value + "\"\n"))
        .isInstanceOfSatisfying(
            CommandFailure.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.CONFIG))
        .hasMessageContaining(key)
        .hasMessageContaining(value)
        .hasMessageContaining(expected);
  }

  @Test
  void whatMayMendByItselfIsNoWrongSetting() {
    assertThat(SettingsFailure.of(new SettingException("key", "value", "another")))
        .hasValueSatisfying(failure -> assertThat(failure.exitCode()).isEqualTo(ExitCode.CONFIG));
    assertThat(
            SettingsFailure.of(
                new IllegalStateException(
                    new SettingUnavailableException("key", "127.0.0.1:25", "a free port"))))
        .hasValueSatisfying(failure -> {
          assertThat(failure.exitCode()).isEqualTo(ExitCode.UNAVAILABLE);
          assertThat(failure.line()).contains("key = \"127.0.0.1:25\"");
        });
  }

  @Test
  void keysOfSpringStandBesideOurs() throws IOException {
    Settings settings =
        read(
            """
            gatepost.queue.partitions: 3
            spring:
              kafka.bootstrap-servers: 192.0.2.1:9092
              ssl.bundle.pem.mail.keystore.certificate: "file:mail.crt"
            server.address: 127.0.0.1
            management.endpoints.web.exposure.include: health
            logging.level.root: warn
            resilience4j.circuitbreaker.instances.queue.minimum-number-of-calls: 5
            """);

    assertThat(settings.of(QueueProperties.class).partitions()).isEqualTo(3);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "gatepost.htp.port=0           | gatepost.htp.port = \"0\" (expected: a key that exists: ",
        "gatepots.http.port=0          | gatepots.http.port = \"0\" (expected: a key that exists: ",
        "gatepost.edge.hostnmae=x      | gatepost.edge.hostnmae = \"x\" (expected: one of hostname,"
            + " ",
        "gatepost.http.prt=1           | gatepost.http.prt = \"1\" (expected: one of port",
      })
  void anUnknownKeyOnTheCommandLineIsNamed(String override, String expected) {
    assertThatThrownBy(() -> read("", override))
        .isInstanceOfSatisfying(
            CommandFailure.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.CONFIG))
        .hasMessageContaining(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"gatepost.http.port", "edge", "=x", ""})
  void whatIsNoSettingOnTheCommandLineIsAUsageError(String override) {
    assertThatThrownBy(() -> read("", override))
        .isInstanceOfSatisfying(
            CommandFailure.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE))
        .hasMessageContaining("KEY=VALUE");
  }

  @ParameterizedTest
  @CsvSource({
    "gatepost.rpc.tokne, swordfish",
    "gatepost.rpc.tken, swordfish",
    "gatepost.rpc.bearer, 6d0f1c2b9a8e47f5",
    "gatepost.rcp.token, swordfish",
    "gatepots.rpc.token, swordfish",
    "gatepost.verification.users, $2b$10$abcdefghijklmnopqrstuv",
  })
  void aSecretUnderAMisspeltKeyIsNotShown(String key, String secret) {
    assertThatThrownBy(() -> read(key + ": \"" + secret + "\"\n"))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining(key + " = \"***\"")
        .hasMessageNotContaining(secret);
  }

  @Test
  void aLogFormatThatSpringDoesNotKnowIsNamed() throws IOException {
    read("logging.structured.format.console: ecs\n");

    assertThatThrownBy(() -> read("logging.structured.format.console: jsn\n"))
        .isInstanceOf(CommandFailure.class)
        .hasMessage("logging.structured.format.console = \"jsn\" (expected: ecs, gelf, logstash)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "logging.file.name",
        "logging.file.path",
        "logging.structured.format.file",
        "logging.threshold.file",
      })
  void aLogFileIsRefusedAsThereIsNone(String key) {
    assertThatThrownBy(() -> read(key + ": ecs\n"))
        .isInstanceOf(CommandFailure.class)
        .hasMessage(key + " = \"ecs\" (expected: none, as log lines go to standard error only)");
  }

  @Test
  void whatTheCommandLineSaysGoesBeforeTheFile() throws IOException {
    String yaml = "gatepost.edge.listeners: [{role: submission, listen: \"127.0.0.1:0\"}]\n";

    assertThatThrownBy(() -> read(yaml)).hasMessageContaining("gatepost.edge.tls.bundle");
    assertThat(read(yaml, "gatepost.edge.tls.bundle=mail").of(EdgeProperties.class).tls().bundle())
        .isEqualTo("mail");
  }

  private Settings read(String yaml, String... overrides) throws IOException {
    Path file = directory.resolve("settings.yaml");
    Files.writeString(file, yaml);
    return Settings.read(
        AllInOneApplication.class, Optional.of(file), Optional.of(directory), List.of(overrides));
  }
}
