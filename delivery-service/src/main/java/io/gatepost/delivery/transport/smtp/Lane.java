package io.gatepost.delivery.transport.smtp;

/// A connection that waits for work.
interface Lane {

  /// Takes work; called from any thread.
  void assign(Work work);

  /// Whether the calling thread is its event loop.
  boolean isHere();

  /// Ends the conversation, if nothing has come meanwhile; called from any thread.
  void quit();
}
