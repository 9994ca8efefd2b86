package io.gatepost.contract.address;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.function.Function;

/// Where a message goes: the address of `RCPT TO` (RFC 5321 §4.1.1.3), without angle brackets and
/// without the obsolete source route.
public record ForwardPath(LocalPart localPart, DomainName domain) {

  /// The longest local part that RFC 5321 §4.5.3.1.1 promises at the longest domain.
  private static final int MAX_OCTETS = 64 + 1 + 255;

  public ForwardPath {
    if (Utf8.octets(localPart.text()) + 1 + domain.text().length() > MAX_OCTETS) {
      throw new IllegalArgumentException(
          "address: \"%s@%s\" (expected: at most %d octets)"
              .formatted(localPart, domain, MAX_OCTETS));
    }
  }

  /// Reads `local@domain`; throws [IllegalArgumentException] that names the address where it is not
  /// one.
  @JsonCreator
  public static ForwardPath of(String text) {
    return read(text, DomainName::of);
  }

  /// Reads an address as it stands in a table or a setting, its domain as [DomainName#listed] does.
  public static ForwardPath listed(String text) {
    return read(text, DomainName::listed);
  }

  private static ForwardPath read(String text, Function<String, DomainName> domain) {
    int at = text.lastIndexOf('@');
    if (at <= 0) {
      throw new IllegalArgumentException("address: \"" + text + "\" (expected: local-part@domain)");
    }
    return new ForwardPath(
        LocalPart.of(text.substring(0, at)), domain.apply(text.substring(at + 1)));
  }

  /// Whether it needs no SMTPUTF8.
  public boolean isAscii() {
    return localPart.isAscii();
  }

  @JsonValue
  @Override
  public String toString() {
    return localPart.text() + '@' + domain.text();
  }
}
