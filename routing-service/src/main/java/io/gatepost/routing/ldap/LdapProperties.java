package io.gatepost.routing.ldap;

import com.unboundid.ldap.sdk.DN;
import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.setting.SettingException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Settings of the LDAP source.
///
/// @param urls servers, `ldap://host:port` or `ldaps://host:port`; the first that works is asked
/// @param bindDn who asks; empty for an anonymous client
/// @param password the secret of `bindDn`
/// @param passwordFile path of a file with it, read for each connection; empty for none
/// @param base DN below which entries are searched
/// @param scope how far below
/// @param startTls whether connections to `ldap://` servers are encrypted before anything else
/// @param bundle name of the SSL bundle whose trust store knows the servers' certificates; empty
///   for the JVM's
/// @param filter of entries, with `{address}`, `{local}`, `{domain}` and `{sender}`
/// @param attributes names of the attributes that are read
/// @param domains whose addresses the directory is asked for, at least one
/// @param detail how `user+detail` is looked up
/// @param withoutRoute what an entry means that names neither an address nor a host
/// @param notFound what is said of an address without an entry
/// @param slots searches at a time, and connections, 1 to 200
/// @param maxWait how long a question waits for a slot, up to 1m
/// @param timeout of one question with all its searches, above zero and up to 1m
/// @param cacheGood how long an entry is remembered, up to 1h
/// @param cacheBad how long it is remembered that there is none, up to 1h
public record LdapProperties(
    @DefaultValue List<String> urls,
    @DefaultValue("") String bindDn,
    @DefaultValue("") String password,
    @DefaultValue("") String passwordFile,
    @DefaultValue("") String base,
    @DefaultValue("sub") Scope scope,
    @DefaultValue("false") boolean startTls,
    @DefaultValue("") String bundle,
    @DefaultValue(LASER) String filter,
    @DefaultValue Attributes attributes,
    @DefaultValue List<String> domains,
    @DefaultValue("strip") Detail detail,
    @DefaultValue("next") WithoutRoute withoutRoute,
    @DefaultValue("refuse") NotFound notFound,
    @DefaultValue("8") int slots,
    @DefaultValue("5s") Duration maxWait,
    @DefaultValue("5s") Duration timeout,
    @DefaultValue("1m") Duration cacheGood,
    @DefaultValue("15s") Duration cacheBad) {

  private static final String PREFIX = "gatepost.routing.ldap.";
  static final String LASER = "(&(objectClass=inetLocalMailRecipient)(mailLocalAddress={address}))";
  private static final int MAX_SLOTS = 200;
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);
  private static final Duration LONGEST_MEMORY = Duration.ofHours(1);

  /// How far below the base entries are searched (RFC 4511 §4.5.1.2).
  public enum Scope {
    BASE,
    ONE,
    SUB
  }

  /// How an address `user+detail@domain` without an entry of its own is looked up.
  public enum Detail {
    /// Not otherwise.
    EXACT,
    /// As `user@domain`; the detail is lost.
    STRIP,
    /// As `user@domain`; the detail is passed on to the address that the entry names.
    PRESERVE
  }

  /// Meaning of an entry that names neither an address nor another host.
  public enum WithoutRoute {
    /// The next router is asked.
    NEXT,
    /// A mailbox of this site, by the name in [Attributes#mailbox].
    MAILBOX
  }

  /// Answer about an address without an entry.
  public enum NotFound {
    /// `550 5.1.1`.
    REFUSE,
    /// The next router is asked.
    NEXT
  }

  /// Names of attributes.
  ///
  /// @param routingAddress of the one that holds the address to route instead
  /// @param host of the one that holds the host to deliver to
  /// @param mailbox of the one that holds the name of a local mailbox
  public record Attributes(
      @DefaultValue("mailRoutingAddress") String routingAddress,
      @DefaultValue("mailHost") String host,
      @DefaultValue("uid") String mailbox) {
    public Attributes {
      checkName("routing-address", routingAddress);
      checkName("host", host);
      checkName("mailbox", mailbox);
    }

    private static void checkName(String key, String name) {
      // RFC 4512 §2.5; without options, as values are read by the plain name.
      if (!name.matches("[A-Za-z][A-Za-z0-9-]{0,63}|\\d+(\\.\\d+){1,30}")) {
        throw refused("attributes." + key, name, "the name of an attribute, such as mailHost");
      }
    }
  }

  public LdapProperties {
    checkServers(urls, startTls, bundle);
    checkIdentity(bindDn, password, passwordFile);
    if (base.isBlank() || !DN.isValidDN(base)) {
      throw refused("base", base, "the DN below which entries are, such as dc=example,dc=org");
    }
    if (!passwordFile.isBlank()) {
      readPassword(passwordFile);
    }
    FilterTemplate.parse(PREFIX + "filter", filter);
    if (domains.isEmpty()) {
      throw refused("domains", "", "the domains whose addresses the directory knows, one at least");
    }
    domainNames(domains);
    if (slots < 1 || slots > MAX_SLOTS) {
      throw refused("slots", slots, "1 to " + MAX_SLOTS);
    }
    checkTime("max-wait", maxWait, Duration.ZERO, LONGEST_WAIT);
    checkTime("timeout", timeout, Duration.ofMillis(1), LONGEST_WAIT);
    checkTime("cache-good", cacheGood, Duration.ZERO, LONGEST_MEMORY);
    checkTime("cache-bad", cacheBad, Duration.ZERO, LONGEST_MEMORY);
  }

  /// The servers in order.
  List<LdapServer> servers() {
    return urls.stream().map(url -> LdapServer.parse(PREFIX + "urls", url)).toList();
  }

  /// The filter of entries.
  FilterTemplate filterTemplate() {
    return FilterTemplate.parse(PREFIX + "filter", filter);
  }

  /// The password, read again where it is in a file; throws [SettingException] where that cannot be
  /// read now.
  Supplier<String> secret() {
    return () -> passwordFile.isBlank() ? password : readPassword(passwordFile);
  }

  /// The domains whose addresses the directory is asked for.
  public Set<DomainName> domainNames() {
    return domainNames(domains);
  }

  /// Without the password, as records end up in logs.
  @Override
  public String toString() {
    return "LdapProperties[urls=" + urls + ", base=" + base + ", domains=" + domains + "]";
  }

  /// The refusal of a value.
  static SettingException refused(String key, Object value, String expected) {
    return new SettingException(PREFIX + key, value, expected);
  }

  private static void checkServers(List<String> urls, boolean startTls, String bundle) {
    if (urls.isEmpty()) {
      throw refused("urls", "", LdapServer.EXPECTED + ", one at least");
    }
    List<LdapServer> servers =
        urls.stream().map(url -> LdapServer.parse(PREFIX + "urls", url)).toList();
    if (startTls && servers.stream().anyMatch(LdapServer::tls)) {
      throw refused("start-tls", true, "false with ldaps:// servers, which are in TLS already");
    }
    if (!bundle.isBlank() && !startTls && servers.stream().noneMatch(LdapServer::tls)) {
      throw refused("bundle", bundle, "start-tls: true or ldaps:// servers beside it");
    }
  }

  private static void checkIdentity(String bindDn, String password, String passwordFile) {
    if (!DN.isValidDN(bindDn)) {
      throw refused("bind-dn", bindDn, "a DN such as cn=gatepost,dc=example,dc=org");
    }
    if (!password.isEmpty() && !passwordFile.isBlank()) {
      throw refused("password-file", passwordFile, "nothing beside a password");
    }
    boolean secret = !password.isEmpty() || !passwordFile.isBlank();
    if (bindDn.isBlank() && secret) {
      throw refused("bind-dn", bindDn, "whose password it is");
    }
    // A simple bind with a name and no password is anonymous (RFC 4513 §5.1.2), which nobody wants.
    if (!bindDn.isBlank() && !secret) {
      throw refused("password", "", "a password of " + bindDn + ", or password-file");
    }
  }

  /// The file's first line.
  private static String readPassword(String file) {
    try (Stream<String> lines = Files.lines(Path.of(file.strip()))) {
      return lines
          .findFirst()
          .filter(line -> !line.isEmpty())
          .orElseThrow(() -> refused("password-file", file, "a file with the password in it"));
    } catch (IOException | UncheckedIOException | InvalidPathException e) {
      throw refused("password-file", file, "a file that can be read");
    }
  }

  private static Set<DomainName> domainNames(List<String> domains) {
    return domains.stream().map(LdapProperties::domainName).collect(Collectors.toSet());
  }

  private static DomainName domainName(String domain) {
    try {
      return DomainName.listed(domain.strip());
    } catch (IllegalArgumentException e) {
      throw refused("domains", domain, "a domain such as example.test");
    }
  }

  private static void checkTime(String key, Duration time, Duration least, Duration most) {
    if (time.compareTo(least) < 0 || time.compareTo(most) > 0) {
      throw refused(
          key,
          time,
          (least.isZero() ? "0s" : "above zero") + " to " + most.toMinutes() + " minutes");
    }
  }
}
