package io.gatepost.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.setting.FileWatch;
import io.gatepost.contract.setting.SettingException;
import io.gatepost.dns.DnsProperties;
import io.gatepost.routing.chain.HostRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class RoutingPropertiesTest {

  @TempDir private Path directory;

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner().withUserConfiguration(Settings.class);

  @EnableConfigurationProperties({RoutingProperties.class, DnsProperties.class})
  static class Settings {}

  @Test
  void theDefaultsAreTheDocumentedOnes() {
    runner.run(context -> {
      RoutingProperties routing = context.getBean(RoutingProperties.class);
      assertThat(routing.order()).isEqualTo(RouterOrder.DEFAULT);
      assertThat(routing.timeout()).isEqualTo(Duration.ofSeconds(20));
      assertThat(routing.localDomains()).containsExactly("example.test");
      assertThat(routing.mailboxes()).containsExactly("alice", "bob");
      assertThat(routing.mailboxesFile()).isEmpty();
      assertThat(routing.aliases()).isEmpty();
      assertThat(routing.includeDirectory()).isEmpty();
      assertThat(routing.virtusertable()).isEmpty();
      assertThat(routing.regsub()).isEmpty();
      assertThat(routing.mailertable()).isEmpty();
      DnsProperties dns = context.getBean(DnsProperties.class);
      assertThat(dns.servers()).isEmpty();
      assertThat(dns.timeout()).isEqualTo(Duration.ofSeconds(5));
      assertThat(MailHostRules.hostRule(dns)).isEqualTo(HostRule.ELSEWHERE);
    });
  }

  @Test
  void allOfThemAreRead() {
    runner
        .withPropertyValues(
            "gatepost.routing.order=mailboxes,relay-control,dns",
            "gatepost.routing.timeout=3s",
            "gatepost.routing.local-domains=a.example,b.example",
            "gatepost.routing.mailboxes=ann,eve@b.example",
            "gatepost.routing.mailboxes-file=/etc/mailboxes",
            "gatepost.routing.aliases=/etc/aliases",
            "gatepost.routing.include-directory=/etc/lists",
            "gatepost.routing.virtusertable=/etc/virtusertable.cdb",
            "gatepost.routing.regsub=/etc/regsub",
            "gatepost.routing.mailertable=/etc/mailertable",
            "gatepost.dns.servers=192.0.2.53",
            "gatepost.dns.timeout=1s",
            "gatepost.dns.loopback-hosts=true")
        .run(context -> {
          RoutingProperties routing = context.getBean(RoutingProperties.class);
          assertThat(routing.order()).containsExactly("mailboxes", "relay-control", "dns");
          assertThat(routing.timeout()).isEqualTo(Duration.ofSeconds(3));
          assertThat(routing.localDomains()).containsExactly("a.example", "b.example");
          assertThat(routing.mailboxes()).containsExactly("ann", "eve@b.example");
          assertThat(routing.mailboxesFile()).isEqualTo("/etc/mailboxes");
          assertThat(routing.aliases()).isEqualTo("/etc/aliases");
          assertThat(routing.includeDirectory()).isEqualTo("/etc/lists");
          assertThat(routing.virtusertable()).isEqualTo("/etc/virtusertable.cdb");
          assertThat(routing.regsub()).isEqualTo("/etc/regsub");
          assertThat(routing.mailertable()).isEqualTo("/etc/mailertable");
          DnsProperties dns = context.getBean(DnsProperties.class);
          assertThat(dns.servers()).containsExactly("192.0.2.53");
          assertThat(dns.timeout()).isEqualTo(Duration.ofSeconds(1));
          assertThat(MailHostRules.hostRule(dns)).isEqualTo(HostRule.ELSEWHERE_OR_LOOPBACK);
        });
  }

  @Test
  void whoListsMailboxesInAFileHasNoOthers() throws IOException {
    Path file = Files.writeString(directory.resolve("mailboxes"), "carol\n");
    runner
        .withPropertyValues("gatepost.routing.mailboxes-file=" + file)
        .run(context -> {
          RoutingProperties properties = context.getBean(RoutingProperties.class);
          try (FileWatch watch = new FileWatch()) {
            RoutingTables tables = RoutingTables.follow(properties, watch);
            assertThat(isMailbox(tables, "carol@example.test")).isTrue();
            assertThat(isMailbox(tables, "alice@example.test")).isFalse();
            assertThat(isMailbox(tables, "dave@example.test")).isFalse();

            Files.writeString(file, "carol\ndave\n");
            awaitMailbox(tables, "dave@example.test");
          }
        });
  }

  @Test
  void whoListsNoMailboxesHasNone() {
    runner
        .withPropertyValues("gatepost.routing.mailboxes=")
        .run(context -> assertThat(context.getBean(RoutingProperties.class).mailboxes()).isEmpty());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gatepost.routing.order=aliases,nonsense,dns",
        "gatepost.routing.timeout=0s",
        "gatepost.routing.timeout=26s",
        "gatepost.routing.local-domains=-bad-",
        "gatepost.routing.mailboxes=two words",
        "gatepost.routing.mailboxes=bob@far.example",
        "gatepost.dns.timeout=0s",
        "gatepost.dns.servers=300.1.1.1"
      })
  void whatCannotBeUsedStopsTheStart(String setting) {
    runner
        .withPropertyValues(setting)
        .run(context ->
            assertThat(context.getStartupFailure()).hasRootCauseInstanceOf(SettingException.class));
  }

  private static boolean isMailbox(RoutingTables tables, String address) {
    return tables.local().get().mailbox(ForwardPath.of(address)).isPresent();
  }

  private static void awaitMailbox(RoutingTables tables, String address)
      throws InterruptedException {
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!isMailbox(tables, address)) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      Thread.sleep(50);
    }
  }
}
