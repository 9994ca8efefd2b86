package io.gatepost.scanner.plan;

import io.gatepost.contract.envelope.Provenance;

/// Classes of mail for which scanners may be set up differently. In settings: `authenticated`,
/// `internal`, `external`.
public enum MailClass {
  /// From a client that has authenticated.
  AUTHENTICATED,
  /// From a network of ours, or made here.
  INTERNAL,
  /// From anywhere else.
  EXTERNAL;

  /// The class of a message.
  public static MailClass of(Provenance provenance) {
    if (provenance.user().isPresent()) {
      return AUTHENTICATED;
    }
    return switch (provenance.origin()) {
      case INTERNAL -> INTERNAL;
      case EXTERNAL -> EXTERNAL;
    };
  }
}
