package io.gatepost.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.setting.SettingException;
import io.gatepost.delivery.DeliveryProperties.Tls;
import io.gatepost.delivery.early.EarlyRules;
import io.gatepost.smtp.client.Terms.Encryption;
import io.gatepost.smtp.client.auth.Credentials;
import io.gatepost.smtp.client.auth.Credentials.Exposure;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class DeliveryPropertiesTest {

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner().withUserConfiguration(Settings.class);

  @EnableConfigurationProperties(DeliveryProperties.class)
  static class Settings {}

  @Test
  void theDefaultsAreTheDocumentedOnes() {
    runner.run(context -> {
      DeliveryProperties properties = context.getBean(DeliveryProperties.class);
      assertThat(properties.maxRunning()).isEqualTo(2_000);
      assertThat(properties.connectionsPerDestination()).isEqualTo(20);
      assertThat(properties.waitingPerDestination()).isEqualTo(2_000);
      assertThat(properties.recipientsPerTransaction()).isEqualTo(100);
      assertThat(properties.connectTimeout()).isEqualTo(Duration.ofSeconds(30));
      assertThat(properties.idleTimeout()).isEqualTo(Duration.ofSeconds(10));
      assertThat(properties.unreachablePause()).isEqualTo(Duration.ofSeconds(5));
      assertThat(properties.probe())
          .isEqualTo(new ProbeProperties(50, 2_000, 200, Duration.ofSeconds(25)));
      assertThat(properties.late()).isEqualTo(new LateProperties(4, Duration.ofMinutes(1), 10));
      assertThat(properties.early().rules()).isEqualTo(EarlyRules.NONE);
      assertThat(properties.delayNotice()).isEqualTo(Duration.ofHours(4));
      assertThat(properties.tls()).isEqualTo(Tls.OPPORTUNISTIC);
      assertThat(properties.smartHosts()).isEmpty();
      assertThat(properties.anyHost().encryption()).isEqualTo(Encryption.OPPORTUNISTIC);
    });
  }

  @Test
  void domainsMayHaveAnotherBudgetOrNoEarlyDelivery() {
    runner
        .withPropertyValues(
            "gatepost.delivery.early.domains.[Dept.Example].budget=500ms",
            "gatepost.delivery.early.domains.[.slow.example].enabled=false")
        .run(context ->
            assertThat(context.getBean(DeliveryProperties.class).early().rules().budgets())
                .containsOnly(
                    Map.entry("dept.example", Duration.ofMillis(500)),
                    Map.entry(".slow.example", Duration.ZERO)));
  }

  @Test
  void aSmartHostHasTermsOfItsOwn() {
    runner
        .withPropertyValues(
            "gatepost.delivery.tls=off",
            "gatepost.delivery.smart-hosts[0].host=Relay.Example:587",
            "gatepost.delivery.smart-hosts[0].user=me",
            "gatepost.delivery.smart-hosts[0].password=secret",
            "gatepost.delivery.smart-hosts[0].tls=opportunistic",
            "gatepost.delivery.smart-hosts[0].password-in-clear=true")
        .run(context -> {
          DeliveryProperties properties = context.getBean(DeliveryProperties.class);
          assertThat(properties.anyHost().encryption()).isEqualTo(Encryption.NONE);
          assertThat(properties.namedSmartHosts()).containsOnlyKeys("relay.example:587");
          var terms = properties.namedSmartHosts().get("relay.example:587");
          assertThat(terms.encryption()).isEqualTo(Encryption.OPPORTUNISTIC);
          assertThat(terms.credentials())
              .contains(new Credentials("me", "secret", Exposure.ANYWHERE));
        });
  }

  @Test
  void aSmartHostsTlsIsRequiredByDefault() {
    runner
        .withPropertyValues("gatepost.delivery.smart-hosts[0].host=relay.example")
        .run(context ->
            assertThat(
                    context
                        .getBean(DeliveryProperties.class)
                        .namedSmartHosts()
                        .get("relay.example")
                        .encryption())
                .isEqualTo(Encryption.REQUIRED));
  }

  @ParameterizedTest
  @CsvSource({
    "B\u00fccher.Example, xn--bcher-kva.example",
    "relay.example.:587, relay.example:587",
    "[192.0.2.1]:25, [192.0.2.1]:25",
    "[IPv6:2001:DB8::1], [ipv6:2001:db8::1]"
  })
  void aSmartHostIsKnownAsRoutesNameIt(String host, String named) {
    runner
        .withPropertyValues("gatepost.delivery.smart-hosts[0].host=" + host)
        .run(context ->
            assertThat(context.getBean(DeliveryProperties.class).namedSmartHosts())
                .containsOnlyKeys(named));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gatepost.delivery.smart-hosts[0].host=smtp:[relay.example]",
        "gatepost.delivery.smart-hosts[0].host=relay.example:smtp",
        "gatepost.delivery.max-running=3",
        "gatepost.delivery.connections-per-destination=0",
        "gatepost.delivery.waiting-per-destination=0",
        "gatepost.delivery.recipients-per-transaction=0",
        "gatepost.delivery.connect-timeout=0s",
        "gatepost.delivery.idle-timeout=-1s",
        "gatepost.delivery.unreachable-pause=0s",
        "gatepost.delivery.probe.share=0",
        "gatepost.delivery.probe.share=91",
        "gatepost.delivery.probe.waiting=0",
        "gatepost.delivery.probe.rate=0",
        "gatepost.delivery.probe.timeout=0s",
        "gatepost.delivery.late.scans=0",
        "gatepost.delivery.late.timeout=0s",
        "gatepost.delivery.late.finds-per-hour=-1",
        "gatepost.delivery.early.domains.[dept.example].budget=0s",
        "gatepost.delivery.early.domains.[dept..example].enabled=false",
        "gatepost.delivery.early.domains.[dept.example].enabled=true",
        "gatepost.delivery.delay-notice=0s",
        "gatepost.delivery.tls=required",
        "gatepost.delivery.smart-hosts[0].tls=off",
        "gatepost.delivery.smart-hosts[0].host=a,gatepost.delivery.smart-hosts[0].user=me",
        "gatepost.delivery.smart-hosts[0].host=a,gatepost.delivery.smart-hosts[0].trust=/no/such",
        "gatepost.delivery.smart-hosts[0].host=a,gatepost.delivery.smart-hosts[0].user=me,"
            + "gatepost.delivery.smart-hosts[0].password=x,"
            + "gatepost.delivery.smart-hosts[0].tls=off",
        "gatepost.delivery.smart-hosts[0].host=a,gatepost.delivery.smart-hosts[0].user=me,"
            + "gatepost.delivery.smart-hosts[0].password=x,"
            + "gatepost.delivery.smart-hosts[0].tls=opportunistic"
      })
  void whatCannotBeUsedStopsTheStart(String settings) {
    runner
        .withPropertyValues(settings.split(","))
        .run(context ->
            assertThat(context.getStartupFailure()).hasRootCauseInstanceOf(SettingException.class));
  }
}
