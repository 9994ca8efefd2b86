package io.gatepost.queue.log.retry;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.queue.Conclusion.Wait;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class DestinationHoldsTest {

  private static final int MAX_REMEMBERED = 100_000;

  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5); // about to overflow
  private final DestinationHolds holds = new DestinationHolds(Duration.ofSeconds(30), nanos::get);

  @Test
  void nothingIsKnownOfADestinationAtFirst() {
    assertThat(holds.of("mx:example.test")).isEmpty();
    assertThat(holds.size()).isZero();
  }

  @Test
  void aDeadDestinationIsForgottenAfterItsPause() {
    holds.note("mx:dead.test", Wait.LADDER);

    pass(Duration.ofSeconds(30).minusNanos(1));
    assertThat(holds.of("mx:dead.test")).contains(Wait.LADDER);
    pass(Duration.ofNanos(1));
    assertThat(holds.of("mx:dead.test")).isEmpty();
    assertThat(holds.size()).isZero();
  }

  @Test
  void aBusyDestinationIsForgottenAfterASecond() {
    holds.note("mx:busy.test", Wait.BUSY);

    assertThat(holds.of("mx:busy.test")).contains(Wait.BUSY);
    pass(Duration.ofSeconds(1));
    assertThat(holds.of("mx:busy.test")).isEmpty();
  }

  @Test
  void aNewAttemptThatFailsHoldsAnew() {
    holds.note("mx:dead.test", Wait.LADDER);
    pass(Duration.ofSeconds(29));
    holds.note("mx:dead.test", Wait.LADDER);

    pass(Duration.ofSeconds(29));
    assertThat(holds.of("mx:dead.test")).contains(Wait.LADDER);
  }

  @Test
  void theLatestAttemptTellsTheKind() {
    holds.note("mx:example.test", Wait.BUSY);
    holds.note("mx:example.test", Wait.LADDER);

    assertThat(holds.of("mx:example.test")).contains(Wait.LADDER);
  }

  @Test
  void noMoreThanABoundIsRememberedAndTheForgottenMakeRoom() {
    for (int i = 0; i <= MAX_REMEMBERED; i++) {
      holds.note("mx:" + i, Wait.LADDER);
    }
    assertThat(holds.size()).isEqualTo(MAX_REMEMBERED);
    assertThat(holds.of("mx:" + MAX_REMEMBERED)).isEmpty();

    pass(Duration.ofSeconds(30));
    holds.note("mx:late", Wait.LADDER);
    assertThat(holds.of("mx:late")).contains(Wait.LADDER);
    assertThat(holds.size()).isEqualTo(1);
  }

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }
}
