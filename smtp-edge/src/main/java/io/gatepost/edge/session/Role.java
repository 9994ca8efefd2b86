package io.gatepost.edge.session;

/// The purpose of a listener.
public enum Role {
  /// Port 25: mail from other hosts.
  MX,
  /// Port 587: mail from our own users, who authenticate (RFC 6409).
  SUBMISSION,
  /// Port 465: the same with TLS from the first octet (RFC 8314).
  SUBMISSIONS,
  /// Messages that a filter gives back which they were shown to.
  REINJECTION;

  /// Whether a client must have proved who it is before it may send.
  public boolean wantsAuthentication() {
    return switch (this) {
      case MX, REINJECTION -> false;
      case SUBMISSION, SUBMISSIONS -> true;
    };
  }
}
