package io.gatepost.verification.probe;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/// Starts per second, evenly spread where there are more; after a pause a second's worth may start
/// at once.
final class Pace {

  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private final long interval;

  /// When the next start would be due at the full rate, by [System#nanoTime].
  private final AtomicLong next;

  /// @param rate starts per second, at least 1
  Pace(int rate, long now) {
    this.interval = SECOND / rate;
    this.next = new AtomicLong(now - SECOND);
  }

  /// Takes the next start and returns how long it has to wait, zero or more.
  Duration take(long now) {
    long start = next.getAndUpdate(due -> later(due, now) + interval);
    return Duration.ofNanos(Math.max(0, later(start, now) - now));
  }

  private static long later(long due, long now) {
    long earliest = now - SECOND;
    return due - earliest > 0 ? due : earliest;
  }
}
