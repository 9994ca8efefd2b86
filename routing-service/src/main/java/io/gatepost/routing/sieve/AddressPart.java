package io.gatepost.routing.sieve;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.LocalPart;
import io.gatepost.contract.address.ReversePath;
import java.util.Optional;

/// A part of an address (RFC 5228 §2.7.4, RFC 5233 §4). User and detail are parted by the first `+`
/// that is not the first character, as everywhere in routing.
enum AddressPart {
  ALL,
  LOCALPART,
  DOMAIN,
  USER,
  /// Absent where the address has no separator.
  DETAIL;

  private static final char SEPARATOR = '+';

  Optional<String> of(LocalPart localPart, DomainName domain) {
    String local = localPart.unquoted();
    int separator = local.indexOf(SEPARATOR, 1);
    return switch (this) {
      case ALL -> Optional.of(localPart.text() + '@' + domain);
      case LOCALPART -> Optional.of(local);
      case DOMAIN -> Optional.of(domain.text());
      case USER -> Optional.of(separator < 0 ? local : local.substring(0, separator));
      case DETAIL -> separator < 0 ? Optional.empty() : Optional.of(local.substring(separator + 1));
    };
  }

  /// Of the null reverse-path every part is the empty string (RFC 5228 §5.4); it has no detail.
  Optional<String> of(ReversePath path) {
    return switch (path) {
      case ReversePath.Sender(LocalPart local, DomainName domain) -> of(local, domain);
      case ReversePath.Null _ -> this == DETAIL ? Optional.empty() : Optional.of("");
    };
  }
}
