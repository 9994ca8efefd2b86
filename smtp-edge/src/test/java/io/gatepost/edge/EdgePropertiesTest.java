package io.gatepost.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.envelope.Provenance.Origin;
import io.gatepost.contract.setting.SettingException;
import io.gatepost.edge.dnslist.ListAction;
import io.gatepost.edge.filter.FilterRule.Unavailable;
import io.gatepost.edge.intake.ContentRules.LongLines;
import io.gatepost.edge.policy.HeloSyntax.Strictness;
import io.gatepost.edge.policy.SenderOwned;
import io.gatepost.edge.policy.SenderReachable;
import io.gatepost.edge.session.Mechanism;
import io.gatepost.edge.session.Role;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.unit.DataSize;

class EdgePropertiesTest {

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner().withUserConfiguration(Enabled.class);

  @Configuration
  @EnableConfigurationProperties(EdgeProperties.class)
  static class Enabled {}

  @Test
  void defaults() {
    runner
        .withPropertyValues("gatepost.edge.hostname=mx.example")
        .run(context ->
            assertThat(context.getBean(EdgeProperties.class))
                .isEqualTo(
                    new EdgeProperties(
                        "mx.example",
                        "127.0.0.1:2525",
                        List.of(),
                        List.of("127.0.0.0/8", "::1/128"),
                        List.of(),
                        List.of(),
                        DataSize.ofMegabytes(50),
                        1000,
                        10_000,
                        0,
                        0,
                        50,
                        0,
                        0,
                        new GateProperties.NetworkPrefix(24, 48),
                        new GateProperties.Ban(0, Duration.ofMinutes(10), Duration.ofMinutes(10)),
                        new GateProperties.TarpitDelay(Duration.ZERO, 1000),
                        "",
                        DataSize.ofKilobytes(64),
                        DataSize.ofMegabytes(64),
                        100,
                        LongLines.ACCEPT,
                        20,
                        10,
                        100,
                        100,
                        10,
                        Duration.ZERO,
                        Strictness.STRICT,
                        "",
                        "",
                        List.of(),
                        Duration.ofMinutes(5),
                        Duration.ofMinutes(3),
                        Duration.ofHours(1),
                        Duration.ofSeconds(20),
                        Duration.ofSeconds(30),
                        new GateProperties.Late(
                            1000, DataSize.ofMegabytes(256), Duration.ofHours(1)),
                        new GateProperties.EarlyDelivery(
                            true, Duration.ofSeconds(5), Duration.ofSeconds(2), 100),
                        new GateProperties.Filter(
                            "",
                            List.of(Origin.EXTERNAL, Origin.INTERNAL),
                            Duration.ofMinutes(1),
                            Unavailable.DEFER),
                        Duration.ofMinutes(5),
                        Duration.ofSeconds(10),
                        List.of(Mechanism.PLAIN, Mechanism.LOGIN),
                        SenderOwned.Rule.OWN,
                        SenderReachable.Rule.OFF,
                        List.of(),
                        1,
                        Duration.ofSeconds(3),
                        true,
                        Duration.ofSeconds(3),
                        new EdgeProperties.Tls("", Map.of(), List.of()))));
  }

