package io.gatepost.routing.sql;

import com.github.benmanes.caffeine.cache.Cache;
import io.gatepost.routing.chain.RouterResult;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.cache.CaffeineCacheMetrics;
import java.util.concurrent.TimeUnit;

/// Metrics of the SQL source; those of its slots are its gate's.
final class SqlMeters {

  private static final String ANSWERS = "gatepost.routing.sql.answers";

  private final MeterRegistry registry;
  private final Counter found;
  private final Counter unknown;
  private final Counter busy;
  private final Counter away;
  private final Counter unusable;
  private final Timer questions;

  SqlMeters(MeterRegistry registry) {
    this.registry = registry;
    this.found = answers("found");
    this.unknown = answers("unknown");
    this.busy = answers("busy");
    this.away = answers("away");
    this.unusable = answers("unusable");
    this.questions =
        Timer.builder("gatepost.routing.sql.questions")
            .description("Time that the database took to answer for an address")
            .register(registry);
  }

  private Counter answers(String result) {
    return Counter.builder(ANSWERS)
        .description("What the database said of addresses, or why it was not told")
        .tag("result", result)
        .register(registry);
  }

  void watch(Cache<?, ?> cache) {
    CaffeineCacheMetrics.monitor(registry, cache, "gatepost.routing.sql");
  }

  void watch(DomainWatch domains) {
    Gauge.builder("gatepost.routing.sql.domains", domains, DomainWatch::size)
        .description("Domains of the built-in tables")
        .register(registry);
    Gauge.builder("gatepost.routing.sql.reached", domains, each -> each.isReached() ? 1 : 0)
        .description("1 while the built-in tables can be read")
        .register(registry);
  }

  void asked(long nanos) {
    questions.record(nanos, TimeUnit.NANOSECONDS);
  }

  void answered(RouterResult result) {
    (result instanceof RouterResult.NoMatch ? unknown : found).increment();
  }

  void busy() {
    busy.increment();
  }

  void away() {
    away.increment();
  }

  void unusable() {
    unusable.increment();
  }
}
