package io.gatepost.contract.envelope;

/// Whether the scanners have seen a message that was accepted.
public enum ScanState {
  /// They have, or none was to.
  DONE,
  /// It was accepted while they could not be asked, and is scanned before its first attempt
  /// (requirement E20).
  OWED
}
