package io.gatepost.delivery.late;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.ToDoubleFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Counts late scans by verdict, and tells when they find too much.
public final class LateMeters {

  private static final Logger log = LoggerFactory.getLogger(LateMeters.class);
  private static final String DONE = "gatepost.delivery.late.scans";

  private final MeterRegistry registry;
  private final FindRate rate;
  private final int findsPerHour;
  private final LongSupplier nanos;
  private final Counter clear;
  private final Counter refused;
  private final Counter aside;
  private final Counter later;

  /// @param findsPerHour that are borne; beyond them the operator is told
  /// @param nanos a monotonic clock
  public LateMeters(MeterRegistry registry, int findsPerHour, LongSupplier nanos) {
    this.registry = registry;
    this.rate = new FindRate(findsPerHour);
    this.findsPerHour = findsPerHour;
    this.nanos = nanos;
    this.clear = counter("clear");
    this.refused = counter("refused");
    this.aside = counter("quarantine");
    this.later = counter("later");
    Gauge.builder(
            "gatepost.delivery.late.excess",
            rate,
            known -> known.isExceeded(nanos.getAsLong()) ? 1 : 0)
        .description("1: late scans find more in an hour than is borne")
        .register(registry);
  }

  private Counter counter(String verdict) {
    return Counter.builder(DONE)
        .description("Scans of messages that were accepted unscanned")
        .tag("verdict", verdict)
        .register(registry);
  }

  /// Shows how much there is to scan.
  void show(LateBacklog backlog, InstantSource clock, IntSupplier waiting, IntSupplier running) {
    gauge("owed", "Messages that owe a scan", backlog, each -> each.state(now(clock)).messages());
    Gauge.builder(
            "gatepost.delivery.late.owed.size", backlog, each -> each.state(now(clock)).octets())
        .baseUnit("bytes")
        .description("Content of messages that owe a scan")
        .register(registry);
    Gauge.builder(
            "gatepost.delivery.late.owed.age",
            backlog,
            each -> each.state(now(clock)).age().toMillis() / 1000.0)
        .baseUnit("seconds")
        .description("Age of the oldest message that owes a scan")
        .register(registry);
    gauge("waiting", "Late scans that wait", waiting, IntSupplier::getAsInt);
    gauge("running", "Late scans under way", running, IntSupplier::getAsInt);
  }

  private static Instant now(InstantSource clock) {
    return clock.instant();
  }

  private <T> void gauge(String name, String text, T of, ToDoubleFunction<T> value) {
    Gauge.builder("gatepost.delivery.late." + name, of, value)
        .description(text)
        .strongReference(true)
        .register(registry);
  }

  void ended(LateVerdict verdict) {
    switch (verdict) {
      case LateVerdict.Clear _ -> clear.increment();
      case LateVerdict.Refused _ -> found(refused);
      case LateVerdict.Aside _ -> found(aside);
      case LateVerdict.Later _ -> later.increment();
    }
  }

  private void found(Counter verdict) {
    verdict.increment();
    if (rate.found(nanos.getAsLong())) {
      log.warn(
          "late scans have found something in more than {} messages within an hour:"
              + " mail that was accepted unscanned is bad too often",
          findsPerHour);
    }
  }
}
