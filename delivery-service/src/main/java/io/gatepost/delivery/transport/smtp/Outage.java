package io.gatepost.delivery.transport.smtp;

import io.gatepost.contract.reply.Reply;
import java.util.function.LongSupplier;

/// A time in which a host that takes nothing is left alone. Guarded by its destination's lock.
final class Outage {

  private final long pauseNanos;
  private final LongSupplier nanos;
  private boolean begun;
  private boolean restrained;
  private long until;
  private HopFailure why =
      new HopFailure.Unreachable(Reply.of(451, "4.4.1", "Next hop cannot be reached"));

  Outage(long pauseNanos, LongSupplier nanos) {
    this.pauseNanos = pauseNanos;
    this.nanos = nanos;
  }

  /// No connection can be had.
  void begin(HopFailure failure) {
    begun = true;
    why = failure;
    pause();
  }

  /// No more connections than those that are open can be had.
  void restrain() {
    restrained = true;
    pause();
  }

  private void pause() {
    until = nanos.getAsLong() + pauseNanos;
  }

  /// The host goes on.
  void end() {
    begun = false;
  }

  /// A connection has been greeted.
  void greeted() {
    begun = false;
    restrained = false;
  }

  /// Whether it has begun and nothing has shown since that it is over, be its pause over or not.
  boolean hasBegun() {
    return begun;
  }

  /// Whether the host is left alone now.
  boolean isOn() {
    return begun && isPaused();
  }

  /// Whether no more connections are tried now.
  boolean isRestrained() {
    return restrained && isPaused();
  }

  HopFailure why() {
    return why;
  }

  private boolean isPaused() {
    return nanos.getAsLong() - until < 0;
  }
}
