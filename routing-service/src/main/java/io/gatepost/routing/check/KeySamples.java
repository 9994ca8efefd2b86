package io.gatepost.routing.check;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.LocalPart;
import java.util.List;
import java.util.Optional;

/// Addresses that keys of tables stand for. Words that nobody is called stand where a key leaves
/// the text open: two, without a letter in common, so that an expression which happens to match one
/// is not taken for one that matches everything.
final class KeySamples {

  /// In the place of what a wildcard stands for.
  static final String WORD = "zqxk";

  private static final List<String> WORDS = List.of(WORD, "jwvb");

  /// Local domains that a local part is looked at in, at most.
  private static final int MOST_DOMAINS = 16;

  private static final char DETAIL_SEPARATOR = '+';

  private final List<DomainName> local;

  /// @param local the domains of keys without one
  KeySamples(List<DomainName> local) {
    this.local = local.stream().limit(MOST_DOMAINS).toList();
  }

  /// Addresses of a key of `LookupOrder`; none where no address has it.
  List<ForwardPath> of(String key) {
    int at = key.lastIndexOf('@');
    List<DomainName> domains = at < 0 ? local : List.of(domain(key.substring(at + 1)));
    return (isOpen(key) ? WORDS : List.of(WORD))
        .stream()
            .map(word -> filled(name(key), word))
            .flatMap(name -> domains.stream().flatMap(domain -> address(name, domain).stream()))
            .toList();
  }

  /// Addresses in a domain, or below it where it begins with a dot.
  static List<ForwardPath> in(String domain) {
    return WORDS.stream().map(word -> new ForwardPath(LocalPart.of(word), domain(domain))).toList();
  }

  /// Whether a key stands for more than one name.
  static boolean isOpen(String key) {
    String name = name(key);
    return name.isEmpty() || name.endsWith("*") || name.endsWith("++");
  }

  /// Whether a key stands for every name of its domain.
  static boolean isCatchAll(String key) {
    return name(key).isEmpty();
  }

  /// Whether an address has the open part of a key.
  static boolean hasWord(ForwardPath address) {
    String name = address.localPart().lookupKey();
    return WORDS.stream().anyMatch(name::contains);
  }

  private static String name(String key) {
    int at = key.lastIndexOf('@');
    return at < 0 ? key : key.substring(0, at);
  }

  private static String filled(String name, String word) {
    if (name.isEmpty()) {
      return word;
    }
    boolean open = name.endsWith("*");
    boolean detail = name.endsWith("++");
    String prefix = open || detail ? name.substring(0, name.length() - 1) : name;
    boolean needsUser = (open || detail) && prefix.equals(String.valueOf(DETAIL_SEPARATOR));
    return (needsUser ? word : "") + prefix + (open || detail ? word : "");
  }

  private static DomainName domain(String text) {
    return DomainName.of(text.startsWith(".") ? WORD + text : text);
  }

  private static Optional<ForwardPath> address(String name, DomainName domain) {
    try {
      return Optional.of(new ForwardPath(LocalPart.of(name), domain));
    } catch (IllegalArgumentException e) {
      String quoted = '"' + name.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
      return quoted(quoted, domain);
    }
  }

  private static Optional<ForwardPath> quoted(String name, DomainName domain) {
    try {
      return Optional.of(new ForwardPath(LocalPart.of(name), domain));
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // longer than an address may be
    }
  }
}
