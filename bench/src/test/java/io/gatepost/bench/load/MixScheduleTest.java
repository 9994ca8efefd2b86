package io.gatepost.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class MixScheduleTest {

  @Test
  void tenSecondsAreTheTableOfTheTalk() {
    assertThat(MixSchedule.shares(812)).containsExactly(10, 30, 670, 15, 12, 20, 30, 25);
  }

  @Test
  void sharesOfAnyCountAddUpAndAreNearest() {
    for (int sessions : new int[] {0, 1, 7, 81, 100, 1_000, 99_999}) {
      int[] shares = MixSchedule.shares(sessions);

      assertThat(Arrays.stream(shares).sum()).isEqualTo(sessions);
      for (Traffic traffic : Traffic.values()) {
        double exact = sessions * traffic.tenths() / 812.0;
        assertThat((double) shares[traffic.ordinal()]).isBetween(exact - 1, exact + 1);
      }
    }
  }

  @Test
  void sessionsComeInOneOrderAndOverTheWholeTime() {
    MixSchedule schedule = MixSchedule.of(812, 10);
    MixSchedule again = MixSchedule.of(812, 10);

    assertThat(schedule.due()).isSorted().containsExactly(again.due());
    assertThat(schedule.order()).containsExactly(again.order());
    assertThat(schedule.due()[0]).isBetween(0L, 1_000_000_000L);
    assertThat(schedule.due()[811]).isBetween(9_000_000_000L, 10_000_000_000L);
    assertThat(Arrays.stream(schedule.order()).filter(Traffic.SPAM::equals)).hasSize(20);
  }

  @Test
  void sessionsThatFollowEachOtherAreDueAtOnce() {
    assertThat(MixSchedule.of(5, 0).due()).containsOnly(0);
  }
}
