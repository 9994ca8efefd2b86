package io.gatepost.verification.callout;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.ForwardPath;

/// Subject that an operator makes verification forget: an address, or every address of a domain.
public sealed interface Subject {

  /// One address.
  record Address(ForwardPath address) implements Subject {}

  /// Every address of a domain.
  record Domain(DomainName domain) implements Subject {}

  /// Reads an address or a domain; throws [IllegalArgumentException] where it is neither.
  static Subject of(String text) {
    return text.indexOf('@') >= 0
        ? new Address(ForwardPath.of(text))
        : new Domain(DomainName.listed(text));
  }

  /// Whether an address is meant.
  default boolean includes(ForwardPath other) {
    return switch (this) {
      case Address(var address) -> address.equals(other);
      case Domain(var domain) -> domain.equals(other.domain());
    };
  }

  /// The form that [#of] reads.
  default String text() {
    return switch (this) {
      case Address(var address) -> address.toString();
      case Domain(var domain) -> domain.text();
    };
  }
}
