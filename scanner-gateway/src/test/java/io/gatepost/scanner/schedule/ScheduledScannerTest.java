package io.gatepost.scanner.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.content.UnreadableContentException;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.Mark;
import io.gatepost.contract.envelope.Provenance;
import io.gatepost.contract.rpc.Deadline;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.contract.scanning.ScanTerms;
import io.gatepost.contract.scanning.ScanTerms.Moment;
import io.gatepost.scanner.FakeScanner;
import io.gatepost.scanner.FakeScanner.Scan;
import io.gatepost.scanner.Messages;
import io.gatepost.scanner.Scheduling;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

class ScheduledScannerTest {

  private static final ScannerAnswer WORM = ScannerAnswer.bad("worm");
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final FakeScanner fake = new FakeScanner();
  private final Scheduling scheduling = new Scheduling();

  /// A question that was asked, and what has come of it.
  private static final class Asked {
    private final Sinks.One<ScanOutcome> outcome = Sinks.one();
    private Disposable caller = () -> {};

    ScanOutcome.Result result() {
      return outcome.asMono().block(PATIENCE).result();
    }

    boolean isOver() {
      return Boolean.TRUE.equals(outcome.scan(reactor.core.Scannable.Attr.TERMINATED));
    }

    void leave() {
      caller.dispose();
    }
  }

  private static Asked subscribe(Mono<ScanOutcome> asking) {
    Asked asked = new Asked();
    asked.caller = asking.subscribe(asked.outcome::tryEmitValue, asked.outcome::tryEmitError);
    return asked;
  }

  private Asked ask(ScheduledScanner scanner, EnvelopeRecord message) {
    return subscribe(scanner.ask(scheduling.about(message)));
  }

  private Asked ask(ScheduledScanner scanner, String content) {
    return ask(scanner, Messages.inMemory(content));
  }

  private ScheduledScanner scanner() {
    return scheduling.of(fake);
  }

  private ScheduledScanner keeping() {
    ScheduledScanner scanner = scheduling.of(fake);
    scanner.version().ask();
    return scanner;
  }

  private Scan last() {
    return fake.scans.getLast();
  }

  private double meter(String name, String tag, String value) {
    return scheduling.meters.get("gatepost.scanner." + name).tag(tag, value).counter().count();
  }

  private static Provenance internal(String peer) {
    return Messages.from(peer, Provenance.Origin.INTERNAL);
  }

  private static Provenance external(String peer) {
    return Messages.from(peer, Provenance.Origin.EXTERNAL);
  }

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

  private void teachThatAScanTakes(ScheduledScanner scanner, Duration time) {
    long began = System.nanoTime();
    Asked first = ask(scanner, "first");
    await().until(() -> System.nanoTime() - began > time.toNanos());
    last().answers(ScannerAnswer.GOOD);
    assertThat(first.result()).isInstanceOf(Answered.class);
  }

  @Test
  void aScanWithTimeEnoughIsStarted() {
    ScheduledScanner scanner = scanner();
    teachThatAScanTakes(scanner, Duration.ofMillis(50));

    subscribe(Deadline.within(PATIENCE, scanner.ask(scheduling.about(Messages.inMemory("x")))));

    assertThat(fake.scans).hasSize(2);
  }

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

  @Test
  void aKnownAnswerTakesNoSlotAndComesWhileTheScannerIsLeftAlone() {
    ScheduledScanner scanner = keeping();
    ask(scanner, "spam");
    last().answers(WORM);
    scheduling.circuit.transitionToForcedOpenState();

    assertThat(ask(scanner, "spam").result()).isEqualTo(new Answered(WORM, true));
    assertThat(fake.scans).hasSize(1);
    assertThat(meter("cache", "result", "hit")).isEqualTo(1);
    assertThat(scheduling.meters.get("gatepost.scanner.cache.saved").functionCounter().count())
        .isPositive();
  }

  @Test
  void equalScansUnderWayAreOne() {
    scheduling.slots = 4;
    ScheduledScanner scanner = keeping();
    List<Asked> asked = List.of(ask(scanner, "spam"), ask(scanner, "spam"), ask(scanner, "spam"));

    assertThat(fake.scans).hasSize(1);
    assertThat(scanner.slots().running()).isEqualTo(1);
    last().answers(WORM);

    assertThat(asked).allSatisfy(each -> assertThat(each.result()).isInstanceOf(Answered.class));
    assertThat(meter("cache", "result", "joined")).isEqualTo(2);
  }

