package io.gatepost.routing.table;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.routing.Destination.NamedBy;
import io.gatepost.contract.setting.FileReading;
import io.gatepost.contract.setting.SettingException;
import io.gatepost.routing.chain.AddressLiteral;
import io.gatepost.routing.chain.Query;
import io.gatepost.routing.chain.RouterResult;
import io.gatepost.routing.lookup.Entries;
import io.gatepost.routing.lookup.KeyForm;
import io.gatepost.routing.lookup.LookupOrder;
import io.gatepost.routing.lookup.Places;
import io.gatepost.routing.lookup.TableForm;
import io.gatepost.routing.lookup.TableKeys;
import io.gatepost.routing.lookup.TableText;
import io.gatepost.routing.lookup.TextEntries;
import io.gatepost.routing.value.ErrorValue;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The mailertable (requirement C5): lines `domain transport:argument`. `.domain` stands for its
/// subdomains, `.` alone for every domain that no other line names; the longest match wins.
///
/// - `smtp:[host]:port` that host, without MX; `smtp:host:port` its mail exchangers; the port is 25
///   where none is given. `esmtp` and `relay`, as Sendmail calls mailers that speak the same, are
///   `smtp`;
/// - `error:5.1.2:550 text` and the other forms of [ErrorValue].
///
/// `#` at the beginning of a line or after a blank starts a comment.
///
/// A domain that is listed may be sent to by anyone; `.` lists none.
public final class Mailertable implements AutoCloseable {

  /// An empty table.
  public static final Mailertable NONE = new Mailertable(TextEntries.of(Map.of()));

  private static final String EXPECTED =
      "domain smtp:[host]:port, domain smtp:host or domain error:5.1.2:550 text";
  private static final Set<String> SMTP_MAILERS = Set.of("smtp", "esmtp", "relay");
  private static final Pattern SMTP = Pattern.compile("(\\[[^]]+]|[^:\\[\\]]+)(?::(\\d{1,5}))?");
  private static final int SMTP_PORT = 25;
  private static final String DEFAULT = ".";

  private final Entries<RouterResult> entries;

  /// Kept, as it is for domains that a table does not name: they do not suffer where it is damaged.
  private final Optional<RouterResult> defaultRoute;

  private Mailertable(Entries<RouterResult> entries) {
    this.entries = entries;
    this.defaultRoute = entries.find(DEFAULT);
  }

  /// Reads a table, text or cdb; throws [SettingException] that names file and line.
  public static Mailertable read(FileReading reading) throws IOException {
    Entries<RouterResult> entries = Entries.read(reading, new Form());
    try {
      return new Mailertable(entries);
    } catch (UncheckedIOException e) {
      entries.close();
      throw new IOException(e.getMessage(), e);
    }
  }

  /// Reads lines; throws [SettingException] that names file and line.
  public static Mailertable parse(String file, List<String> lines) {
    return new Mailertable(TextEntries.read(file, lines, new Form()));
  }

  /// Reads the keys of a table, without their values.
  public static void forEachKey(FileReading reading, TableKeys.Visitor visitor) throws IOException {
    TableKeys.forEach(reading, new Form(), visitor);
  }

  /// Returns the result for a domain: that of its own entry, else that of the closest parent that
  /// covers subdomains.
  public Optional<RouterResult> find(DomainName domain) {
    return LookupOrder.find(entries, domain);
  }

  /// Whether a domain has an entry of its own.
  public boolean lists(DomainName domain) {
    return entries.index().hasDomain(domain.text());
  }

  /// Returns the result for every other domain.
  public Optional<RouterResult> defaultRoute() {
    return defaultRoute;
  }

  /// Where the entry of a domain stands, for people.
  public Optional<String> place(DomainName domain) {
    return LookupOrder.find(new Places(entries), domain);
  }

  /// Where the entry of every other domain stands, for people.
  public Optional<String> defaultPlace() {
    return new Places(entries).find(DEFAULT);
  }

  @Override
  public void close() throws IOException {
    entries.close();
  }

  private static final class Form implements TableForm<RouterResult> {

    @Override
    public boolean hasBareDomains() {
      return true;
    }

    @Override
    public List<Line> lines(String file, List<String> lines) {
      return TableText.columns(file, lines, EXPECTED);
    }

    @Override
    public String key(String where, String text) {
      try {
        return KeyForm.domain(text);
      } catch (IllegalArgumentException e) {
        throw new SettingException(where, text, EXPECTED);
      }
    }

    @Override
    public RouterResult value(String where, String key, String text) {
      int colon = text.indexOf(':');
      String mailer = colon < 0 ? "" : text.substring(0, colon);
      String argument = text.substring(colon + 1);
      if (SMTP_MAILERS.contains(mailer)) {
        return smtp(where, text, argument, key.equals(DEFAULT));
      }
      if (text.startsWith(ErrorValue.PREFIX)) {
        return ErrorValue.parse(where, argument);
      }
      throw new SettingException(where, text, EXPECTED);
    }
  }

  private static RouterResult smtp(String where, String text, String argument, boolean isDefault) {
    Matcher matcher = SMTP.matcher(argument);
    if (!matcher.matches()) {
      throw new SettingException(where, text, EXPECTED);
    }
    NamedBy namedBy = isDefault ? NamedBy.DEFAULT_ROUTE : NamedBy.OPERATOR;
    String host = matcher.group(1).toLowerCase(Locale.ROOT);
    int port = matcher.group(2) == null ? SMTP_PORT : Integer.parseInt(matcher.group(2));
    if (port < 1 || port > 65_535) {
      throw new SettingException(where, text, "a port from 1 to 65535");
    }
    try {
      Optional<String> ip = AddressLiteral.parse(host);
      if (ip.isPresent()) {
        return new RouterResult.Deliver(
            new Destination.Smtp(
                "smtp:" + argument,
                namedBy,
                List.of(new Destination.NextHop(host, ip.get(), port))));
      }
      if (host.startsWith("[")) {
        DomainName name = DomainName.listed(host.substring(1, host.length() - 1));
        return new RouterResult.Ask(new Query.HostQuery.Host(name, port, namedBy));
      }
      return new RouterResult.Ask(
          new Query.HostQuery.MailExchange(DomainName.listed(host), port, namedBy));
    } catch (IllegalArgumentException e) {
      throw new SettingException(where, text, EXPECTED);
    }
  }
}
