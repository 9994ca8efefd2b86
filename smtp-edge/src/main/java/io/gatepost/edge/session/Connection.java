package io.gatepost.edge.session;

import io.gatepost.contract.envelope.Provenance.Origin;

/// The connection below the dialogue, as far as the machine knows it.
///
/// @param role of the listener
/// @param encryption whether TLS is on
/// @param identity who the client has proved to be
/// @param proxy whether the client may speak for others (XCLIENT)
/// @param origin whether it is one of ours or a stranger
public record Connection(
    Role role, Encryption encryption, Identity identity, Proxy proxy, Origin origin) {

  /// Whether TLS is on.
  public enum Encryption {
    NONE,
    TLS
  }

  /// Whether the client may speak for others.
  public enum Proxy {
    NOT_TRUSTED,
    TRUSTED
  }

  /// The same connection over TLS.
  public Connection encrypted() {
    return new Connection(role, Encryption.TLS, identity, proxy, origin);
  }

  /// The same connection with a client that has authenticated.
  public Connection identified(Identity proved) {
    return new Connection(role, encryption, proved, proxy, Origin.INTERNAL);
  }

  /// The same connection with the client that a proxy speaks for.
  public Connection onBehalfOf(Identity client, Proxy trust, Origin from) {
    return new Connection(role, encryption, client, trust, from);
  }

  boolean isStranger() {
    return origin == Origin.EXTERNAL;
  }

  boolean isEncrypted() {
    return encryption == Encryption.TLS;
  }

  boolean isAnonymous() {
    return identity instanceof Identity.Anonymous;
  }
}
