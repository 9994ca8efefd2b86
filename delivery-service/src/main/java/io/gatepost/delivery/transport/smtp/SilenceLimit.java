package io.gatepost.delivery.transport.smtp;

import java.time.Duration;

/// How long a connection has been silent, and may be.
final class SilenceLimit {

  private long sinceNanos;
  private long patienceNanos;

  /// Something has been said or sent; the next is due in so much time.
  void restart(Duration patience) {
    sinceNanos = System.nanoTime();
    patienceNanos = patience.toNanos();
  }

  boolean isOver() {
    return hasLasted(patienceNanos);
  }

  /// Whether it has been silent for so long.
  boolean isLongerThan(Duration time) {
    return hasLasted(time.toNanos());
  }

  private boolean hasLasted(long nanos) {
    return System.nanoTime() - sinceNanos >= nanos;
  }
}
