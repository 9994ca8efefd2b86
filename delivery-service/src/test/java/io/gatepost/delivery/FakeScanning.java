package io.gatepost.delivery;

import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.scanning.ScanDecision;
import io.gatepost.contract.scanning.ScanReport;
import io.gatepost.contract.scanning.ScanTerms;
import io.gatepost.contract.scanning.Scanning;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/// Scanners whose answer is set; they find nothing at first.
public final class FakeScanning implements Scanning {

  /// The messages that they were asked about, in order.
  public final List<EnvelopeRecord> asked = new CopyOnWriteArrayList<>();

  /// Answers that are still to come, where they [#hang].
  public final List<Sinks.One<ScanReport>> open = new CopyOnWriteArrayList<>();

  private volatile Supplier<Mono<ScanReport>> answer = () -> Mono.just(ScanReport.CLEAN);

  /// From now on this is decided.
  public void decide(ScanDecision decision) {
    answer = () -> Mono.just(new ScanReport(decision, List.of()));
  }

  /// From now on scans fail.
  public void fail(RuntimeException error) {
    answer = () -> Mono.error(error);
  }

  /// From now on scans wait for what is given to [#open].
  public void hang() {
    answer =
        () -> {
          Sinks.One<ScanReport> one = Sinks.one();
          open.add(one);
          return one.asMono();
        };
  }

  @Override
  public Mono<ScanReport> scan(EnvelopeRecord message, ScanTerms terms) {
    if (terms.moment() != ScanTerms.Moment.LATE) {
      throw new AssertionError("scan of " + terms + " (expected: late)");
    }
    asked.add(message);
    return answer.get();
  }
}
