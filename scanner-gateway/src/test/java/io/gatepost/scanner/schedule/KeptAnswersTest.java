package io.gatepost.scanner.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.scanning.ScanTerms;
import io.gatepost.contract.scanning.ScanTerms.Moment;
import io.gatepost.scanner.Messages;
import io.gatepost.scanner.plan.ScanOutcome.Answered;
import io.gatepost.scanner.scan.Scanner;
import io.gatepost.scanner.scan.ScannerAnswer;
import io.gatepost.scanner.scan.ScannerFailedException;
import io.gatepost.scanner.scan.ScannerFailedException.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/// Answers that are known, and scans that several wait for.
class KeptAnswersTest extends ScheduledScannerFixture {

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
