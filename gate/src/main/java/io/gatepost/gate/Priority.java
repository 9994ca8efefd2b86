package io.gatepost.gate;

/// The order in which waiting calls are served. A lower priority is passed over for a bounded
/// number of slots only, see [GateLimits#patience()].
public enum Priority {
  /// Calls for own clients and known users.
  HIGH,
  /// Calls for strangers, and all calls of a gate that makes no difference.
  NORMAL,
  /// Work that can wait.
  LOW
}
