package io.gatepost.edge.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LogClockTest {

  private static final Instant START = Instant.ofEpochMilli(1_900_000_000_000L);

  private final AtomicLong nanos = new AtomicLong(TimeUnit.HOURS.toNanos(7));
  private final LogClock clock = new LogClock(() -> START, nanos::get);

  @Test
  void itIsThisMachinesAtFirstAndGoesOnByTheMonotonicClock() {
    assertThat(clock.now()).isEqualTo(START);

    pass(1_500);

    assertThat(clock.now()).isEqualTo(START.plusMillis(1_500));
  }

  @Test
  void anAppendBetweenQuestionAndAnswerChangesNothing() {
    answered(START.plusMillis(300), 1_000);

    assertThat(clock.now()).isEqualTo(START.plusMillis(1_000));
  }

  @Test
  void aLogThatIsAheadIsFollowed() {
    answered(START.plusMillis(61_000), 1_000);

    assertThat(clock.now()).isEqualTo(START.plusMillis(61_000));
  }

  @Test
  void aLogThatIsBehindIsFollowed() {
    answered(START.minusMillis(60_000), 1_000);

    assertThat(clock.now()).isEqualTo(START.minusMillis(59_000));
  }

  private void answered(Instant appended, long afterMillis) {
    long asked = nanos.get();
    pass(afterMillis);
    clock.told(appended, asked, nanos.get());
  }

  private void pass(long millis) {
    nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
  }
}
