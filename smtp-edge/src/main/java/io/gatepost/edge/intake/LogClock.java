package io.gatepost.edge.intake;

import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// The clock of the log, as its answers show it: an append happened between the question and the
/// answer, which bounds how far the log's clock is from our monotonic one. Before the first answer
/// it is taken to show what this machine's clock shows. A clock of either machine that jumps makes
/// one message late at most.
final class LogClock {

  private final LongSupplier nanos;

  /// The log's time less our monotonic one, in milliseconds.
  private long offset;

  /// @param nanos a monotonic clock
  LogClock(InstantSource clock, LongSupplier nanos) {
    this.nanos = nanos;
    this.offset = clock.millis() - millis(nanos.getAsLong());
  }

  /// The time by the log's clock.
  synchronized Instant now() {
    return Instant.ofEpochMilli(millis(nanos.getAsLong()) + offset);
  }

  /// A record was appended.
  ///
  /// @param appended when, by the log's clock
  /// @param asked when that was asked for, by the monotonic clock
  /// @param answered when the answer came, by the monotonic clock
  synchronized void told(Instant appended, long asked, long answered) {
    long least = appended.toEpochMilli() - millis(answered);
    long most = appended.toEpochMilli() - millis(asked);
    offset = Math.clamp(offset, least, Math.max(least, most));
  }

  private static long millis(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(nanos);
  }
}
