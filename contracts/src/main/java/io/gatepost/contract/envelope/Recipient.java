package io.gatepost.contract.envelope;

import io.gatepost.contract.address.ForwardPath;

/// One recipient that a message still has.
///
/// @param address where it goes now, after aliases
/// @param original the address that the client gave, for notices (RFC 3464 §2.3.1)
/// @param dsn which notices the client wants about it
public record Recipient(ForwardPath address, ForwardPath original, DsnParameters.OfRecipient dsn) {

  /// A recipient as the client gave it, who asked for nothing.
  public static Recipient of(ForwardPath address) {
    return new Recipient(address, address, DsnParameters.OfRecipient.NONE);
  }

  /// The same recipient where routing sends it.
  public Recipient at(ForwardPath elsewhere) {
    return elsewhere.equals(address) ? this : new Recipient(elsewhere, original, dsn);
  }
}
