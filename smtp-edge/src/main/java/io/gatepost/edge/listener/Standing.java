package io.gatepost.edge.listener;

/// How far a session has come.
enum Standing {
  /// The client has no greeting yet.
  ADMITTING,
  /// TLS is being started.
  HANDSHAKING,
  /// The dialogue has begun.
  TALKING,
  /// The last reply is sent, or the connection is closed.
  CLOSED
}
