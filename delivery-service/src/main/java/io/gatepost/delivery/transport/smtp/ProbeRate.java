package io.gatepost.delivery.transport.smtp;

import java.time.Duration;
import java.util.function.LongSupplier;

/// How many recipients a destination may be asked about now: a bucket of one second's worth, which
/// fills evenly. Guarded by its destination's lock.
final class ProbeRate {

  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private final int perSecond;
  private final LongSupplier nanos;
  private double tokens;
  private long filledAt;

  ProbeRate(int perSecond, LongSupplier nanos) {
    this.perSecond = perSecond;
    this.nanos = nanos;
    this.tokens = perSecond;
    this.filledAt = nanos.getAsLong();
  }

  int left() {
    long now = nanos.getAsLong();
    tokens = Math.min(perSecond, tokens + (double) (now - filledAt) * perSecond / SECOND);
    filledAt = now;
    return (int) tokens;
  }

  void take(int recipients) {
    tokens -= recipients;
  }
}
