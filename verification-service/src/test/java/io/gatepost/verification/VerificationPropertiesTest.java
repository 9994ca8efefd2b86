package io.gatepost.verification;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.setting.SettingException;
import io.gatepost.verification.CalloutProperties.Keep;
import io.gatepost.verification.CalloutProperties.OfDomain;
import java.time.Duration;
import java.util.List;
import java.util.Map;
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
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(1),
                    100_000,
                    "",
                    "",
                    10,
                    30,
                    Duration.ofMinutes(15),
                    new CalloutProperties(
                        "tables",
                        "null",
                        "later",
                        Duration.ofSeconds(10),
                        Duration.ofHours(24),
                        Duration.ofMinutes(30),
                        Duration.ofSeconds(60),
                        Duration.ofMinutes(10),
                        50_000,
                        100,
                        1_000,
                        Keep.DATABASE,
                        List.of(),
                        Map.of()))));
  }

  @Test
  void everyKey() {
    runner
        .withPropertyValues(
            "gatepost.verification.cache-good=1m",
            "gatepost.verification.cache-bad=0s",
            "gatepost.verification.cache-size=7",
            "gatepost.verification.credentials=/etc/gatepost/users",
            "gatepost.verification.senders=/etc/gatepost/senders",
            "gatepost.verification.max-guesses-per-user=1",
            "gatepost.verification.max-guesses-per-address=2",
            "gatepost.verification.guess-window=3m",
            "gatepost.verification.callout.for=none",
            "gatepost.verification.callout.sender=sender",
            "gatepost.verification.callout.late=accept",
            "gatepost.verification.callout.timeout=1s",
            "gatepost.verification.callout.accepted=2h",
            "gatepost.verification.callout.refused=3m",
            "gatepost.verification.callout.deferred=4s",
            "gatepost.verification.callout.host=5m",
            "gatepost.verification.callout.cache-size=6",
            "gatepost.verification.callout.concurrency=7",
            "gatepost.verification.callout.waiting=9",
            "gatepost.verification.callout.keep=memory",
            "gatepost.verification.callout.senders=bank.example",
            "gatepost.verification.callout.domains.[dept.example.org].for=tables",
            "gatepost.verification.callout.domains.[dept.example.org].sender=null")
        .run(context ->
            assertThat(context.getBean(VerificationProperties.class))
                .isEqualTo(
                    new VerificationProperties(
                        Duration.ofMinutes(1),
                        Duration.ZERO,
                        7,
                        "/etc/gatepost/users",
                        "/etc/gatepost/senders",
                        1,
                        2,
                        Duration.ofMinutes(3),
                        new CalloutProperties(
                            "none",
                            "sender",
                            "accept",
                            Duration.ofSeconds(1),
                            Duration.ofHours(2),
                            Duration.ofMinutes(3),
                            Duration.ofSeconds(4),
                            Duration.ofMinutes(5),
                            6,
                            7,
                            9,
                            Keep.MEMORY,
                            List.of("bank.example"),
                            Map.of("dept.example.org", new OfDomain("tables", "null", null))))));
  }

  @ParameterizedTest
  @CsvSource({
    "cache-good,-1s",
    "cache-bad,-1s",
    "cache-size,-1",
    "max-guesses-per-user,0",
    "max-guesses-per-address,0",
    "guess-window,0s",
    "callout.for,all",
    "callout.sender,postmaster",
    "callout.late,never",
    "callout.timeout,0s",
    "callout.accepted,0s",
    "callout.refused,-1s",
    "callout.deferred,0s",
    "callout.host,0s",
    "callout.cache-size,-1",
    "callout.concurrency,0",
    "callout.concurrency,1001",
    "callout.waiting,-1",
    "callout.senders,not a domain",
    "callout.domains.[dept.example.org].for,some"
  })
  void refusals(String key, String value) {
    runner
        .withPropertyValues("gatepost.verification." + key + "=" + value)
        .run(context ->
            assertThat(context)
                .getFailure()
                .hasRootCauseInstanceOf(SettingException.class)
                .rootCause()
                .hasMessageContaining("gatepost.verification." + key.replaceAll("[\\[\\]]", "")));
  }

  @Test
  void aKeyThatDoesNotExistIsRefused() {
    runner
        .withPropertyValues("gatepost.verification.cache=1s")
        .run(context -> assertThat(context).hasFailed());
  }
}
