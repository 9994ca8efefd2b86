package io.gatepost.system.scanload;

import java.time.Duration;
import java.util.Collection;
import java.util.List;

/// Some measured times.
///
/// @param sorted the shortest first; one at least
record Times(List<Duration> sorted) {

  static Times of(Collection<Duration> times) {
    if (times.isEmpty()) {
      throw new IllegalStateException("nothing was measured");
    }
    return new Times(times.stream().sorted().toList());
  }

  Duration median() {
    return percentile(50);
  }

  /// The time that so many of a hundred do not exceed.
  Duration percentile(int percent) {
    return sorted.get(Math.min(sorted.size() - 1, sorted.size() * percent / 100));
  }

  Duration longest() {
    return sorted.getLast();
  }

  /// In milliseconds with a tenth: median, 95th of a hundred, longest.
  @Override
  public String toString() {
    return "median %.1f, p95 %.1f, longest %.1f ms"
        .formatted(millis(median()), millis(percentile(95)), millis(longest()));
  }

  private static double millis(Duration time) {
    return time.toNanos() / 1e6;
  }
}
