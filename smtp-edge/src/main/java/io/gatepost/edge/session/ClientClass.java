package io.gatepost.edge.session;

import io.gatepost.contract.envelope.Provenance.Origin;

/// The class of a client, by which it shares in a [SharedQuota]. Each class may fill a quota up to
/// a mark of its own, so that strangers always leave a reserve for our own clients.
public enum ClientClass {
  /// On an MX listener.
  STRANGER(2),
  /// On a listener for submission, before it has proved who it is.
  SUBMITTER(1),
  /// From one of our own networks, or authenticated.
  OWN(0),
  /// A filter that gives messages back, from one of our own networks.
  FILTER(0);

  private static final int PARTS = 8;

  /// Eighths that are left for others.
  private final int reserved;

  ClientClass(int reserved) {
    this.reserved = reserved;
  }

  /// The class of a client.
  public static ClientClass of(Role role, Origin origin) {
    return switch (origin) {
      case INTERNAL -> role == Role.REINJECTION ? FILTER : OWN;
      case EXTERNAL ->
          switch (role) {
            case MX, REINJECTION -> STRANGER;
            case SUBMISSION, SUBMISSIONS -> SUBMITTER;
          };
    };
  }

  /// How much of a whole its clients may fill; of less than eight nothing is reserved.
  long of(long whole) {
    return whole - whole / PARTS * reserved;
  }
}
