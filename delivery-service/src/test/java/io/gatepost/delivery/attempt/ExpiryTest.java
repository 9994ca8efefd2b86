package io.gatepost.delivery.attempt;

import static io.gatepost.delivery.Messages.ARRIVED;
import static io.gatepost.delivery.Messages.recipient;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.envelope.Envelope;
import io.gatepost.delivery.Messages;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ExpiryTest {

  private static final Duration LIFETIME = Duration.ofDays(5);

  private final Envelope envelope = Messages.to(recipient("ann@dest.example")).envelope();
  private Instant shown = ARRIVED;
  private long nanos = Long.MAX_VALUE - 5; // about to overflow
  private final Expiry expiry = new Expiry(LIFETIME, shown, () -> nanos);

  private void pass(Duration time) {
    shown = shown.plus(time);
    nanos += time.toNanos();
  }

  private boolean isOver() {
    return expiry.isOver(envelope, shown);
  }

  @Test
  void aMessageIsTriedForItsLifetime() {
    pass(LIFETIME.minusSeconds(1));
    assertThat(isOver()).isFalse();

    pass(Duration.ofSeconds(1));
    assertThat(isOver()).isTrue();
  }

  @Test
  void afterTheClockHasJumpedAheadNothingExpiresForAnHour() {
    shown = shown.plus(LIFETIME);
    assertThat(isOver()).isFalse();
    pass(Duration.ofMinutes(59));
    assertThat(isOver()).isFalse();

    pass(Duration.ofMinutes(1));
    assertThat(isOver()).isTrue();
  }

  @Test
  void whereTheClockIsPutRightNothingHasHappened() {
    shown = shown.plus(LIFETIME);
    assertThat(isOver()).isFalse();
    shown = shown.minus(LIFETIME);
    assertThat(isOver()).isFalse();

    pass(LIFETIME);
    assertThat(isOver()).isTrue();
  }

  @Test
  void whatIsLeftOfAHoldGoesOnInTheNextRun() {
    shown = shown.plus(LIFETIME);
    assertThat(isOver()).isFalse();
    pass(Duration.ofMinutes(20));
    Expiry next = new Expiry(LIFETIME, shown, () -> nanos);

    next.hold(expiry.holdLeft());

    assertThat(next.holdLeft()).isEqualTo(Duration.ofMinutes(40));
    assertThat(next.isOver(envelope, shown)).isFalse();
    pass(Duration.ofMinutes(40));
    assertThat(next.isOver(envelope, shown)).isTrue();
    assertThat(next.holdLeft()).isZero();
  }

  @Test
  void whereTheClockIsBelievedNothingIsHeld() {
    assertThat(expiry.holdLeft()).isZero();

    expiry.hold(Duration.ZERO);
    pass(LIFETIME);

    assertThat(isOver()).isTrue();
  }
}
