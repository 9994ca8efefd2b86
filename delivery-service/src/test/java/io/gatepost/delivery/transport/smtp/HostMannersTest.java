package io.gatepost.delivery.transport.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class HostMannersTest {

  private static final Duration INTERVAL = Duration.ofMinutes(5);

  private long now;
  private final HostManners manners = new HostManners(() -> now);

  private void pass(Duration time) {
    now += time.toNanos();
  }

  private int refusals() {
    return manners.refusalsLeft(0);
  }

  @Test
  void aLimitThatWasLearnedGrowsBackStepByStep() {
    manners.reachedLimit(6, 1);
    assertThat(refusals()).isEqualTo(5);

    pass(INTERVAL.minusNanos(1));
    assertThat(refusals()).isEqualTo(5);
    pass(Duration.ofNanos(1));
    assertThat(refusals()).isEqualTo(15);
    pass(INTERVAL.multipliedBy(3));
    assertThat(refusals()).isEqualTo(45);
  }

  @Test
  void itGrowsNoFurtherThanItsFirstValue() {
    manners.reachedLimit(6, 1);
    manners.reachedLimit(0, 4);
    manners.tooMany(3);

    pass(Duration.ofDays(30));

    assertThat(refusals()).isEqualTo(HostManners.REFUSALS);
    assertThat(manners.bears(0, HostManners.TRANSACTIONS - 1)).isTrue();
    assertThat(manners.bears(0, HostManners.TRANSACTIONS)).isFalse();
    assertThat(manners.recipients()).as("in a second, of a host that is not known").isEqualTo(10);
  }

  @Test
  void aHostThatShowsItsLimitAgainIsTriedHalfAsOften() {
    manners.reachedLimit(6, 1);
    pass(INTERVAL);
    assertThat(refusals()).isEqualTo(15);
    manners.reachedLimit(6, 1);

    pass(INTERVAL.multipliedBy(2).minusNanos(1));
    assertThat(refusals()).isEqualTo(5);
    pass(Duration.ofNanos(1));
    assertThat(refusals()).isEqualTo(15);
  }

  @Test
  void itIsTriedOnceAnHourInTheEnd() {
    for (int i = 0; i < 20; i++) {
      manners.reachedLimit(6, 1);
      pass(Duration.ofHours(1));
      assertThat(refusals()).isGreaterThan(5);
    }
    manners.reachedLimit(6, 1);

    pass(Duration.ofMinutes(59));
    assertThat(refusals()).isEqualTo(5);
  }

  @Test
  void manyConnectionsThatCloseTogetherAreOneLesson() {
    for (int i = 0; i < 50; i++) {
      manners.reachedLimit(6, 1);
    }

    pass(INTERVAL);
    assertThat(refusals()).isEqualTo(15);
  }

  @Test
  void aHostThatIsSlowIsAskedAboutOneAtATimeUntilItIsQuickAgain() {
    manners.answered(Duration.ofSeconds(1).toNanos());
    assertThat(manners.recipients()).isEqualTo(1);

    for (int i = 0; i < 20; i++) {
      manners.answered(Duration.ofMillis(1).toNanos());
    }
    assertThat(manners.recipients()).isGreaterThan(50);
  }
}