  @Test
  void everyKey() {
    runner
        .withPropertyValues(
            "gatepost.edge.hostname=MX.example",
            "gatepost.edge.listen=127.0.0.1:0",
            "gatepost.edge.listeners[0].role=submission",
            "gatepost.edge.listeners[0].listen=127.0.0.1:587",
            "gatepost.edge.listeners[1].role=reinjection",
            "gatepost.edge.listeners[1].listen=127.0.0.1:10025",
            "gatepost.edge.relay-from=192.0.2.0/24",
            "gatepost.edge.xclient-from=192.0.2.1",
            "gatepost.edge.proxy-from=192.0.2.2",
            "gatepost.edge.max-message-size=1MB",
            "gatepost.edge.max-recipients=100",
            "gatepost.edge.max-messages=2",
            "gatepost.edge.max-messages-per-minute=3",
            "gatepost.edge.max-connections=4",
            "gatepost.edge.max-connections-per-address=5",
            "gatepost.edge.max-connections-per-network=6",
            "gatepost.edge.max-messages-per-minute-per-network=7",
            "gatepost.edge.network-prefix.ipv4=20",
            "gatepost.edge.network-prefix.ipv6=56",
            "gatepost.edge.ban.after=8",
            "gatepost.edge.ban.within=9m",
            "gatepost.edge.ban.duration=1h",
            "gatepost.edge.tarpit.delay=10s",
            "gatepost.edge.tarpit.max-sessions=11",
            "gatepost.edge.postmaster=p@x.example",
            "gatepost.edge.inline-threshold=8KB",
            "gatepost.edge.content-memory=2MB",
            "gatepost.edge.max-hops=101",
            "gatepost.edge.long-lines=refuse",
            "gatepost.edge.max-errors=6",
            "gatepost.edge.max-unknown-commands=7",
            "gatepost.edge.max-junk-commands=50",
            "gatepost.edge.max-refusals=15",
            "gatepost.edge.logged-refusals=16",
            "gatepost.edge.greet-pause=8s",
            "gatepost.edge.helo-syntax=loose",
            "gatepost.edge.helo-signatures=/etc/gatepost/helo",
            "gatepost.edge.exemptions=/etc/gatepost/exempt",
            "gatepost.edge.warn-only=helo-syntax,sender-domain",
            "gatepost.edge.idle-timeout=9s",
            "gatepost.edge.data-timeout=10s",
            "gatepost.edge.session-timeout=11s",
            "gatepost.edge.verify-timeout=12s",
            "gatepost.edge.scan-timeout=13s",
            "gatepost.edge.late.messages=20",
            "gatepost.edge.late.size=21MB",
            "gatepost.edge.late.age=22m",
            "gatepost.edge.early-delivery.enabled=false",
            "gatepost.edge.early-delivery.budget=15s",
            "gatepost.edge.early-delivery.submission-budget=16s",
            "gatepost.edge.early-delivery.max-recipients=33",
            "gatepost.edge.queue-timeout=14s",
            "gatepost.edge.filter.address=127.0.0.1:10024",
            "gatepost.edge.filter.for=internal",
            "gatepost.edge.filter.timeout=34s",
            "gatepost.edge.filter.unavailable=skip",
            "gatepost.edge.drain=15s",
            "gatepost.edge.auth-mechanisms=scram-sha-256",
            "gatepost.edge.user-senders=off",
            "gatepost.edge.sender-domain=refuse",
            "gatepost.edge.dns-lists[0].zone=zen.example",
            "gatepost.edge.dns-lists[1].zone=other.example",
            "gatepost.edge.dns-lists[1].weight=2",
            "gatepost.edge.dns-lists[1].codes=127.0.0.2-127.0.0.11,127.0.0.20",
            "gatepost.edge.dns-lists[1].action=defer",
            "gatepost.edge.dns-list-threshold=17",
            "gatepost.edge.dns-list-timeout=18s",
            "gatepost.edge.names=false",
            "gatepost.edge.name-timeout=19s",
            "gatepost.edge.tls.bundle=mail",
            "gatepost.edge.tls.sni.[other.example]=other",
            "gatepost.edge.tls.relay-certificates=subject:CN=relay")
        .run(context ->
            assertThat(context.getBean(EdgeProperties.class))
                .isEqualTo(
                    new EdgeProperties(
                        "mx.example",
                        "127.0.0.1:0",
                        List.of(
                            new EdgeProperties.Listener(Role.SUBMISSION, "127.0.0.1:587"),
                            new EdgeProperties.Listener(Role.REINJECTION, "127.0.0.1:10025")),
                        List.of("192.0.2.0/24"),
                        List.of("192.0.2.1"),
                        List.of("192.0.2.2"),
                        DataSize.ofMegabytes(1),
                        100,
                        2,
                        3,
                        4,
                        5,
                        6,
                        7,
                        new GateProperties.NetworkPrefix(20, 56),
                        new GateProperties.Ban(8, Duration.ofMinutes(9), Duration.ofHours(1)),
                        new GateProperties.TarpitDelay(Duration.ofSeconds(10), 11),
                        "p@x.example",
                        DataSize.ofKilobytes(8),
                        DataSize.ofMegabytes(2),
                        101,
                        LongLines.REFUSE,
                        6,
                        7,
                        50,
                        15,
                        16,
                        Duration.ofSeconds(8),
                        Strictness.LOOSE,
                        "/etc/gatepost/helo",
                        "/etc/gatepost/exempt",
                        List.of("helo-syntax", "sender-domain"),
                        Duration.ofSeconds(9),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(11),
                        Duration.ofSeconds(12),
                        Duration.ofSeconds(13),
                        new GateProperties.Late(
                            20, DataSize.ofMegabytes(21), Duration.ofMinutes(22)),
                        new GateProperties.EarlyDelivery(
                            false, Duration.ofSeconds(15), Duration.ofSeconds(16), 33),
                        new GateProperties.Filter(
                            "127.0.0.1:10024",
                            List.of(Origin.INTERNAL),
                            Duration.ofSeconds(34),
                            Unavailable.SKIP),
                        Duration.ofSeconds(14),
                        Duration.ofSeconds(15),
                        List.of(Mechanism.SCRAM_SHA_256),
                        SenderOwned.Rule.OFF,
                        SenderReachable.Rule.REFUSE,
                        List.of(
                            new DnsListSetting("zen.example", 1, List.of(), ListAction.REFUSE),
                            new DnsListSetting(
                                "other.example",
                                2,
                                List.of("127.0.0.2-127.0.0.11", "127.0.0.20"),
                                ListAction.DEFER)),
                        17,
                        Duration.ofSeconds(18),
                        false,
                        Duration.ofSeconds(19),
                        new EdgeProperties.Tls(
                            "mail",
                            Map.of("other.example", "other"),
                            List.of("subject:CN=relay")))));
  }

