package io.gatepost.bench.measure;

import java.util.Optional;

/// Use of a system between two moments.
///
/// @param nanos how long that was
/// @param cpu of all its processes
/// @param cpuOfLoad of generators and sinks
/// @param syncs nothing where they cannot be counted
/// @param writtenOctets to storage, by the system
/// @param foreignCores how many cores all others but the system and the load kept busy meanwhile
public record Usage(
    long nanos,
    CpuTime cpu,
    CpuTime cpuOfLoad,
    Optional<SyncCalls> syncs,
    long writtenOctets,
    double foreignCores) {

  /// How long, in seconds.
  public double seconds() {
    return nanos / 1e9;
  }
}
