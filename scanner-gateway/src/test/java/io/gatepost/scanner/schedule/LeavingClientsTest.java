package io.gatepost.scanner.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.rpc.Deadline;
import io.gatepost.scanner.Messages;
import io.gatepost.scanner.plan.ScanOutcome.Answered;
import io.gatepost.scanner.plan.ScanOutcome.Failed;
import io.gatepost.scanner.plan.ScanOutcome.Failure;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/// Scans whose clients leave, and scans under way when the scanner is left alone.
class LeavingClientsTest extends ScheduledScannerFixture {

  @Test
  void aStartedScanGoesOnWithoutItsClientAndFillsTheCache() {
    ScheduledScanner scanner = keeping();
    Asked gone = ask(scanner, "spam");
    gone.leave();

    assertThat(last().cancelled).isFalse();
    assertThat(scanner.slots().running()).isEqualTo(1);
    last().answers(WORM);

    assertThat(ask(scanner, "spam").result()).isEqualTo(new Answered(WORM, true));
    assertThat(scanner.slots().running()).isZero();
  }

  @Test
  void aWaitingScanLeavesWithItsClient() {
    ScheduledScanner scanner = keeping();
    ask(scanner, "running");
    Asked gone = ask(scanner, "waiting");

    gone.leave();

    assertThat(scanner.slots().waiting()).isZero();
    last().answers(WORM);
    assertThat(fake.scans).hasSize(1);
  }

  @Test
  void aScanThatIsNotForTheCacheEndsWithItsClient() {
    ScheduledScanner scanner = scanner();
    Asked gone = ask(scanner, "x");

    gone.leave();

    assertThat(last().cancelled).isTrue();
    assertThat(scanner.slots().running()).isZero();
  }

  @Test
  void anOpenBreakerCancelsScansThatNobodyWaitsFor() {
    scheduling.slots = 4;
    ScheduledScanner scanner = keeping();
    Asked gone = ask(scanner, "one");
    ask(scanner, "two");
    Asked leaves = ask(scanner, "three");
    gone.leave();

    scheduling.circuit.transitionToOpenState();

    assertThat(fake.scans.get(0).cancelled).isTrue();
    assertThat(fake.scans.get(1).cancelled).isFalse();
    leaves.leave();
    assertThat(fake.scans.get(2).cancelled).isTrue();
    assertThat(scanner.slots().running()).isEqualTo(1);
  }

  @Test
  void thoseWhoWaitHearAtOnceThatTheScannerIsLeftAlone() {
    ScheduledScanner scanner = keeping();
    Asked running = ask(scanner, "one");
    Asked waiting = ask(scanner, "two");

    scheduling.circuit.transitionToOpenState();

    assertThat(waiting.result())
        .isInstanceOfSatisfying(
            Failed.class, failed -> assertThat(failed.failure()).isEqualTo(Failure.LEFT_ALONE));
    assertThat(scanner.slots().waiting()).isZero();
    assertThat(running.isOver()).isFalse();
    last().answers(WORM);
    assertThat(running.result()).isEqualTo(new Answered(WORM, false));
  }

  @Test
  void aScanThatDidNotBeginDoesNotWaitForOthersToSettle() {
    fake.settled = Mono.never();
    ScheduledScanner scanner = scanner();
    teachThatAScanTakes(scanner, Duration.ofMillis(300));

    Asked hurried =
        subscribe(
            Deadline.within(
                Duration.ofMillis(200), scanner.ask(scheduling.about(Messages.inMemory("x")))));

    assertThat(hurried.result()).isInstanceOf(Failed.class);
    assertThat(scanner.slots().running()).isZero();
  }

  @Test
  void aScanThatOthersWaitForIsNotCancelled() {
    ScheduledScanner scanner = keeping();
    Asked first = ask(scanner, "spam");
    Asked second = ask(scanner, "spam");
    first.leave();

    scheduling.circuit.transitionToOpenState();
    assertThat(last().cancelled).isFalse();
    last().answers(WORM);

    assertThat(second.result()).isEqualTo(new Answered(WORM, true));
  }
}
