package io.gatepost.routing.ldap;

import com.unboundid.ldap.sdk.Entry;
import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.routing.chain.AddressLiteral;
import io.gatepost.routing.chain.RoutingChain;
import io.gatepost.routing.ldap.LdapProperties.Attributes;
import io.gatepost.routing.ldap.LdapProperties.Detail;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Reads entries as draft-lachman-laser-ldap-mail-routing §4 means them:
///
/// - only a routing address: the mail is routed by that instead;
/// - only a host: the host gets the mail for the original address;
/// - both: the host gets it for the routing address;
/// - neither: the entry says that the address is good and no more.
///
/// A host that is this one counts as none. Mail goes to the host itself: its mail exchangers, which
/// often are this host, are not asked for.
final class EntryReader {

  private static final int SMTP_PORT = 25;
  private static final Pattern HOST = Pattern.compile("(\\[[^]]+]|[^:\\[\\]]+)(?::(\\d{1,5}))?");
  private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");

  private final Attributes names;
  private final Detail detail;
  private final DomainName ourselves;

  /// @param ourselves the name of this host
  EntryReader(Attributes names, Detail detail, DomainName ourselves) {
    this.names = names;
    this.detail = detail;
    this.ourselves = ourselves;
  }

  /// The attributes that are read.
  String[] attributes() {
    return new String[] {names.routingAddress(), names.host(), names.mailbox()};
  }

  /// Reads the entries of an address.
  Found read(LookUp lookUp, Directory.Entries found) {
    if (found.entries().isEmpty()) {
      return Found.NOTHING;
    }
    Entry entry = found.entries().getFirst();
    if (found.entries().size() > 1 || found.more()) {
      return new Found.Unusable("several entries, " + entry.getDN() + " among them");
    }
    try {
      return read(lookUp, entry);
    } catch (IllegalArgumentException e) {
      return new Found.Unusable(entry.getDN() + ": " + e.getMessage());
    }
  }

  private Found read(LookUp lookUp, Entry entry) {
    List<ForwardPath> addresses = addresses(lookUp, entry);
    if (addresses.isEmpty() && !values(entry, names.routingAddress()).isEmpty()) {
      return Found.NOTHING; // the client's local part is too long for any of them
    }
    Optional<Found.Host> host = host(entry).filter(named -> !isOurs(named));
    if (host.isEmpty()) {
      return addresses.isEmpty()
          ? new Found.Here(values(entry, names.mailbox()))
          : new Found.Routed(addresses);
    }
    if (addresses.size() > 1) {
      throw new IllegalArgumentException(
          "%s: %d values (expected: one beside %s)"
              .formatted(names.routingAddress(), addresses.size(), names.host()));
    }
    ForwardPath at = addresses.isEmpty() ? lookUp.found(detail) : addresses.getFirst();
    return new Found.Relayed(
        host.get(), at.equals(lookUp.address()) ? Optional.empty() : Optional.of(at));
  }

  private List<ForwardPath> addresses(LookUp lookUp, Entry entry) {
    List<String> values = values(entry, names.routingAddress());
    if (values.size() > RoutingChain.MAX_LEGS) {
      throw new IllegalArgumentException(
          "%s: %d values (expected: %d at most)"
              .formatted(names.routingAddress(), values.size(), RoutingChain.MAX_LEGS));
    }
    Set<ForwardPath> addresses = new LinkedHashSet<>();
    for (String value : values) {
      lookUp.target(value.strip(), detail).ifPresent(addresses::add);
    }
    return List.copyOf(addresses);
  }

  private Optional<Found.Host> host(Entry entry) {
    List<String> values = values(entry, names.host());
    if (values.size() > 1) {
      throw new IllegalArgumentException(names.host() + ": " + values + " (expected: one value)");
    }
    return values.stream().findFirst().map(value -> host(value.strip()));
  }

  private Found.Host host(String value) {
    Matcher matcher = HOST.matcher(value);
    if (!matcher.matches()) {
      throw notAHost(value);
    }
    int port = matcher.group(2) == null ? SMTP_PORT : Integer.parseInt(matcher.group(2));
    if (port < 1 || port > 65_535) {
      throw notAHost(value);
    }
    String host = matcher.group(1);
    String literal = IPV4.matcher(host).matches() ? '[' + host + ']' : host;
    Optional<String> address = AddressLiteral.parse(literal);
    if (address.isPresent()) {
      return new Found.Host.Literal(literal, address.get(), port);
    }
    boolean bracketed = host.startsWith("[");
    try {
      DomainName name = DomainName.listed(bracketed ? host.substring(1, host.length() - 1) : host);
      if (!name.isLiteral() && !IPV4.matcher(name.text()).matches()) {
        return new Found.Host.Named(name, port);
      }
    } catch (IllegalArgumentException e) {
      throw notAHost(value);
    }
    throw notAHost(value);
  }

  private IllegalArgumentException notAHost(String value) {
    return new IllegalArgumentException(
        "%s: \"%s\" (expected: host, host:port, [address] or [address]:port)"
            .formatted(names.host(), value));
  }

  private boolean isOurs(Found.Host host) {
    return switch (host) {
      case Found.Host.Named(var name, var _) -> name.equals(ourselves);
      case Found.Host.Literal _ -> false;
    };
  }

  private static List<String> values(Entry entry, String name) {
    String @Nullable [] values = entry.getAttributeValues(name);
    if (values == null) {
      return List.of();
    }
    List<String> present = new ArrayList<>(values.length);
    for (String value : values) {
      if (!value.isBlank()) {
        present.add(value);
      }
    }
    return present;
  }
}
