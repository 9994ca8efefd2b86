package io.gatepost.queue.quarantine;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/// Meters of the quarantine. All of them are there from the start.
final class QuarantineMeters {

  private final Counter put;
  private final Counter refused;
  private final Counter released;
  private final Counter deleted;
  private final Counter expired;
  private volatile long messages;
  private volatile long octets;

  QuarantineMeters(MeterRegistry registry) {
    put = counter(registry, "put", "Messages put aside");
    refused = counter(registry, "refused", "Messages that could not be put aside");
    released = counter(registry, "released", "Messages released from the quarantine");
    deleted = counter(registry, "deleted", "Messages that an operator has deleted");
    expired = counter(registry, "expired", "Messages deleted at the end of their time");
    Gauge.builder("gatepost.quarantine.messages", this, each -> each.messages)
        .description("Messages in the quarantine, when last looked at")
        .register(registry);
    Gauge.builder("gatepost.quarantine.octets", this, each -> each.octets)
        .description("Octets of their content")
        .register(registry);
  }

  void put() {
    put.increment();
  }

  void refused() {
    refused.increment();
  }

  void released() {
    released.increment();
  }

  void deleted(int count) {
    deleted.increment(count);
  }

  void expired(int count) {
    expired.increment(count);
  }

  void holds(QuarantineIndex.Total total) {
    messages = total.messages();
    octets = total.octets();
  }

  private static Counter counter(MeterRegistry registry, String name, String description) {
    return Counter.builder("gatepost.quarantine." + name)
        .description(description)
        .register(registry);
  }
}
