package io.gatepost.delivery.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.envelope.Generation;
import io.gatepost.delivery.intake.EndedGenerations.Over;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CarriedCopiesTest {

  private static final long RIPE = CarriedCopies.DOUBTFUL_FOR.plus(Duration.ofSeconds(1)).toNanos();
  private static final Over OVER = new Over(true, 7);

  private final CarriedCopies copies = new CarriedCopies();
  private final Generation key = new Generation(Letters.id(), 1);

  @Test
  void aReplayMustStartBeforeTheOldestCopyThatIsToCome() {
    Generation other = new Generation(Letters.id(), 0);
    copies.sent(key, 70);
    copies.sent(other, 30);

    assertThat(copies.neededFrom(0)).isEqualTo(30);
    assertThat(copies.neededFrom(1)).isEqualTo(Long.MAX_VALUE);

    copies.landed(other, 500);
    copies.read(0, 501);
    assertThat(copies.neededFrom(0)).isEqualTo(70);
  }

  @Test
  void aCopyIsAwaitedUntilItHasBeenRead() {
    copies.sent(key, 70);
    copies.read(0, 1_000);
    assertThat(copies.neededFrom(0)).as("nobody knows where it is").isEqualTo(70);

    copies.landed(key, 1_000);
    copies.read(0, 1_000);
    assertThat(copies.neededFrom(0)).as("it stands at 1,000").isEqualTo(70);
    copies.read(1, 9_000);
    assertThat(copies.neededFrom(0)).as("another partition").isEqualTo(70);

    copies.read(0, 1_001);
    assertThat(copies.neededFrom(0)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void ofTwoCopiesTheLaterIsAwaitedAsWell() {
    copies.sent(key, 70);
    copies.landed(key, 10);
    copies.sent(key, 70);
    copies.read(0, 100);
    assertThat(copies.neededFrom(0)).isEqualTo(70);

    copies.landed(key, 150);
    copies.read(0, 151);

    assertThat(copies.neededFrom(0)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void theEndOfAnAttemptIsKnownForAsLongAsACopyIsToCome() {
    copies.sent(key, 7);
    assertThat(copies.over(key)).isEmpty();
    copies.ended(key, OVER);
    copies.landed(key, 10);

    assertThat(copies.over(key)).contains(OVER);
    copies.read(0, 11);
    assertThat(copies.over(key)).isEmpty();
  }

  @Test
  void ofAnAttemptThatWasNotCarriedNothingIsKept() {
    copies.ended(key, OVER);
    copies.landed(key, 10);
    copies.failed(key, 0);

    assertThat(copies.over(key)).isEmpty();
    assertThat(copies.neededFrom(0)).isEqualTo(Long.MAX_VALUE);
    assertThat(copies.doubtful(RIPE)).isEmpty();
  }

  @Test
  void aCopyThatMayHaveLandedIsAwaitedUntilAnEndOfTheLogAfterItHasBeenRead() {
    copies.sent(key, 70);
    copies.failed(key, 0);
    copies.read(0, 1_000);
    assertThat(copies.doubtful(CarriedCopies.DOUBTFUL_FOR.toNanos())).as("it may land").isEmpty();
    assertThat(copies.doubtful(RIPE)).containsExactly(0);

    copies.settle(1, 1_200, RIPE);
    copies.settle(0, 1_100, CarriedCopies.DOUBTFUL_FOR.toNanos());
    copies.read(0, 1_200);
    assertThat(copies.neededFrom(0)).as("that was not its end, or too early").isEqualTo(70);

    copies.settle(0, 1_300, RIPE);
    assertThat(copies.doubtful(RIPE)).isEmpty();
    copies.read(0, 1_299);
    assertThat(copies.neededFrom(0)).isEqualTo(70);
    copies.read(0, 1_300);
    assertThat(copies.neededFrom(0)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void whatAnotherOwnerReadsIsNotWaitedFor() {
    copies.sent(key, 70);

    copies.keepOnly(Set.of(0, 1));
    assertThat(copies.neededFrom(0)).isEqualTo(70);
    copies.keepOnly(Set.of(1));

    assertThat(copies.neededFrom(0)).isEqualTo(Long.MAX_VALUE);
  }
}
