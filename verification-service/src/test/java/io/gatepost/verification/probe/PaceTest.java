package io.gatepost.verification.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PaceTest {

  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  @Test
  void aSecondsWorthStartsAtOnceAndTheRestInItsTurn() {
    Pace pace = new Pace(10, 0);

    for (int i = 0; i < 11; i++) {
      assertThat(pace.take(0)).as("start " + i).isZero();
    }
    for (int i = 1; i <= 20; i++) {
      assertThat(pace.take(0)).isEqualTo(Duration.ofMillis(100L * i));
    }
  }

  @Test
  void aLongPauseIsWorthNoMoreThanASecond() {
    Pace pace = new Pace(10, 0);
    pace.take(0);

    long later = 1_000 * SECOND;
    int atOnce = 0;
    while (pace.take(later).isZero()) {
      atOnce++;
    }

    assertThat(atOnce).isEqualTo(11);
  }
}
