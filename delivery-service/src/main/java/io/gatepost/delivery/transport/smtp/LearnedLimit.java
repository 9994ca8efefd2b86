package io.gatepost.delivery.transport.smtp;

import java.time.Duration;
import java.util.function.LongSupplier;

/// A limit of a host that was learned from it, and grows back: by [#STEP] in each interval, up to
/// its first value, as hosts are reconfigured. A host that shows the same limit again is tried half
/// as often, hourly in the end. Guarded by its owner.
final class LearnedLimit {

  /// Growth in one interval.
  static final int STEP = 10;

  static final Duration FIRST_INTERVAL = Duration.ofMinutes(5);
  static final Duration LONGEST_INTERVAL = Duration.ofHours(1);

  private final int first;
  private final LongSupplier nanos;
  private int limit;
  private long interval = FIRST_INTERVAL.toNanos();
  private long grownAt;
  private boolean hasGrown;

  /// @param first the limit until another is learned, and the most that it grows to
  LearnedLimit(int first, LongSupplier nanos) {
    this.first = first;
    this.limit = first;
    this.nanos = nanos;
  }

  /// The limit now.
  int now() {
    if (limit < first) {
      grow();
    }
    return limit;
  }

  private void grow() {
    long intervals = (nanos.getAsLong() - grownAt) / interval;
    if (intervals <= 0) {
      return;
    }
    grownAt += intervals * interval;
    limit = (int) Math.min(first, limit + intervals * STEP);
    hasGrown = true;
    if (limit == first) {
      interval = FIRST_INTERVAL.toNanos();
    }
  }

  /// The host bears so many, and no more.
  void learn(int borne) {
    if (limit < first && hasGrown) {
      interval = Math.min(2 * interval, LONGEST_INTERVAL.toNanos());
    }
    limit = Math.clamp(borne, 1, limit);
    grownAt = nanos.getAsLong();
    hasGrown = false;
  }
}
