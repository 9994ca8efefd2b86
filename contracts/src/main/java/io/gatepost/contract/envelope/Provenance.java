package io.gatepost.contract.envelope;

/// Where a message came from (requirement S4).
///
/// @param peer the client's IP address, as text; empty for a message of our own
/// @param helo what the client called itself; empty for a message of our own
/// @param protocol what the client spoke, as the Received field says it (RFC 3848)
/// @param origin whether the client is one of ours
public record Provenance(String peer, String helo, Protocol protocol, Origin origin) {

  /// The words of the Received field's `with` clause.
  public enum Protocol {
    SMTP,
    ESMTP,
    /// Made by Gatepost itself.
    LOCAL
  }

  /// Requirement B18.
  public enum Origin {
    /// From a network that may relay, or made here.
    INTERNAL,
    /// From anywhere else.
    EXTERNAL
  }

  /// For notices and other messages that Gatepost makes.
  public static Provenance local() {
    return new Provenance("", "", Protocol.LOCAL, Origin.INTERNAL);
  }
}
