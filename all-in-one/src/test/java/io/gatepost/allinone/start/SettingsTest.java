package io.gatepost.allinone.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatepost.allinone.AllInOneApplication;
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

class SettingsTest {

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "gatepots.edge.hostname | mx.example | gatepost, logging, management, server, spring",
        "edge.hostname          | mx.example | gatepost, logging, management, server, spring",
        "hostname               | mx.example | gatepost, logging, management, server, spring",
        "gatepost.egde.hostname | mx.example | groups delivery, dns, edge, ",
        "gatepost.edge.hostnmae | mx.example | one of hostname, ",
      })
  void aKeyThatIsNotThereIsNamed(String key, String value, String expected) {
    assertThatThrownBy(() -> read(key + ": " + value + "\n"))
        .isInstanceOfSatisfying(
            StartFailure.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.CONFIG))
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
            StartFailure.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.CONFIG))
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
            """);

    assertThat(settings.of(QueueProperties.class).partitions()).isEqualTo(3);
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
