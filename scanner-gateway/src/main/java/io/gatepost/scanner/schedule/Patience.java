package io.gatepost.scanner.schedule;

import io.gatepost.contract.rpc.Deadline;
import java.time.Duration;
import reactor.util.context.ContextView;

/// How long the client of a scan waits for its answer.
///
/// @param isLimited whether it does not wait for as long as it takes
/// @param until by [System#nanoTime]
record Patience(boolean isLimited, long until) {

  private static final Duration LONGEST = Duration.ofDays(1);

  /// Returns the patience that the caller's deadline leaves.
  static Patience of(ContextView context) {
    return new Patience(
        Deadline.isSet(context), System.nanoTime() + Deadline.left(context, LONGEST).toNanos());
  }

  /// Whether there is time for work of this length.
  boolean lasts(long nanos) {
    return !isLimited || until - System.nanoTime() >= nanos;
  }

  /// The time that there is to wait before work of this length; none or less where there is none.
  Duration left(long nanos, Duration atMost) {
    if (!isLimited) {
      return atMost;
    }
    Duration left = Duration.ofNanos(until - System.nanoTime() - nanos);
    return left.compareTo(atMost) < 0 ? left : atMost;
  }
}
