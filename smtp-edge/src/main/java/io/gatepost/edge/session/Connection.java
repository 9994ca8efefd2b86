package io.gatepost.edge.session;

/// What the machine knows of the connection below the dialogue.
///
/// @param role of the listener
/// @param encryption whether TLS is on
/// @param identity who the client has proved to be
/// @param proxy whether the client may speak for others (XCLIENT)
public record Connection(Role role, Encryption encryption, Identity identity, Proxy proxy) {

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
  public Connection encrypted(Identity proved) {
    return new Connection(role, Encryption.TLS, proved, proxy);
  }

  /// The same connection with a client that has authenticated.
  public Connection identified(Identity proved) {
    return new Connection(role, encryption, proved, proxy);
  }

  boolean isEncrypted() {
    return encryption == Encryption.TLS;
  }

  boolean isAnonymous() {
    return identity instanceof Identity.Anonymous;
  }
}
