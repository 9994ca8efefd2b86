package io.gatepost.bench.measure;

/// CPU time, in microseconds.
public record CpuTime(long user, long system) {

  static final CpuTime NONE = new CpuTime(0, 0);

  /// Both together.
  public long total() {
    return user + system;
  }

  CpuTime plus(CpuTime other) {
    return new CpuTime(user + other.user, system + other.system);
  }

  public CpuTime minus(CpuTime other) {
    return new CpuTime(user - other.user, system - other.system);
  }
}
