package io.gatepost.rpc.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatepost.contract.setting.SettingException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.mock.env.MockEnvironment;

class SuiteSettingsTest {

  private final MockEnvironment environment = new MockEnvironment();

  @Test
  void defaultsAreTheSameForAll() {
    SuiteSettings settings = SuiteSettings.of(environment);

    assertThat(settings)
        .isEqualTo(new SuiteSettings("", Path.of("./data"), 1, Duration.ofDays(5), "", false));
  }

  @Test
  void eachKeyIsRead() {
    environment
        .withProperty("gatepost.edge.hostname", "mx.example.test")
        .withProperty("gatepost.data-dir", "/var/lib/gatepost")
        .withProperty("gatepost.queue.partitions", "12")
        .withProperty("gatepost.queue.lifetime", "2d")
        .withProperty("gatepost.verification.credentials", "users")
        .withProperty("gatepost.queue.quarantine.enabled", "true");

    SuiteSettings settings = SuiteSettings.of(environment);

    assertThat(settings.hostname()).hasToString("mx.example.test");
    assertThat(settings)
        .isEqualTo(
            new SuiteSettings(
                "mx.example.test",
                Path.of("/var/lib/gatepost"),
                12,
                Duration.ofDays(2),
                "users",
                true));
  }

  @ParameterizedTest
  @CsvSource({
    "gatepost.queue.partitions, 0",
    "gatepost.queue.partitions, 1025",
    "gatepost.queue.lifetime, 0s",
    "gatepost.queue.lifetime, -1d"
  })
  void aValueOutOfRangeIsNamed(String key, String value) {
    environment.withProperty(key, value);

    assertThatThrownBy(() -> SuiteSettings.of(environment))
        .isInstanceOf(SettingException.class)
        .hasMessageStartingWith(key + " = ");
  }
}
