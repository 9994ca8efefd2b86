package io.gatepost.scanner.socket;

/// A connection to a scanner that may serve several messages, one at a time. See [SessionPool].
public interface KeptSession {

  /// Whether the connection stands, and the scanner has not said anything unasked.
  boolean isSound();

  /// Waits for another message; a scanner that says anything meanwhile is left at once.
  void rest();

  /// Says goodbye, and closes.
  void quit();

  /// Closes at once.
  void dispose();

  /// Runs when the connection has ended, on any thread; the first call counts.
  void onEnd(Runnable task);
}
