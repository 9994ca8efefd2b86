package io.gatepost.gate;

/// Why a call gets no slot. Each is a state that passes, so the answer to a client is a temporary
/// one.
public enum Refusal {
  /// All slots are taken and there is no place to wait.
  NO_PLACE,
  /// The call's time to wait is over.
  TOO_LATE
}
