package io.gatepost.edge.dnslist;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.edge.dnslist.ZoneHealth.Advice;
import org.junit.jupiter.api.Test;

class ZoneHealthTest {

  private static final long SECOND = 1_000_000_000L;

  private final ZoneHealth health = new ZoneHealth();

  private boolean failTimes(int times, long now) {
    boolean isLeftAlone = false;
    for (int i = 0; i < times; i++) {
      isLeftAlone |= health.failed(now);
    }
    return isLeftAlone;
  }

  @Test
  void aZoneThatFailsTenTimesIsLeftAlone() {
    assertThat(failTimes(9, 0)).isFalse();
    assertThat(health.next(0)).isEqualTo(Advice.ASK);

    assertThat(health.failed(0)).isTrue();
    assertThat(health.next(9 * SECOND)).isEqualTo(Advice.LEAVE_ALONE);
    assertThat(health.isLeftAlone()).isTrue();
  }

  @Test
  void oneThatMostlyAnswersIsAsked() {
    for (int i = 0; i < 1_000; i++) {
      health.answered();
      health.answered();
      assertThat(health.failed(i)).isFalse();
    }

    assertThat(health.next(0)).isEqualTo(Advice.ASK);
  }

  @Test
  void oneQuestionAtATimeTriesItAfterAPause() {
    failTimes(10, 0);

    assertThat(health.next(10 * SECOND)).isEqualTo(Advice.TRY);
    assertThat(health.next(10 * SECOND)).isEqualTo(Advice.LEAVE_ALONE);

    health.tryFailed(13 * SECOND);
    assertThat(health.next(32 * SECOND)).isEqualTo(Advice.LEAVE_ALONE);
    assertThat(health.next(33 * SECOND)).isEqualTo(Advice.TRY);

    health.tryAnswered();
    assertThat(health.next(33 * SECOND)).isEqualTo(Advice.ASK);
    assertThat(health.isLeftAlone()).isFalse();
  }

  @Test
  void pausesGrowUpToFiveMinutes() {
    failTimes(10, 0);
    long now = 10 * SECOND;
    for (int i = 0; i < 20; i++) {
      assertThat(health.next(now)).isEqualTo(Advice.TRY);
      health.tryFailed(now);
      now += health.pauseSeconds() * SECOND;
    }

    assertThat(health.pauseSeconds()).isEqualTo(300);
  }

  @Test
  void aTryWhoseEndIsLostDoesNotCloseTheZoneForEver() {
    failTimes(10, 0);
    assertThat(health.next(10 * SECOND)).isEqualTo(Advice.TRY);

    assertThat(health.next(71 * SECOND)).isEqualTo(Advice.TRY);
  }

  @Test
  void oneThatFailsOnAfterATryIsSoonLeftAloneAgain() {
    failTimes(10, 0);
    health.next(10 * SECOND);
    health.tryAnswered();

    assertThat(failTimes(4, 11 * SECOND)).isFalse();
    assertThat(health.failed(11 * SECOND)).isTrue();
  }

  @Test
  void questionsThatWereUnderWaySayNothingNew() {
    failTimes(10, 0);

    assertThat(failTimes(100, 5 * SECOND)).isFalse();
    assertThat(health.next(10 * SECOND)).isEqualTo(Advice.TRY);
  }
}
