package io.gatepost.scanner;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.setting.SettingException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;

class ScannerPropertiesTest {

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner().withUserConfiguration(Enabled.class);

  @Configuration
  @EnableConfigurationProperties(ScannerProperties.class)
  static class Enabled {}

  @Test
  void defaults() {
    runner.run(context ->
        assertThat(context.getBean(ScannerProperties.class))
            .isEqualTo(new ScannerProperties(64, Duration.ofSeconds(20))));
  }

  @Test
  void everyKey() {
    runner
        .withPropertyValues("gatepost.scanner.slots=10000", "gatepost.scanner.timeout=1s")
        .run(context ->
            assertThat(context.getBean(ScannerProperties.class))
                .isEqualTo(new ScannerProperties(10_000, Duration.ofSeconds(1))));
  }

  @ParameterizedTest
  @CsvSource({"slots,0", "slots,10001", "timeout,0s", "timeout,-1s"})
  void refusals(String key, String value) {
    runner
        .withPropertyValues("gatepost.scanner." + key + "=" + value)
        .run(context ->
            assertThat(context)
                .getFailure()
                .hasRootCauseInstanceOf(SettingException.class)
                .rootCause()
                .hasMessageContaining("gatepost.scanner." + key));
  }

  @Test
  void aKeyThatDoesNotExistIsRefused() {
    runner
        .withPropertyValues("gatepost.scanner.slot=3")
        .run(context -> assertThat(context).hasFailed());
  }
}
