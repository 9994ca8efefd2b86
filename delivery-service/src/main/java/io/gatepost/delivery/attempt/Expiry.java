package io.gatepost.delivery.attempt;

import io.gatepost.contract.envelope.Envelope;
import java.time.Duration;
import java.time.Instant;
import java.util.function.LongSupplier;

/// Whether a message has been tried for long enough. After the clock has jumped ahead nothing
/// expires for a while: one that is days ahead for a minute would end all deferred mail.
public final class Expiry {

  /// Long enough for somebody, or the time service, to put the clock right.
  static final Duration HOLD = Duration.ofHours(1);

  private final Duration lifetime;
  private final LongSupplier nanos;
  private volatile boolean held;
  private volatile long heldSince;

  /// @param lifetime how long a message is tried
  /// @param nanos a monotonic clock
  public Expiry(Duration lifetime, LongSupplier nanos) {
    this.lifetime = lifetime;
    this.nanos = nanos;
  }

  /// How long a message is tried.
  public Duration lifetime() {
    return lifetime;
  }

  /// The clock has jumped ahead: from now on it is not believed for an hour.
  public void hold() {
    heldSince = nanos.getAsLong();
    held = true;
  }

  boolean isOver(Envelope envelope, Instant now) {
    return !now.isBefore(envelope.arrivedAt().plus(lifetime)) && !isHeld();
  }

  private boolean isHeld() {
    return held && nanos.getAsLong() - heldSince < HOLD.toNanos();
  }
}
