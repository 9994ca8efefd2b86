package io.gatepost.bench.load;

import java.util.Arrays;

/// How long things took, in milliseconds.
///
/// @param median half took less
/// @param p99 99 of 100 took less
public record Latencies(double median, double p99, double max) {

  static Latencies ofNanos(long[] nanos, int count) {
    if (count == 0) {
      return new Latencies(0, 0, 0);
    }
    long[] sorted = Arrays.copyOf(nanos, count);
    Arrays.sort(sorted);
    return new Latencies(
        at(sorted, 50) / 1e6, at(sorted, 99) / 1e6, sorted[sorted.length - 1] / 1e6);
  }

  /// The nearest rank.
  private static long at(long[] sorted, int percent) {
    return sorted[Math.max(0, (sorted.length * percent + 99) / 100 - 1)];
  }
}
