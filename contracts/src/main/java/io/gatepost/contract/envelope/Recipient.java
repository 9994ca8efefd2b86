package io.gatepost.contract.envelope;

import io.gatepost.contract.address.ForwardPath;

/// One recipient that a message still has.
///
/// @param address where it goes now, after aliases
/// @param original the address that the client gave, for notices (RFC 3464 §2.3.1)
public record Recipient(ForwardPath address, ForwardPath original) {

  /// A recipient as the client gave it.
  public static Recipient of(ForwardPath address) {
    return new Recipient(address, address);
  }
}
