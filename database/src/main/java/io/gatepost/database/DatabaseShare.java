package io.gatepost.database;

/// Connections that one user of the database has at a time, at most. The pool of a process is as
/// large as the shares of its users together, so that none waits for another; each keeps to its
/// share by itself, such as by [DatabaseCalls].
///
/// @param user for people, such as `queue-view`
/// @param connections at least 1
public record DatabaseShare(String user, int connections) {

  public DatabaseShare {
    if (connections < 1) {
      throw new IllegalArgumentException("connections: " + connections + " (expected: >= 1)");
    }
  }
}
