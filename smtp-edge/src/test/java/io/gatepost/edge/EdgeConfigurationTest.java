package io.gatepost.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.client.PolicyReport.CheckReport;
import io.gatepost.contract.client.PolicyReport.Force;
import io.gatepost.contract.client.PolicyReport.Setting;
import io.gatepost.contract.delivery.Delivery;
import io.gatepost.contract.queue.Queue;
import io.gatepost.contract.scanning.Scanning;
import io.gatepost.contract.setting.SettingException;
import io.gatepost.contract.verification.Verification;
import io.gatepost.edge.dnslist.ListReason;
import io.gatepost.edge.dnslist.ListVerdict;
import io.gatepost.edge.inquiry.ClientInquiries;
import io.gatepost.edge.inquiry.Inquiry;
import io.gatepost.edge.policy.StandardPolicy;
import io.gatepost.edge.session.ClientClass;
import io.gatepost.testkit.dns.FakeMailDns;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.xbill.DNS.Type;

/// The edge as its settings make it, on a free port.
class EdgeConfigurationTest {

  @TempDir private Path directory;

  private ApplicationContextRunner edge(String... settings) {
    return new ApplicationContextRunner()
        .withBean(MeterRegistry.class, SimpleMeterRegistry::new)
        .withBean(Queue.class, FakeQueue::new)
        .withBean(Scanning.class, () -> silent(Scanning.class))
        .withBean(Delivery.class, () -> silent(Delivery.class))
        .withBean(Verification.class, () -> silent(Verification.class))
        .withUserConfiguration(EdgeConfiguration.class)
        .withPropertyValues(
            "gatepost.edge.hostname=mx.example",
            "gatepost.edge.listen=127.0.0.1:0",
            "gatepost.edge.tls.bundle=none",
            "gatepost.data-dir=" + directory)
        .withPropertyValues(settings);
  }

  /// A service that is not asked.
  private static <T> T silent(Class<T> type) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              throw new UnsupportedOperationException(method.getName());
            }));
  }

  @Test
  void whatNobodyHasSetChangesNothing() {
    edge()
        .run(context ->
            assertThat(context.getBean(StandardPolicy.class).report().checks())
                .filteredOn(check -> check.force() == Force.OFF)
                .extracting(CheckReport::check)
                .contains("ban", "message-rate", "sender-domain", "helo-signature")
                .doesNotContain("connection-limit", "helo-syntax", "recipient-verified"));
  }

  @Test
  void theSettingsOfTheChecksAreInForce() throws IOException {
    Path table = Files.writeString(directory.resolve("exempt"), "192.0.2.0/24 all\n@x.example all");

    edge(
            "gatepost.edge.exemptions=" + table,
            "gatepost.edge.warn-only=helo-syntax",
            "gatepost.edge.ban.after=7",
            "gatepost.edge.max-connections-per-network=9",
            "gatepost.edge.max-messages-per-minute-per-network=11")
        .run(context -> {
          StandardPolicy policy = context.getBean(StandardPolicy.class);
          assertThat(policy.report().exemptions()).isEqualTo(2);
          assertThat(check(policy, "helo-syntax").force()).isEqualTo(Force.WARNS);
          assertThat(check(policy, "ban").settings()).contains(new Setting("ban.after", "7"));
          assertThat(check(policy, "connection-limit").settings())
              .contains(new Setting("max-connections-per-network", "9"));
          assertThat(check(policy, "message-rate").settings())
              .contains(new Setting("max-messages-per-minute-per-network", "11"));
        });
  }

  @Test
  void dnsListsAreAskedAtTheServersOfTheSettings() {
    try (FakeMailDns server = FakeMailDns.start()) {
      server.a("9.2.0.192.zen.example", "127.0.0.3").a("9.2.0.192.zen.example", "127.0.0.4");

      edge(
              "gatepost.dns.servers=" + server.server(),
              "gatepost.edge.dns-lists[0].zone=zen.example",
              "gatepost.edge.dns-lists[0].codes=127.0.0.2",
              "gatepost.edge.dns-lists[1].zone=zen.example",
              "gatepost.edge.dns-lists[1].codes=127.0.0.4-127.0.0.7",
              "gatepost.edge.dns-lists[1].weight=5",
              "gatepost.edge.dns-lists[1].action=defer",
              "gatepost.edge.dns-list-threshold=5",
              "gatepost.edge.dns-list-timeout=20s")
          .run(context -> {
            CheckReport check = check(context.getBean(StandardPolicy.class), "dns-lists");
            assertThat(check.force()).isEqualTo(Force.ON);
            assertThat(check.settings())
                .contains(new Setting("dns-lists", "zen.example 1 refuse, zen.example 5 defer"));
            Inquiry inquiry =
                context
                    .getBean(ClientInquiries.class)
                    .about(InetAddress.ofLiteral("192.0.2.9"), ClientClass.STRANGER);
            assertThat(inquiry.lists().verdict().block(Duration.ofSeconds(30)))
                .isEqualTo(new ListVerdict.Deferred(DomainName.of("zen.example"), ListReason.NONE));
            assertThat(server.asked("zen.example", Type.A)).isEqualTo(1);
          });
    }
  }

  private static CheckReport check(StandardPolicy policy, String name) {
    List<CheckReport> checks = policy.report().checks();
    return checks.stream().filter(each -> each.check().equals(name)).findFirst().orElseThrow();
  }

  @Test
  void aTableThatIsWrongStopsTheStart() throws IOException {
    Path table = Files.writeString(directory.resolve("exempt"), "# nothing\nfriend all\n");

    edge("gatepost.edge.exemptions=" + table)
        .run(context ->
            assertThat(context.getStartupFailure())
                .rootCause()
                .isInstanceOf(SettingException.class)
                .hasMessageStartingWith(table + " line 2 = \"friend\""));
  }

  @Test
  void aTableThatIsMissingIsNamedByItsSetting() {
    edge("gatepost.edge.exemptions=" + directory.resolve("none"))
        .run(context ->
            assertThat(context.getStartupFailure())
                .rootCause()
                .hasMessageStartingWith("gatepost.edge.exemptions = "));
  }
}
