package io.gatepost.delivery.transport.smtp;

import java.time.Duration;
import java.util.function.LongSupplier;

/// Whether a host has stopped: nothing has moved for a while although mail waits for it, or all
/// connections are taken or wait to be greeted. Guarded by its destination's lock.
final class StallWatch {

  private static final Duration STALLED = Duration.ofSeconds(30);

  /// The same where it was down before.
  private static final Duration STALLED_AGAIN = Duration.ofSeconds(2);

  private final LongSupplier nanos;
  private long lastProgress;
  private long lastDial;

  StallWatch(LongSupplier nanos) {
    this.nanos = nanos;
    this.lastProgress = nanos.getAsLong();
    this.lastDial = lastProgress;
  }

  /// Something has moved.
  void moved() {
    lastProgress = nanos.getAsLong();
  }

  /// A connection is tried.
  void dialled() {
    lastDial = nanos.getAsLong();
  }

  /// @param wasDown whether the host was down, and has not shown since that it goes on
  /// @param waitedNanos how long mail has waited
  /// @param isUsedUp whether all connections are taken or tried
  boolean isStalled(boolean wasDown, long waitedNanos, boolean isUsedUp) {
    long patience = (wasDown ? STALLED_AGAIN : STALLED).toNanos();
    long now = nanos.getAsLong();
    boolean isWanted = waitedNanos > patience || (isUsedUp && now - lastDial > patience);
    return isWanted && now - lastProgress > patience;
  }
}
