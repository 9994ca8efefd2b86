package io.gatepost.edge.session;

/// Extensions that take settings before they can be offered.
public enum Offer {
  /// A TLS bundle is set.
  STARTTLS,
  /// A TLS bundle and a source of credentials are set.
  AUTH
}
