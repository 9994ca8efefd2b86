package io.gatepost.verification;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.setting.SettingException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;

class VerificationPropertiesTest {

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner().withUserConfiguration(Enabled.class);

  @Configuration
  @EnableConfigurationProperties(VerificationProperties.class)
  static class Enabled {}

  @Test
  void defaults() {
    runner.run(context ->
        assertThat(context.getBean(VerificationProperties.class))
            .isEqualTo(
                new VerificationProperties(
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(2),
                    100_000,
                    "",
                    10,
                    30,
                    Duration.ofMinutes(15))));
  }

  @Test
  void everyKey() {
    runner
        .withPropertyValues(
            "gatepost.verification.cache-good=1m",
            "gatepost.verification.cache-bad=0s",
            "gatepost.verification.cache-size=7",
            "gatepost.verification.credentials=/etc/gatepost/users",
            "gatepost.verification.max-guesses-per-user=1",
            "gatepost.verification.max-guesses-per-address=2",
            "gatepost.verification.guess-window=3m")
        .run(context ->
            assertThat(context.getBean(VerificationProperties.class))
                .isEqualTo(
                    new VerificationProperties(
                        Duration.ofMinutes(1),
                        Duration.ZERO,
                        7,
                        "/etc/gatepost/users",
                        1,
                        2,
                        Duration.ofMinutes(3))));
  }

  @ParameterizedTest
  @CsvSource({
    "cache-good,-1s",
    "cache-bad,-1s",
    "cache-size,-1",
    "max-guesses-per-user,0",
    "max-guesses-per-address,0",
    "guess-window,0s"
  })
  void refusals(String key, String value) {
    runner
        .withPropertyValues("gatepost.verification." + key + "=" + value)
        .run(context ->
            assertThat(context)
                .getFailure()
                .hasRootCauseInstanceOf(SettingException.class)
                .rootCause()
                .hasMessageContaining("gatepost.verification." + key));
  }

  @Test
  void aKeyThatDoesNotExistIsRefused() {
    runner
        .withPropertyValues("gatepost.verification.cache=1s")
        .run(context -> assertThat(context).hasFailed());
  }
}