  @Test
  void equalScansThatWaitAreAnsweredByTheFirst() {
    ScheduledScanner scanner = keeping();
    ask(scanner, "other");
    List<Asked> asked = List.of(ask(scanner, "spam"), ask(scanner, "spam"), ask(scanner, "spam"));
    last().answers(ScannerAnswer.GOOD);

    last().answers(WORM);

    assertThat(asked).allSatisfy(each -> assertThat(each.result()).isInstanceOf(Answered.class));
    assertThat(fake.scans).hasSize(2);
    assertThat(scanner.slots().running()).isZero();
  }

  @Test
  void whoAsksAfreshGetsAScanOfTheirOwn() {
    ScheduledScanner scanner = keeping();
    EnvelopeRecord message = Messages.inMemory("spam");
    ask(scanner, message);
    last().answers(WORM);

    Asked afresh =
        subscribe(scanner.ask(scheduling.about(message, new ScanTerms(Moment.ASKED_AFRESH, 0))));
    last().answers(ScannerAnswer.GOOD);

    assertThat(afresh.result()).isEqualTo(new Answered(ScannerAnswer.GOOD, false));
    assertThat(fake.scans).hasSize(2);
    assertThat(ask(scanner, message).result()).isEqualTo(new Answered(ScannerAnswer.GOOD, true));
  }

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

  @Test
  void newSignaturesMakeOldAnswersWorthNothing() {
    ScheduledScanner scanner = keeping();
    scanner.start();
    ask(scanner, "x");
    last().answers(ScannerAnswer.GOOD);

    fake.version = Mono.just("2");
    scanner.version().ask();
    await().untilAsserted(() -> assertThat(scanner.version().version()).contains("2"));
    ask(scanner, "x");

    assertThat(fake.scans).hasSize(2);
    scanner.close();
  }

  @Test
  void aScannerWithoutAVersionIsNotKept() {
    fake.version = Mono.empty();
    ScheduledScanner scanner = keeping();
    ask(scanner, "x");
    last().answers(ScannerAnswer.GOOD);
    ask(scanner, "x");

    assertThat(fake.scans).hasSize(2);
  }

  @Test
  void aScannerThatDoesNotTellItsVersionKeepsTheOneThatItHad() {
    ScheduledScanner scanner = keeping();
    fake.version = Mono.error(new ScannerFailedException(Kind.UNREACHABLE, "connection refused"));
    scanner.version().ask();

    assertThat(scanner.version().version()).contains("1");
    assertThat(scanner.version().standing()).isEqualTo(VersionWatch.Standing.UNREACHABLE);
    assertThat(scanner.version().trouble()).isEqualTo("connection refused");
  }

  @Test
  void whatAScannerWasToldCountsUnlessItGoesByTheContent() {
    ScheduledScanner scanner = keeping();
    ask(scanner, Messages.inMemory("x", external("192.0.2.1")));
    last().answers(WORM);

    assertThat(ask(scanner, Messages.inMemory("x", external("192.0.2.2"))).result())
        .isEqualTo(new Answered(WORM, true));
    fake.scope = Scanner.Scope.MESSAGE;
    ask(scanner, Messages.inMemory("x", external("192.0.2.1")));
    last().answers(WORM);
    assertThat(ask(scanner, Messages.inMemory("x", external("192.0.2.1"))).result())
        .isEqualTo(new Answered(WORM, true));
    ask(scanner, Messages.inMemory("x", external("192.0.2.2")));

    assertThat(fake.scans).hasSize(3);
  }

  @Test
  void ourOwnFieldsDoNotCount() {
    ScheduledScanner scanner = keeping();
    subscribe(scanner.ask(scheduling.about(Messages.inMemory("one: 1\r\nx"), ScanTerms.online(8))));
    last().answers(WORM);

    Asked copy =
        subscribe(
            scanner.ask(scheduling.about(Messages.inMemory("two: 22\r\nx"), ScanTerms.online(9))));

    assertThat(copy.result()).isEqualTo(new Answered(WORM, true));
  }
}
