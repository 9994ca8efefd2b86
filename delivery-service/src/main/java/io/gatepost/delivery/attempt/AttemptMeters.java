package io.gatepost.delivery.attempt;

import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.reply.Reason;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/// Counts attempts and their outcomes.
public final class AttemptMeters {

  private final Timer time;
  private final Counter delivered;
  private final Counter discarded;
  private final Map<Reason, Counter> deferred = new EnumMap<>(Reason.class);
  private final Map<Reason, Counter> failed = new EnumMap<>(Reason.class);
  private final Map<Reason, Counter> leftOut = new EnumMap<>(Reason.class);

  public AttemptMeters(MeterRegistry registry) {
    time = registry.timer("gatepost.delivery.attempt.time");
    delivered =
        registry.counter("gatepost.delivery.outcomes", "result", "delivered", "reason", "none");
    discarded =
        registry.counter("gatepost.delivery.outcomes", "result", "discarded", "reason", "none");
    for (Reason reason : Reason.values()) {
      deferred.put(reason, counter(registry, "deferred", reason));
      failed.put(reason, counter(registry, "failed", reason));
      leftOut.put(reason, counter(registry, "left_out", reason));
    }
  }

  private static Counter counter(MeterRegistry registry, String result, Reason reason) {
    return registry.counter(
        "gatepost.delivery.outcomes", "result", result, "reason", reason.label());
  }

  /// A dead member of an alias whose other members are served.
  void leftOut(Reason reason) {
    Objects.requireNonNull(leftOut.get(reason)).increment();
  }

  void ended(List<RecipientOutcome> outcomes, long nanos) {
    time.record(nanos, TimeUnit.NANOSECONDS);
    for (RecipientOutcome outcome : outcomes) {
      switch (outcome) {
        case RecipientOutcome.Delivered _ -> delivered.increment();
        case RecipientOutcome.Discarded _ -> discarded.increment();
        case RecipientOutcome.Deferred(var _, var reason, var _) ->
            Objects.requireNonNull(deferred.get(reason)).increment();
        case RecipientOutcome.Failed(var _, var reason, var _) ->
            Objects.requireNonNull(failed.get(reason)).increment();
      }
    }
  }
}
