package io.gatepost.routing.ldap;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.LocalPart;
import io.gatepost.routing.ldap.LdapProperties.Detail;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One search of an address: under which name it is looked up, and what becomes of its local part.
/// Names are without quotes, as directories have them.
///
/// @param kind which name of the address it is
/// @param local the local part that is looked up; empty for the domain as a whole
/// @param detail the detail that is left out, with its separator; empty for none
/// @param address the address
record LookUp(Kind kind, String local, String detail, ForwardPath address) {

  private static final char SEPARATOR = '+';
  private static final String ANYBODY = "x";

  /// Which name of an address is looked up.
  enum Kind {
    /// The address as it is.
    WHOLE,
    /// The address without its detail.
    WITHOUT_DETAIL,
    /// `@domain`, which stands for all addresses of the domain without an entry of their own.
    DOMAIN
  }

  /// The searches for an address, in order; the first that finds an entry counts. The domain as a
  /// whole is searched only where the filter asks for whole addresses.
  static List<LookUp> of(ForwardPath address, Detail rule, FilterTemplate filter) {
    String local = address.localPart().unquoted();
    List<LookUp> all = new ArrayList<>(3);
    all.add(new LookUp(Kind.WHOLE, local, "", address));
    int separator = local.indexOf(SEPARATOR, 1);
    if (separator > 0 && rule != Detail.EXACT) {
      all.add(
          new LookUp(
              Kind.WITHOUT_DETAIL,
              local.substring(0, separator),
              local.substring(separator),
              address));
    }
    if (filter.uses(FilterTemplate.ADDRESS) && !filter.uses(FilterTemplate.LOCAL)) {
      all.add(new LookUp(Kind.DOMAIN, "", "", address));
    }
    return all;
  }

  /// The values of the filter's placeholders.
  Map<String, String> values(String sender) {
    String domain = address.domain().text();
    return Map.of(
        FilterTemplate.ADDRESS, local + '@' + domain,
        FilterTemplate.LOCAL, local,
        FilterTemplate.DOMAIN, domain,
        FilterTemplate.SENDER, sender);
  }

  /// The address as it is found: without its detail where that is to be lost.
  ForwardPath found(Detail rule) {
    return kind == Kind.WITHOUT_DETAIL && rule == Detail.STRIP
        ? new ForwardPath(LocalPart.ofPlain(local), address.domain())
        : address;
  }

  /// The address that a value of the routing address stands for: itself, with the detail where that
  /// is passed on; of `@domain` the same local part there. Empty where the client's local part is
  /// too long for that. Throws [IllegalArgumentException] where the value is neither.
  Optional<ForwardPath> target(String value, Detail rule) {
    boolean isDomain = value.startsWith("@");
    ForwardPath named = ForwardPath.listed(isDomain ? ANYBODY + value : value);
    try {
      if (isDomain) {
        return Optional.of(new ForwardPath(found(rule).localPart(), named.domain()));
      }
      return Optional.of(
          kind == Kind.WITHOUT_DETAIL && rule == Detail.PRESERVE
              ? new ForwardPath(
                  LocalPart.ofPlain(named.localPart().unquoted() + detail), named.domain())
              : named);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
