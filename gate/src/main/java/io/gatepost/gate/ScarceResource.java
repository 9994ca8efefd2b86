package io.gatepost.gate;

/// A resource whose use is bounded here, for those who watch it.
public sealed interface ScarceResource permits Gate, SingleFlight {

  /// Its figures now.
  GateState state();
}
