package io.gatepost.scanner.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.Provenance;
import io.gatepost.scanner.FakeScanner;
import io.gatepost.scanner.FakeScanner.Scan;
import io.gatepost.scanner.Messages;
import io.gatepost.scanner.Scheduling;
import io.gatepost.scanner.plan.ScanOutcome;
import io.gatepost.scanner.plan.ScanOutcome.Answered;
import io.gatepost.scanner.scan.ScannerAnswer;
import java.time.Duration;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/// A scanner with slots, over one that answers when a test says.
abstract class ScheduledScannerFixture {

  static final ScannerAnswer WORM = ScannerAnswer.bad("worm");
  static final Duration PATIENCE = Duration.ofSeconds(30);

  final FakeScanner fake = new FakeScanner();
  final Scheduling scheduling = new Scheduling();

  /// A question that was asked, and what has come of it.
  static final class Asked {
    final Sinks.One<ScanOutcome> outcome = Sinks.one();
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

  static Asked subscribe(Mono<ScanOutcome> asking) {
    Asked asked = new Asked();
    asked.caller = asking.subscribe(asked.outcome::tryEmitValue, asked.outcome::tryEmitError);
    return asked;
  }

  Asked ask(ScheduledScanner scanner, EnvelopeRecord message) {
    return subscribe(scanner.ask(scheduling.about(message)));
  }

  Asked ask(ScheduledScanner scanner, String content) {
    return ask(scanner, Messages.inMemory(content));
  }

  ScheduledScanner scanner() {
    return scheduling.of(fake);
  }

  ScheduledScanner keeping() {
    ScheduledScanner scanner = scheduling.of(fake);
    scanner.version().ask();
    return scanner;
  }

  Scan last() {
    return fake.scans.getLast();
  }

  double meter(String name, String tag, String value) {
    return scheduling.meters.get("gatepost.scanner." + name).tag(tag, value).counter().count();
  }

  static Provenance internal(String peer) {
    return Messages.from(peer, Provenance.Origin.INTERNAL);
  }

  static Provenance external(String peer) {
    return Messages.from(peer, Provenance.Origin.EXTERNAL);
  }

  void teachThatAScanTakes(ScheduledScanner scanner, Duration time) {
    long began = System.nanoTime();
    Asked first = ask(scanner, "first");
    await().until(() -> System.nanoTime() - began > time.toNanos());
    last().answers(ScannerAnswer.GOOD);
    assertThat(first.result()).isInstanceOf(Answered.class);
  }
}
