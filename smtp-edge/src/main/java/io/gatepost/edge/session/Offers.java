package io.gatepost.edge.session;

import java.util.Set;

/// Extensions that take settings before they can be offered.
///
/// @param tls whether there is a certificate
/// @param mechanisms by which clients can authenticate; none where nobody can
public record Offers(Tls tls, Set<Mechanism> mechanisms) {

  /// Whether TLS can be offered.
  public enum Tls {
    STARTTLS,
    NONE
  }

  /// Neither.
  public static final Offers NOTHING = new Offers(Tls.NONE, Set.of());
}
