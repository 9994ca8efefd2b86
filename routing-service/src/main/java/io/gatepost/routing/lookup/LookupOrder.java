package io.gatepost.routing.lookup;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.ForwardPath;
import java.util.Optional;

/// The one order in which keys of an address are looked up, in all tables of addresses: the whole
/// address, then, where the table may, its local part alone, then its domain and the domains above
/// it. Within each the longest match comes first. For `user+detail@a.example`:
///
/// 1. `user+detail@a.example`; `user+det*@a.example` and each shorter prefix; `user++@a.example`,
///    for a detail that is not empty; `user+*@a.example`; `user@a.example`; `us*@a.example` and
///    each shorter prefix;
/// 2. the same without `@a.example`;
/// 3. `++@a.example`; `+*@a.example`; `@a.example`; `@.example`, for all domains below `example`.
///
/// The detail begins at the first `+` that is not the first character. Letters are compared as
/// `LocalPart#lookupKey` and [DomainName] fold them.
public final class LookupOrder {

  private static final char DETAIL_SEPARATOR = '+';

  private LookupOrder() {}

  /// An entry and the parts of the address that it may use.
  ///
  /// @param user `%1`: the local part without its detail, or all of it where the whole address is
  ///   listed
  /// @param detail `%2`: what stands behind the `+`; empty where the whole address is listed
  /// @param plusDetail `%3`: the same with the `+`; empty where there is none
  public record Match<V>(V value, String user, String detail, String plusDetail) {}

  /// Which keys a table has.
  public enum Scope {
    /// Those with an `@`.
    ADDRESSES,
    /// Local parts too.
    ADDRESSES_AND_LOCAL_PARTS
  }

  /// The first entry for an address.
  public static <V> Optional<Match<V>> find(Entries<V> entries, ForwardPath address, Scope scope) {
    String local = address.localPart().lookupKey();
    int plus = local.indexOf(DETAIL_SEPARATOR, 1);
    String domain = address.domain().text();
    boolean listed = entries.index().hasDomain(domain);
    Optional<V> whole = listed ? entries.find(local + '@' + domain) : Optional.empty();
    if (whole.isPresent()) {
      return Optional.of(new Match<>(whole.get(), address.localPart().unquoted(), "", ""));
    }
    Optional<V> found = listed ? parts(entries, local, plus, '@' + domain) : Optional.empty();
    // A quoted "a@b" is not the address a@b.
    if (found.isEmpty() && scope == Scope.ADDRESSES_AND_LOCAL_PARTS && local.indexOf('@') < 0) {
      found = entries.find(local).or(() -> parts(entries, local, plus, ""));
    }
    if (found.isEmpty() && listed) {
      found = domain(entries, local, plus, domain);
    }
    return found
        .or(() -> parents(entries, domain))
        .map(value -> match(value, address.localPart().unquoted()));
  }

  /// The entry of a domain: its own, else that of the closest domain above it that has one for
  /// those below it, `.example`. The keys are without an `@`.
  public static <V> Optional<V> find(Entries<V> entries, DomainName domain) {
    String name = domain.text();
    Optional<V> found = listed(entries, name);
    for (int dot = name.indexOf('.'); found.isEmpty() && dot >= 0; ) {
      found = listed(entries, name.substring(dot));
      dot = name.indexOf('.', dot + 1);
    }
    return found;
  }

  private static <V> Optional<V> listed(Entries<V> entries, String domain) {
    return entries.index().hasDomain(domain) ? entries.find(domain) : Optional.empty();
  }

  /// A local part without its detail.
  public static String withoutDetail(String local) {
    int plus = local.indexOf(DETAIL_SEPARATOR, 1);
    return plus < 0 ? local : local.substring(0, plus);
  }

  /// Wildcards and the part before the detail, the longest first.
  private static <V> Optional<V> parts(Entries<V> entries, String local, int plus, String rest) {
    Optional<V> found = Optional.empty();
    if (plus > 0) {
      found = prefixes(entries, local, local.length(), plus + 2, rest);
      if (found.isEmpty() && plus + 1 < local.length() && entries.index().hasDetails()) {
        found = entries.find(local.substring(0, plus) + "++" + rest);
      }
      if (found.isEmpty()) {
        found = prefixes(entries, local, plus + 1, plus + 1, rest);
      }
      if (found.isEmpty()) {
        found = entries.find(local.substring(0, plus) + rest);
      }
    }
    return found.isPresent()
        ? found
        : prefixes(entries, local, plus > 0 ? plus : local.length(), 1, rest);
  }

  /// Keys that end in `*`, from the longest prefix to the shortest.
  private static <V> Optional<V> prefixes(
      Entries<V> entries, String local, int longest, int shortest, String rest) {
    KeyIndex index = entries.index();
    for (int length = index.longestPrefix(longest); length >= shortest; ) {
      Optional<V> found = entries.find(local.substring(0, length) + '*' + rest);
      if (found.isPresent()) {
        return found;
      }
      length = index.longestPrefix(length - 1);
    }
    return Optional.empty();
  }

  private static <V> Optional<V> domain(Entries<V> entries, String local, int plus, String domain) {
    Optional<V> found = Optional.empty();
    if (plus > 0 && plus + 1 < local.length() && entries.index().hasDetails()) {
      found = entries.find("++@" + domain);
    }
    if (found.isEmpty() && plus > 0 && entries.index().longestPrefix(1) == 1) {
      found = entries.find("+*@" + domain);
    }
    return found.isPresent() ? found : entries.find('@' + domain);
  }

  private static <V> Optional<V> parents(Entries<V> entries, String domain) {
    for (int dot = domain.indexOf('.'); dot >= 0; dot = domain.indexOf('.', dot + 1)) {
      String below = domain.substring(dot);
      Optional<V> found =
          entries.index().hasDomain(below) ? entries.find('@' + below) : Optional.empty();
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  private static <V> Match<V> match(V value, String local) {
    int plus = local.indexOf(DETAIL_SEPARATOR, 1);
    return plus < 0
        ? new Match<>(value, local, "", "")
        : new Match<>(
            value, local.substring(0, plus), local.substring(plus + 1), local.substring(plus));
  }
}
