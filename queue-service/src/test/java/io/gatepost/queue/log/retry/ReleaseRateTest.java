package io.gatepost.queue.log.retry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ReleaseRateTest {

  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5); // about to overflow

  @Test
  void aQuarterOfASecondMayGoAtOnce() {
    assertThat(new ReleaseRate(1000, nanos::get).allowed()).isEqualTo(250);
  }

  @Test
  void whatWentIsAllowedAgainAtTheRate() {
    ReleaseRate pace = new ReleaseRate(1000, nanos::get);
    pace.took(250);

    assertThat(pace.allowed()).isZero();
    passMillis(100);
    assertThat(pace.allowed()).isEqualTo(100);
    passMillis(10_000);
    assertThat(pace.allowed()).isEqualTo(250);
  }

  @Test
  void overTenSecondsItIsTheRateAndNoMore() {
    ReleaseRate pace = new ReleaseRate(70, nanos::get);
    int gone = 0;
    for (int millis = 0; millis < 10_000; millis += 3) {
      int now = pace.allowed();
      pace.took(now);
      gone += now;
      passMillis(3);
    }

    assertThat(gone).isBetween(700 - 1, 700 + 70 / 4 + 1);
  }

  @Test
  void theSlowestRateStillLetsOneGo() {
    ReleaseRate pace = new ReleaseRate(1, nanos::get);

    assertThat(pace.allowed()).isEqualTo(1);
    pace.took(1);
    passMillis(999);
    assertThat(pace.allowed()).isZero();
    passMillis(2);
    assertThat(pace.allowed()).isEqualTo(1);
  }

  private void passMillis(long millis) {
    nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
  }
}
