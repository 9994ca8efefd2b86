package io.gatepost.scanner.plan;

/// Action on a message that is bad. In settings: `refuse`, `mark`, `quarantine`.
public enum Action {
  /// The client is told, and nothing is kept.
  REFUSE,
  /// It is accepted with a mark in its header.
  MARK,
  /// It is accepted and put aside.
  QUARANTINE
}