  @ParameterizedTest
  @CsvSource({
    "hostname, not a host",
    "max-message-size, 1KB",
    "max-recipients, 99",
    "max-recipients, 2001",
    "max-refusals, 0",
    "logged-refusals, -1",
    "max-messages, 0",
    "max-messages-per-minute, -1",
    "max-connections, -1",
    "max-connections-per-address, 0",
    "inline-threshold, 1KB",
    "content-memory, 1KB",
    "late.messages, -1",
    "late.messages, 50001",
    "late.size, 2TB",
    "late.age, 6d",
    "max-hops, 99",
    "max-errors, 0",
    "max-junk-commands, 9",
    "max-unknown-commands, 0",
    "greet-pause, 2m",
    "max-connections-per-network, -1",
    "max-messages-per-minute-per-network, -1",
    "network-prefix.ipv4, 7",
    "network-prefix.ipv6, 65",
    "ban.after, -1",
    "ban.within, 0s",
    "ban.duration, 2d",
    "tarpit.delay, 61s",
    "tarpit.delay, -1s",
    "tarpit.max-sessions, 0",
    "warn-only, helo",
    "warn-only, connection-limit",
    "warn-only, recipient-verified",
    "idle-timeout, 0s",
    "data-timeout, -1s",
    "session-timeout, 0s",
    "verify-timeout, 0s",
    "scan-timeout, 0s",
    "queue-timeout, 0s",
    "early-delivery.budget, 99ms",
    "early-delivery.submission-budget, 21s",
    "early-delivery.max-recipients, 0",
    "early-delivery.max-recipients, 1001",
    "filter.address, localhost:10024",
    "filter.address, 127.0.0.1",
    "filter.address, 127.0.0.1:10024",
    "filter.timeout, 999ms",
    "filter.timeout, 4m",
    "drain, -1s",
    "drain, 6m",
    "relay-from, the-office",
    "xclient-from, 192.0.2.0/33",
    "proxy-from, balancer",
    "dns-list-threshold, 0",
    "dns-list-timeout, 10ms",
    "name-timeout, 31s",
    "listen, 25",
    "tls.relay-certificates, relay.example",
  })
  void whatCannotBeUsedIsNamed(String key, String value) {
    runner
        .withPropertyValues("gatepost.edge." + key + "=" + value)
        .run(context ->
            assertThat(context.getStartupFailure())
                .rootCause()
                .isInstanceOf(SettingException.class)
                .hasMessageStartingWith("gatepost.edge." + key + " = "));
  }

