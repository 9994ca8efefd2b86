package io.gatepost.queue.log.retry;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// Limit on releases a second, with a burst of a quarter of a second. For one thread.
final class ReleaseRate {

  private final int perSecond;
  private final LongSupplier nanos;
  private double allowed;
  private long last;

  /// @param nanos a monotonic clock
  ReleaseRate(int perSecond, LongSupplier nanos) {
    this.perSecond = perSecond;
    this.nanos = nanos;
    this.allowed = burst();
    this.last = nanos.getAsLong();
  }

  /// How many may go now.
  int allowed() {
    long now = nanos.getAsLong();
    double seconds = (double) (now - last) / TimeUnit.SECONDS.toNanos(1);
    allowed = Math.min(burst(), allowed + seconds * perSecond);
    last = now;
    return (int) allowed;
  }

  void took(int count) {
    allowed -= count;
  }

  private double burst() {
    return Math.max(1, perSecond / 4.0);
  }
}
