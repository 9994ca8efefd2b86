package io.gatepost.routing.ldap;

import com.github.benmanes.caffeine.cache.Cache;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.cache.CaffeineCacheMetrics;
import java.util.concurrent.TimeUnit;

/// Metrics of the LDAP source. Slots and waiting questions are those of its gate.
final class LdapMeters {

  private final MeterRegistry registry;
  private final Timer searches;
  private final Counter found;
  private final Counter unknown;
  private final Counter unusable;
  private final Counter busy;
  private final Counter away;

  LdapMeters(MeterRegistry registry) {
    this.registry = registry;
    this.searches =
        Timer.builder("gatepost.routing.ldap.search.time")
            .description("Time that the directory took for an address")
            .register(registry);
    this.found = counter("found");
    this.unknown = counter("unknown");
    this.unusable = counter("unusable");
    this.busy = counter("busy");
    this.away = counter("away");
  }

  /// Counts the hits and misses of the cache.
  void watch(Cache<?, ?> cache) {
    CaffeineCacheMetrics.monitor(registry, cache, "ldap");
  }

  void searched(long nanos) {
    searches.record(nanos, TimeUnit.NANOSECONDS);
  }

  /// The directory knows an address.
  void found() {
    found.increment();
  }

  /// It has no entry for an address.
  void unknown() {
    unknown.increment();
  }

  /// Its data cannot be used.
  void unusable() {
    unusable.increment();
  }

  /// A question got no slot in time.
  void busy() {
    busy.increment();
  }

  /// The directory did not answer a question.
  void away() {
    away.increment();
  }

  private Counter counter(String result) {
    return Counter.builder("gatepost.routing.ldap.answers")
        .description("Questions to the directory, by what came of them")
        .tag("result", result)
        .register(registry);
  }
}
