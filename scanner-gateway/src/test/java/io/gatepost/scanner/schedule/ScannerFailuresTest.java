package io.gatepost.scanner.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.content.UnreadableContentException;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.scanner.Messages;
import io.gatepost.scanner.plan.ScanOutcome;
import io.gatepost.scanner.plan.ScanOutcome.Answered;
import io.gatepost.scanner.plan.ScanOutcome.Failed;
import io.gatepost.scanner.plan.ScanOutcome.Failure;
import io.gatepost.scanner.scan.ScanJob;
import io.gatepost.scanner.scan.Scanner;
import io.gatepost.scanner.scan.ScannerAnswer;
import io.gatepost.scanner.scan.ScannerFailedException;
import io.gatepost.scanner.scan.ScannerFailedException.Kind;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/// Scanners that fail, are slow or say nothing.
class ScannerFailuresTest extends ScheduledScannerFixture {

  @Test
  void aScanThatTakesTooLongIsCancelledAndCounts() {
    scheduling.limit = Duration.ofMillis(20);
    ScheduledScanner scanner = scanner();

    assertThat(ask(scanner, "a").result())
        .isEqualTo(new Failed(Failure.TIMEOUT, "no answer in 20 ms"));
    assertThat(ask(scanner, "b").result()).isInstanceOf(Failed.class);

    assertThat(fake.scans).allMatch(scan -> scan.cancelled);
    await().untilAsserted(() -> assertThat(scanner.slots().running()).isZero());
    assertThat(scheduling.circuit.getState()).isEqualTo(State.OPEN);
  }

  @Test
  void aScanThatWasGivenUpHoldsItsSlotUntilTheScannerHasSettled() {
    Sinks.Empty<Void> settled = Sinks.empty();
    fake.settled = settled.asMono();
    scheduling.limit = Duration.ofMillis(20);
    ScheduledScanner scanner = scanner();

    assertThat(ask(scanner, "a").result()).isInstanceOf(Failed.class);
    assertThat(scanner.slots().running()).isEqualTo(1);
    settled.tryEmitEmpty();

    await().untilAsserted(() -> assertThat(scanner.slots().running()).isZero());
  }

  @Test
  void soDoesOneWhoseClientHasLeft() {
    Sinks.Empty<Void> settled = Sinks.empty();
    fake.settled = settled.asMono();
    ScheduledScanner scanner = scanner();

    ask(scanner, "a").leave();
    assertThat(last().cancelled).isTrue();
    assertThat(scanner.slots().running()).isEqualTo(1);
    settled.tryEmitEmpty();

    await().untilAsserted(() -> assertThat(scanner.slots().running()).isZero());
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void aScannerThatFailsIsLeftAloneAtOnce(Kind kind) {
    ScheduledScanner scanner = scanner();
    for (int i = 0; i < 2; i++) {
      Asked asked = ask(scanner, "a" + i);
      last().fails(new ScannerFailedException(kind, "no"));
      assertThat(asked.result()).isEqualTo(new Failed(Failure.valueOf(kind.name()), "no"));
    }

    assertThat(ask(scanner, "b").result())
        .isInstanceOfSatisfying(
            Failed.class, failed -> assertThat(failed.failure()).isEqualTo(Failure.LEFT_ALONE));
    assertThat(fake.scans).hasSize(2);
  }

  @Test
  void anyAnswerShowsThatTheScannerLives() {
    ScheduledScanner scanner = scanner();
    for (ScannerAnswer answer :
        List.of(
            WORM,
            new ScannerAnswer.TryLater("greylisted", Optional.empty()),
            new ScannerAnswer.NotScanned("too large"))) {
      Asked asked = ask(scanner, "a");
      last().answers(answer);
      assertThat(asked.result()).isEqualTo(new Answered(answer, false));
    }

    assertThat(scheduling.circuit.getMetrics().getNumberOfSuccessfulCalls()).isEqualTo(2);
    assertThat(scheduling.circuit.getState()).isEqualTo(State.CLOSED);
  }

  @Test
  void contentThatCannotBeReadSaysNothingOfTheScanner() {
    ScheduledScanner scanner = scanner();
    UnreadableContentException gone =
        UnreadableContentException.of(new RpcException(RpcStatus.NOT_FOUND, "gone"));
    for (int i = 0; i < 3; i++) {
      Mono<ScanOutcome> asking = scanner.ask(scheduling.about(Messages.inMemory("a" + i)));
      Asked asked = subscribe(asking);
      last().fails(gone);
      assertThat(asked.outcome.asMono().materialize().block(PATIENCE).getThrowable())
          .isSameAs(gone);
    }

    assertThat(scheduling.circuit.getMetrics().getNumberOfBufferedCalls()).isZero();
    assertThat(scanner.slots().running()).isZero();
  }

  @Test
  void aScannerThatSaysNothingIsNotClean() {
    ScheduledScanner scanner =
        scheduling.of(
            new Scanner() {
              @Override
              public Mono<ScannerAnswer> scan(ScanJob job) {
                return Mono.<ScannerAnswer>empty().hide();
              }

              @Override
              public Mono<String> version() {
                return Mono.empty();
              }

              @Override
              public Scope scope() {
                return Scope.CONTENT;
              }
            });

    assertThat(ask(scanner, "x").result())
        .isEqualTo(new Failed(Failure.GARBLED, "it says nothing"));
  }
}