  @Test
  void withEarlyDeliveryClientsHaveTheirReplyInTenMinutesWhateverHappens() {
    runner
        .withPropertyValues(
            "gatepost.edge.queue-timeout=9m", "gatepost.edge.early-delivery.enabled=false")
        .run(context -> assertThat(context).hasNotFailed());
    runner
        .withPropertyValues("gatepost.edge.queue-timeout=9m")
        .run(context ->
            assertThat(context.getStartupFailure())
                .rootCause()
                .isInstanceOf(SettingException.class)
                .hasMessageStartingWith("gatepost.edge.queue-timeout = ")
                .hasMessageContaining("at most 519s"));
    runner
        .withPropertyValues("gatepost.edge.queue-timeout=519s")
        .run(context -> assertThat(context).hasNotFailed());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "weight=2                                | zone",
        "zone=no zone                            | zone",
        "zone=[127.0.0.1]                        | zone",
        "zone=zen.example,weight=0               | weight",
        "zone=zen.example,weight=1001            | weight",
        "zone=zen.example,codes=127.0.0          | codes",
        "zone=zen.example,codes=127.0.0.256      | codes",
        "zone=zen.example,codes=127.0.0.9-127.0.0.2 | codes",
        "zone=zen.example,codes=126.0.0.1        | codes",
        "zone=zen.example,codes=127.0.0.1-128.0.0.1 | codes",
        "zone=zen.example,codes=127.255.255.254  | codes",
        "zone=zen.example,codes=127.0.0.0-127.255.255.255 | codes",
      })
  void anUnusableDnsListIsNamed(String entry, String key) {
    runner
        .withPropertyValues(
            Stream.of(entry.split(","))
                .map(each -> "gatepost.edge.dns-lists[0]." + each)
                .toArray(String[]::new))
        .run(context ->
            assertThat(context.getStartupFailure())
                .rootCause()
                .isInstanceOf(SettingException.class)
                .hasMessageStartingWith("gatepost.edge.dns-lists[0]." + key + " = "));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ZEN.example.|",
        "zen.example | 127.0.0.5",
        "zen.example | 127.0.0.2-127.0.0.3",
      })
  void aZoneIsThereOnceOrWithOtherCodes(String zone, String codes) {
    runner
        .withPropertyValues(
            "gatepost.edge.dns-lists[0].zone=zen.example",
            "gatepost.edge.dns-lists[0].codes=127.0.0.3-127.0.0.7",
            "gatepost.edge.dns-lists[1].zone=" + zone,
            "gatepost.edge.dns-lists[1].codes=" + (codes == null ? "" : codes))
        .run(context ->
            assertThat(context.getStartupFailure())
                .rootCause()
                .isInstanceOf(SettingException.class)
                .hasMessageStartingWith("gatepost.edge.dns-lists[1].zone = "));
  }

  @Test
  void aListenerHasARole() {
    runner
        .withPropertyValues("gatepost.edge.listeners[0].listen=127.0.0.1:465")
        .run(context ->
            assertThat(context.getStartupFailure())
                .rootCause()
                .isInstanceOf(SettingException.class)
                .hasMessageContaining("gatepost.edge.listeners[0].role"));
  }

  @Test
  void whatNeedsACertificateDoesNotGoWithoutUnnoticed() {
    runner
        .withPropertyValues("gatepost.edge.tls.sni.[other.example]=other")
        .run(context ->
            assertThat(context.getStartupFailure())
                .rootCause()
                .isInstanceOf(SettingException.class)
                .hasMessageContaining("gatepost.edge.tls.bundle = "));
  }

  @ParameterizedTest
  @CsvSource({"''", "none"})
  void submissionTakesACertificateThatSomebodyHasSetUp(String bundle) {
    runner
        .withPropertyValues(
            "gatepost.edge.hostname=mx.example",
            "gatepost.edge.tls.bundle=" + bundle,
            "gatepost.edge.listeners[0].role=submissions",
            "gatepost.edge.listeners[0].listen=127.0.0.1:465")
        .run(context ->
            assertThat(context.getStartupFailure())
                .rootCause()
                .isInstanceOf(SettingException.class)
                .hasMessageContaining("gatepost.edge.tls.bundle is not set"));
  }
}
