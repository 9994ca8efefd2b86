package io.gatepost.scanner.plan;

/// Treatment of a message that a scanner cannot look at now. In settings: `defer`, `skip`, `late`.
public enum Unavailable {
  /// The client is told to come again.
  DEFER,
  /// It is accepted without this scanner, and marked.
  SKIP,
  /// It is accepted, and scanned before its first attempt (requirement E20).
  LATE
}
