package io.gatepost.scanner.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ScanTimesTest {

  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private long now = 5 * SECOND;
  private final ScanTimes times = new ScanTimes(() -> now);

  @Test
  void nothingIsKnownAtFirst() {
    assertThat(times.estimate(1_000_000)).isZero();
  }

  @Test
  void eachSizeHasItsOwnTime() {
    times.add(1_000, SECOND);
    times.add(10_000_000, 8 * SECOND);

    assertThat(times.estimate(0)).isEqualTo(SECOND);
    assertThat(times.estimate(4_095)).isEqualTo(SECOND);
    assertThat(times.estimate(9_000_000)).isEqualTo(8 * SECOND);
  }

  @Test
  void aSizeThatWasNotSeenTakesAsLongAsTheNextSmallerOne() {
    times.add(1_000, SECOND);

    assertThat(times.estimate(1_000_000)).isEqualTo(SECOND);
    assertThat(times.estimate(Long.MAX_VALUE)).isEqualTo(SECOND);
  }

  @Test
  void oneSlowScanIsNotTheRule() {
    times.add(1_000, SECOND);
    times.add(1_000, 5 * SECOND);

    assertThat(times.estimate(1_000)).isEqualTo(2 * SECOND);
  }

  @Test
  void aScannerThatWasSlowIsAskedAgainAfterAWhile() {
    times.add(1_000, 16 * SECOND);

    now += 20 * SECOND;
    assertThat(times.estimate(1_000)).isEqualTo(4 * SECOND);
    now += 100_000 * SECOND;
    assertThat(times.estimate(1_000)).isZero();
  }
}
