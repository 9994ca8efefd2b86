package io.gatepost.delivery.early;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SlowDestinationsTest {

  private static final List<String> HOST = List.of("smtp:host");

  private long now;
  private final SlowDestinations slow = new SlowDestinations(() -> now);

  @Test
  void whoIsLateTwiceIsLeftAlone() {
    slow.late("smtp:host");
    assertThat(slow.mayTry(HOST)).isTrue();

    slow.late("smtp:host");

    assertThat(slow.mayTry(HOST)).isFalse();
    assertThat(slow.isSlow("smtp:host")).isTrue();
    assertThat(slow.mayTry(List.of("smtp:other"))).isTrue();
  }

  @Test
  void whoIsLateOnceInAWhileIsNot() {
    for (int i = 0; i < 1_000; i++) {
      slow.late("smtp:host");
      for (int each = 0; each < 5; each++) {
        slow.inTime("smtp:host");
      }
    }

    assertThat(slow.mayTry(HOST)).isTrue();
  }

  @Test
  void whoIsLateInOneOfThreeIsLeftAlone() {
    for (int i = 0; i < 3; i++) {
      slow.late("smtp:host");
      slow.inTime("smtp:host");
      slow.inTime("smtp:host");
    }

    assertThat(slow.mayTry(HOST)).isFalse();
  }

  @Test
  void oneMessageIsATrialNowAndThen() {
    makeSlow();
    pass(SlowDestinations.PAUSE);

    assertThat(slow.mayTry(HOST)).isTrue();
    assertThat(slow.mayTry(HOST)).isFalse();
    slow.inTime("smtp:host");

    assertThat(slow.mayTry(HOST)).isTrue();
    assertThat(slow.isSlow("smtp:host")).isFalse();
  }

  @Test
  void afterATrialThatFailsThePauseIsTwiceAsLong() {
    makeSlow();
    Duration pause = SlowDestinations.PAUSE;
    for (int i = 0; i < 12; i++) {
      pass(pause);
      assertThat(slow.mayTry(HOST)).isTrue();
      slow.late("smtp:host");
      pause = pause.multipliedBy(2);
      pause = pause.compareTo(SlowDestinations.LONGEST) > 0 ? SlowDestinations.LONGEST : pause;
      pass(pause.minusNanos(1));
      assertThat(slow.mayTry(HOST)).isFalse();
      now -= pause.minusNanos(1).toNanos();
    }
    assertThat(pause).isEqualTo(SlowDestinations.LONGEST);
  }

  @Test
  void attemptsThatWereUnderWayChangeNothing() {
    makeSlow();
    for (int i = 0; i < 100; i++) {
      slow.late("smtp:host");
      slow.inTime("smtp:host");
    }
    assertThat(slow.mayTry(HOST)).isFalse();

    pass(SlowDestinations.PAUSE);
    assertThat(slow.mayTry(HOST)).isTrue();
  }

  @Test
  void aTrialThatNobodyTellsOfIsRepeated() {
    makeSlow();
    pass(SlowDestinations.PAUSE);
    assertThat(slow.mayTry(HOST)).isTrue();
    pass(SlowDestinations.PAUSE);

    assertThat(slow.mayTry(HOST)).isTrue();
  }

  @Test
  void theLogTellsOnceThatOneIsSlowAndOnceThatItIsQuickAgain() {
    try (LogLines lines = LogLines.of(SlowDestinations.class)) {
      slow.late("smtp:host");
      assertThat(lines.texts()).isEmpty();
      slow.late("smtp:host");
      slow.late("smtp:host");
      slow.inTime("smtp:host");
      pass(SlowDestinations.PAUSE);
      slow.mayTry(HOST);
      slow.late("smtp:host");
      pass(SlowDestinations.PAUSE.multipliedBy(2));
      slow.mayTry(HOST);
      slow.inTime("smtp:host");
      slow.inTime("smtp:host");

      assertThat(lines.texts())
          .containsExactly(
              "smtp:host is slow: its mail goes to the queue, and is tried again in 10 s with one"
                  + " client that waits",
              "smtp:host is quick again: clients wait for their deliveries to it");
    }
  }

  @Test
  void aMessageForASlowOneIsNoTrialOfAnother() {
    makeSlow();
    pass(SlowDestinations.PAUSE);
    slow.late("smtp:other");
    slow.late("smtp:other");

    assertThat(slow.mayTry(List.of("smtp:host", "smtp:other"))).isFalse();
    assertThat(slow.mayTry(HOST)).isTrue();
  }

  @Test
  void soManyAreRemembered() {
    IntStream.range(0, 2 * SlowDestinations.MOST)
        .forEach(i -> {
          slow.late("smtp:" + i);
          slow.late("smtp:" + i);
        });
    assertThat(slow.slow()).isEqualTo(SlowDestinations.MOST);
    assertThat(slow.isSlow("smtp:0")).isTrue();

    pass(SlowDestinations.STALE.plusSeconds(1));
    slow.forget();
    assertThat(slow.slow()).isZero();
    makeSlow();
    assertThat(slow.slow()).isOne();
  }

  private void makeSlow() {
    slow.late("smtp:host");
    slow.late("smtp:host");
  }

  private void pass(Duration time) {
    now += time.toNanos();
  }
}
