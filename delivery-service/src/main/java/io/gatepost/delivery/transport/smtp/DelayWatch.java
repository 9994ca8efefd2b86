package io.gatepost.delivery.transport.smtp;

import java.time.Duration;
import java.util.function.LongSupplier;

/// How long a host takes for its answers in one connection, and whether it has begun to delay them.
/// For one connection's event loop.
final class DelayWatch {

  /// Shorter ones are not worth another connection.
  private static final Duration LEAST = Duration.ofMillis(500);

  /// Times the mean before.
  private static final int FACTOR = 8;

  /// One slow answer may have any reason.
  private static final int IN_A_ROW = 2;

  private final LongSupplier nanos;
  private long last;
  private long sum;
  private int count;
  private int slow;

  DelayWatch(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /// Commands are sent now.
  void begin() {
    last = nanos.getAsLong();
  }

  /// The next answer has come.
  ///
  /// @return how long it took, in nanoseconds
  long answered() {
    long now = nanos.getAsLong();
    long took = now - last;
    last = now;
    return took;
  }

  /// Whether the host delays refusals that it did not delay before.
  boolean isDelayed(long took) {
    if (count > 0 && took > LEAST.toNanos() && took > FACTOR * (sum / count)) {
      slow++;
    } else {
      slow = 0;
      sum += took;
      count++;
    }
    return slow >= IN_A_ROW;
  }
}
