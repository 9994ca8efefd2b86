package io.gatepost.scanner.schedule;

import io.gatepost.contract.scanning.ScannerResult.Outcome;
import io.gatepost.gate.Gate;
import io.gatepost.scanner.plan.ScanOutcome.Failure;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/// Meters of one scanner, all of them there from the start.
public final class ScannerMeters {

  private static final String TAG = "scanner";

  private final Map<Outcome, Counter> outcomes = new EnumMap<>(Outcome.class);
  private final Map<Failure, Counter> failures = new EnumMap<>(Failure.class);
  private final Map<CacheAnswer, Counter> cache = new EnumMap<>(CacheAnswer.class);
  private final DoubleAdder savedSeconds = new DoubleAdder();
  private final Timer waited;
  private final Timer scanned;

  /// How a question for a known answer ends.
  enum CacheAnswer {
    HIT,
    /// The same was being scanned.
    JOINED,
    MISS
  }

  /// @param name of the scanner
  public ScannerMeters(String name, Gate slots, ScannerBreaker breaker, MeterRegistry meters) {
    for (Outcome outcome : Outcome.values()) {
      outcomes.put(
          outcome,
          Counter.builder("gatepost.scanner.verdicts")
              .description("Answers of scanners, by what they come to")
              .tags(TAG, name, "outcome", outcome.label())
              .register(meters));
    }
    for (Failure failure : Failure.values()) {
      failures.put(
          failure,
          Counter.builder("gatepost.scanner.failures")
              .description("Messages that a scanner gave no answer for, by the reason")
              .tags(TAG, name, "failure", failure.label())
              .register(meters));
    }
    for (CacheAnswer answer : CacheAnswer.values()) {
      cache.put(
          answer,
          Counter.builder("gatepost.scanner.cache")
              .description("Questions whether an answer is known from an earlier scan")
              .tags(TAG, name, "result", answer.name().toLowerCase(Locale.ROOT))
              .register(meters));
    }
    FunctionCounter.builder("gatepost.scanner.cache.saved", savedSeconds, DoubleAdder::sum)
        .description("Scan time that answers from earlier scans have saved")
        .baseUnit("seconds")
        .tag(TAG, name)
        .register(meters);
    waited = timer("gatepost.scanner.wait.time", "Time that scans waited for a slot", name, meters);
    scanned = timer("gatepost.scanner.scan.time", "Time that scans took in a slot", name, meters);
    gauge(
        "slots", "Scans that may run at a time", name, slots, meters, gate -> gate.state().limit());
    gauge("running", "Scans that run", name, slots, meters, Gate::running);
    gauge("waiting", "Scans that wait for a slot", name, slots, meters, Gate::waiting);
    gauge(
        "breaker",
        "State of the breaker: 0 closed, 1 half open, 2 open",
        name,
        breaker,
        meters,
        ScannerBreaker::level);
  }

  /// Counts the decision on an answer by the settings.
  public void decided(Outcome outcome) {
    count(outcomes.get(outcome));
  }

  void failed(Failure failure) {
    count(failures.get(failure));
  }

  void asked(CacheAnswer answer) {
    count(cache.get(answer));
  }

  void saved(Duration time) {
    savedSeconds.add(time.toNanos() / 1e9);
  }

  void waited(long nanos) {
    waited.record(Duration.ofNanos(nanos));
  }

  void scanned(long nanos) {
    scanned.record(Duration.ofNanos(nanos));
  }

  private static void count(@Nullable Counter counter) {
    if (counter != null) { // of a complete map
      counter.increment();
    }
  }

  private static Timer timer(String meter, String text, String name, MeterRegistry meters) {
    return Timer.builder(meter).description(text).tag(TAG, name).register(meters);
  }

  private static <T> void gauge(
      String meter,
      String text,
      String name,
      T of,
      MeterRegistry meters,
      ToDoubleFunction<T> value) {
    Gauge.builder("gatepost.scanner." + meter, of, value)
        .description(text)
        .tag(TAG, name)
        .register(meters);
  }
}
