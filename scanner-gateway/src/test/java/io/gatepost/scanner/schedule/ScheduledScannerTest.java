package io.gatepost.scanner.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.Mark;
import io.gatepost.contract.envelope.Provenance;
import io.gatepost.contract.rpc.Deadline;
import io.gatepost.contract.scanning.ScanTerms;
import io.gatepost.scanner.Messages;
import io.gatepost.scanner.plan.ScanOutcome.Answered;
import io.gatepost.scanner.plan.ScanOutcome.Failed;
import io.gatepost.scanner.plan.ScanOutcome.Failure;
import io.gatepost.scanner.scan.ScanJob;
import io.gatepost.scanner.scan.Scanner;
import io.gatepost.scanner.scan.ScannerAnswer;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/// Who gets a slot, and when.
class ScheduledScannerTest extends ScheduledScannerFixture {

  @Test
  void neverMoreScansThanSlots() {
    scheduling.slots = 2;
    ScheduledScanner scanner = scanner();
    List<Asked> asked =
        List.of(ask(scanner, "a"), ask(scanner, "b"), ask(scanner, "c"), ask(scanner, "d"));

    assertThat(fake.scans).hasSize(2);
    assertThat(scanner.slots().waiting()).isEqualTo(2);
    fake.scans.getFirst().answers(WORM);

    assertThat(asked.getFirst().result()).isEqualTo(new Answered(WORM, false));
    assertThat(fake.scans).hasSize(3);
  }

  @Test
  void fiveHundredAtOnceShareFourSlots() {
    AtomicInteger now = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    scheduling.slots = 4;
    scheduling.places = 500;
    ScheduledScanner scanner =
        scheduling.of(
            new Scanner() {
              @Override
              public Mono<ScannerAnswer> scan(ScanJob job) {
                return Mono.delay(Duration.ofMillis(1))
                    .doOnSubscribe(_ -> most.accumulateAndGet(now.incrementAndGet(), Math::max))
                    .doOnTerminate(now::decrementAndGet)
                    .thenReturn(ScannerAnswer.GOOD);
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
    List<Asked> asked = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      asked.add(ask(scanner, Messages.inMemory("x" + i, external("192.0.2." + i % 250))));
    }

    assertThat(asked)
        .allSatisfy(
            each -> assertThat(each.result()).isEqualTo(new Answered(ScannerAnswer.GOOD, false)));
    assertThat(most.get()).isLessThanOrEqualTo(4);
    await().untilAsserted(() -> assertThat(scanner.slots().running()).isZero());
  }

  @Test
  void internalMailGoesBeforeExternalAndThatBeforeWhatLooksBad() {
    ScheduledScanner scanner = scanner();
    ask(scanner, "running");
    Provenance marked =
        external("192.0.2.3").marked(List.of(new Mark("dns-list", "listed somewhere")));
    ask(scanner, Messages.inMemory("a", marked));
    ask(scanner, Messages.inMemory("b", external("192.0.2.2")));
    ask(scanner, Messages.inMemory("c", internal("10.0.0.1")));

    for (int i = 0; i < 3; i++) {
      last().answers(ScannerAnswer.GOOD);
    }

    assertThat(fake.peers()).containsExactly("192.0.2.7", "10.0.0.1", "192.0.2.2", "192.0.2.3");
  }

  @Test
  void clientsThatWaitGoBeforeLateScans() {
    ScheduledScanner scanner = scanner();
    ask(scanner, "running");
    EnvelopeRecord accepted = Messages.inMemory("a", internal("10.0.0.1"));
    subscribe(scanner.ask(scheduling.about(accepted, new ScanTerms(ScanTerms.Moment.LATE, 0))));
    ask(scanner, Messages.inMemory("b", external("192.0.2.2")));

    for (int i = 0; i < 2; i++) {
      last().answers(ScannerAnswer.GOOD);
    }

    assertThat(fake.peers()).containsExactly("192.0.2.7", "192.0.2.2", "10.0.0.1");
  }

  @Test
  void whatLooksBadHasItsTurnAfterSomeOthers() {
    ScheduledScanner scanner = scanner();
    ask(scanner, "running");
    ask(
        scanner,
        Messages.inMemory(
            "a", external("192.0.2.3").marked(List.of(new Mark("dns-list", "listed")))));
    for (int i = 0; i < 6; i++) {
      ask(scanner, Messages.inMemory("c" + i, internal("10.0.0." + i)));
    }

    for (int i = 0; i < 5; i++) {
      last().answers(ScannerAnswer.GOOD);
    }

    assertThat(fake.peers()).contains("192.0.2.3");
  }

  @Test
  void aScanThatFindsNoSlotInTimeIsBusy() {
    scheduling.maxWait = Duration.ofMillis(20);
    ScheduledScanner scanner = scanner();
    ask(scanner, "running");

    Asked late = ask(scanner, "late");

    assertThat(late.result()).isEqualTo(new Failed(Failure.BUSY, "no slot in time"));
    assertThat(fake.scans).hasSize(1);
    assertThat(meter("failures", "failure", "busy")).isEqualTo(1);
  }

  @Test
  void aScanThatItsClientWouldNotWaitForIsNotStarted() {
    ScheduledScanner scanner = scanner();
    scheduling.circuit.reset();
    teachThatAScanTakes(scanner, Duration.ofMillis(300));

    Asked hurried =
        subscribe(
            Deadline.within(
                Duration.ofMillis(200), scanner.ask(scheduling.about(Messages.inMemory("x")))));

    assertThat(hurried.result())
        .isEqualTo(new Failed(Failure.BUSY, "its client would not wait for the answer"));
    assertThat(fake.scans).hasSize(1);
    assertThat(scheduling.circuit.getState()).isEqualTo(State.CLOSED);
  }

  @Test
  void aScanWithTimeEnoughIsStarted() {
    ScheduledScanner scanner = scanner();
    teachThatAScanTakes(scanner, Duration.ofMillis(50));

    subscribe(Deadline.within(PATIENCE, scanner.ask(scheduling.about(Messages.inMemory("x")))));

    assertThat(fake.scans).hasSize(2);
  }
}
