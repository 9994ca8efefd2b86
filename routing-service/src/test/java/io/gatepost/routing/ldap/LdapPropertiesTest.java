package io.gatepost.routing.ldap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.setting.SettingException;
import io.gatepost.routing.ldap.LdapProperties.Detail;
import io.gatepost.routing.ldap.LdapProperties.NotFound;
import io.gatepost.routing.ldap.LdapProperties.Scope;
import io.gatepost.routing.ldap.LdapProperties.WithoutRoute;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LdapPropertiesTest {

  private static final Map<String, String> LEAST =
      Map.of("urls", "ldap://ldap.test", "base", "dc=test", "domains", "peer.test");

  private static LdapProperties with(Map<String, String> changes) {
    Map<String, String> settings = new HashMap<>(LEAST);
    settings.putAll(changes);
    return LdapTrial.bind(settings);
  }

  @Test
  void theDefaultsAreTheDocumentedOnes() {
    LdapProperties least = with(Map.of());

    assertThat(least.servers()).containsExactly(new LdapServer("ldap.test", 389, false));
    assertThat(least.bindDn()).isEmpty();
    assertThat(least.scope()).isEqualTo(Scope.SUB);
    assertThat(least.startTls()).isFalse();
    assertThat(least.bundle()).isEmpty();
    assertThat(least.filter())
        .isEqualTo("(&(objectClass=inetLocalMailRecipient)(mailLocalAddress={address}))");
    assertThat(least.attributes())
        .isEqualTo(new LdapProperties.Attributes("mailRoutingAddress", "mailHost", "uid"));
    assertThat(least.detail()).isEqualTo(Detail.STRIP);
    assertThat(least.withoutRoute()).isEqualTo(WithoutRoute.NEXT);
    assertThat(least.notFound()).isEqualTo(NotFound.REFUSE);
    assertThat(least.slots()).isEqualTo(8);
    assertThat(least.maxWait()).isEqualTo(Duration.ofSeconds(5));
    assertThat(least.timeout()).isEqualTo(Duration.ofSeconds(5));
    assertThat(least.cacheGood()).isEqualTo(Duration.ofMinutes(1));
    assertThat(least.cacheBad()).isEqualTo(Duration.ofSeconds(15));
  }

  @Test
  void allOfThemAreRead() {
    LdapProperties all =
        with(
            Map.ofEntries(
                Map.entry("urls", "ldaps://[2001:db8::1]:6360, ldaps://two.test"),
                Map.entry("bind-dn", "cn=gatepost"),
                Map.entry("password", "secret"),
                Map.entry("scope", "one"),
                Map.entry("bundle", "directory"),
                Map.entry("filter", "(mail={address})"),
                Map.entry("attributes.routing-address", "forward"),
                Map.entry("attributes.host", "server"),
                Map.entry("attributes.mailbox", "cn"),
                Map.entry("domains", "Peer.test, b\u00fccher.example"),
                Map.entry("detail", "preserve"),
                Map.entry("without-route", "mailbox"),
                Map.entry("not-found", "next"),
                Map.entry("slots", "2"),
                Map.entry("max-wait", "0s"),
                Map.entry("timeout", "200ms"),
                Map.entry("cache-good", "0s"),
                Map.entry("cache-bad", "1h")));

    assertThat(all.servers())
        .containsExactly(
            new LdapServer("2001:db8::1", 6360, true), new LdapServer("two.test", 636, true));
    assertThat(all.secret().get()).isEqualTo("secret");
    assertThat(all.scope()).isEqualTo(Scope.ONE);
    assertThat(all.attributes())
        .isEqualTo(new LdapProperties.Attributes("forward", "server", "cn"));
    assertThat(all.domainNames())
        .containsExactlyInAnyOrder(
            DomainName.of("peer.test"), DomainName.of("xn--bcher-kva.example"));
    assertThat(all.detail()).isEqualTo(Detail.PRESERVE);
    assertThat(all.withoutRoute()).isEqualTo(WithoutRoute.MAILBOX);
    assertThat(all.notFound()).isEqualTo(NotFound.NEXT);
    assertThat(all.maxWait()).isZero();
    assertThat(all.toString()).doesNotContain("secret");
  }

  @ParameterizedTest
  @CsvSource({
    "urls, '', ldap://host",
    "urls, http://ldap.test, ldap://host",
    "urls, ldap://ldap.test/dc=test, ldap://host",
    "urls, ldap.test, ldap://host",
    "urls, ldap://ldap.test:99999, ldap://host",
    "base, '', the DN below which",
    "base, somewhere, the DN below which",
    "bind-dn, admin, a DN such as",
    "bind-dn, cn=admin, a password of cn=admin",
    "password, secret, whose password",
    "password-file, /nowhere, whose password",
    "domains, '', the domains whose",
    "domains, not a domain, a domain such as",
    "filter, (mail=x), {address}",
    "attributes.host, mail host, name of an attribute",
    "bundle, directory, start-tls: true",
    "slots, 0, 1 to 200",
    "slots, 201, 1 to 200",
    "max-wait, 2m, 0s to 1 minutes",
    "max-wait, -1s, 0s to 1 minutes",
    "timeout, 0s, above zero",
    "cache-good, 2h, 0s to 60 minutes",
    "cache-bad, -1s, 0s to 60 minutes",
  })
  void aBadValueIsRefused(String key, String value, String expected) {
    assertThatThrownBy(() -> with(Map.of(key, value)))
        .rootCause()
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("gatepost.routing.ldap.")
        .hasMessageContaining(expected);
  }

  @Test
  void startTlsInsideOfTlsIsRefused() {
    assertThatThrownBy(() -> with(Map.of("urls", "ldaps://ldap.test", "start-tls", "true")))
        .rootCause()
        .hasMessageContaining("gatepost.routing.ldap.start-tls");
  }

  @Test
  void aPasswordFileThatCannotBeReadIsRefused() {
    assertThatThrownBy(() -> with(Map.of("bind-dn", "cn=admin", "password-file", "/nowhere/at")))
        .rootCause()
        .isInstanceOf(SettingException.class)
        .hasMessage(
            "gatepost.routing.ldap.password-file = \"/nowhere/at\" (expected: a file that can be"
                + " read)");
  }

  @Test
  void aPasswordInAFileIsReadAgain(@TempDir Path directory) throws IOException {
    Path file = Files.writeString(directory.resolve("password"), "first\n");
    LdapProperties properties =
        with(Map.of("bind-dn", "cn=admin", "password-file", file.toString()));

    assertThat(properties.secret().get()).isEqualTo("first");
    Files.writeString(file, "second");
    assertThat(properties.secret().get()).isEqualTo("second");
  }
}
