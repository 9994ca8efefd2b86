package io.gatepost.bench.report;

import java.util.List;

/// Spread of several runs.
///
/// @param median of an even number of runs the mean of the two in the middle
/// @param runs how many there were; at least one
public record Spread(double median, double min, double max, int runs) {

  /// The spread of some values.
  ///
  /// @param values one per run, at least one, each finite
  public static Spread of(List<Double> values) {
    if (values.isEmpty()) {
      throw new IllegalArgumentException("runs: 0 (expected: > 0)");
    }
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    int middle = sorted.length / 2;
    double median =
        sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    return new Spread(median, sorted[0], sorted[sorted.length - 1], sorted.length);
  }

  /// This one over another: the medians' ratio, and the widest that the runs allow.
  public Spread over(Spread other) {
    return new Spread(
        median / other.median, min / other.max, max / other.min, Math.min(runs, other.runs));
  }
}
