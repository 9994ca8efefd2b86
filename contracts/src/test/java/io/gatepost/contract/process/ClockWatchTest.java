package io.gatepost.contract.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ClockWatchTest {

  private Instant clock = Instant.parse("2026-03-01T12:00:00Z");
  private long nanos = Long.MAX_VALUE - 5; // about to overflow
  private int called;
  private final ClockWatch watch = new ClockWatch(() -> clock, () -> nanos, () -> called++);

  @Test
  void aClockThatGoesOnAlarmsNobody() {
    for (int i = 0; i < 3; i++) {
      pass(Duration.ofSeconds(1));
      watch.look();
    }

    assertThat(called).isZero();
  }

  @Test
  void aClockThatIsSetBackIsNoticedOnce() {
    pass(Duration.ofSeconds(1));
    clock = clock.minus(Duration.ofHours(3));
    watch.look();
    pass(Duration.ofSeconds(1));
    watch.look();

    assertThat(called).isOne();
  }

  @Test
  void aLittleIsNothing() {
    pass(Duration.ofSeconds(1));
    clock = clock.minusMillis(1_900);
    watch.look();

    assertThat(called).isZero();
  }

  @Test
  void aClockThatIsSetForwardMakesNobodyWait() {
    clock = clock.plus(Duration.ofDays(400));
    watch.look();

    assertThat(called).isZero();
  }

  private void pass(Duration time) {
    clock = clock.plus(time);
    nanos += time.toNanos();
  }
}
