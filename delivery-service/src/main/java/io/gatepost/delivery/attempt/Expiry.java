package io.gatepost.delivery.attempt;

import io.gatepost.contract.envelope.Envelope;
import java.time.Duration;
import java.time.Instant;
import java.util.function.LongSupplier;

/// Whether a message has been tried for long enough. After the clock has jumped ahead nothing
/// expires for a while: one that is days ahead for a minute would end all deferred mail. A restart
/// does not end that while: what is left of it is noted with the commits.
public final class Expiry {

  /// A jump; a machine that was asleep makes one as well.
  private static final Duration JUMP = Duration.ofHours(1);

  /// Long enough for somebody, or the time service, to put the clock right.
  static final Duration HOLD = Duration.ofHours(1);

  private final Duration lifetime;
  private final LongSupplier nanos;
  private Instant lastShown;
  private long lastNanos;
  private boolean jumped;
  private long jumpedAt;

  /// @param lifetime how long a message is tried
  /// @param now by the clock that ages are reckoned by
  /// @param nanos a monotonic clock
  public Expiry(Duration lifetime, Instant now, LongSupplier nanos) {
    this.lifetime = lifetime;
    this.nanos = nanos;
    this.lastShown = now;
    this.lastNanos = nanos.getAsLong();
  }

  /// How long a message is tried.
  public Duration lifetime() {
    return lifetime;
  }

  /// How much longer nothing expires; zero where the clock is believed.
  synchronized Duration holdLeft() {
    Duration left = jumped ? HOLD.minusNanos(nanos.getAsLong() - jumpedAt) : Duration.ZERO;
    return left.isNegative() ? Duration.ZERO : left;
  }

  /// Lets nothing expire for so long, [#HOLD] at most.
  synchronized void hold(Duration left) {
    if (left.compareTo(holdLeft()) > 0) {
      long most = Math.min(left.toNanos(), HOLD.toNanos());
      jumped = true;
      jumpedAt = nanos.getAsLong() - (HOLD.toNanos() - most);
    }
  }

  boolean isOver(Envelope envelope, Instant now) {
    boolean believed = isBelieved(now);
    return believed && !now.isBefore(envelope.arrivedAt().plus(lifetime));
  }

  /// Whether what the clock shows has come about by itself: each time that it is asked, it is held
  /// against a monotonic one.
  private synchronized boolean isBelieved(Instant now) {
    long nowNanos = nanos.getAsLong();
    Duration shown = Duration.between(lastShown, now);
    Duration passed = Duration.ofNanos(nowNanos - lastNanos);
    lastShown = now;
    lastNanos = nowNanos;
    if (shown.minus(passed).compareTo(JUMP) > 0) {
      jumped = true;
      jumpedAt = nowNanos;
    } else if (jumped && nowNanos - jumpedAt >= HOLD.toNanos()) {
      jumped = false;
    }
    return !jumped;
  }
}
