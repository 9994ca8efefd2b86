package io.gatepost.edge.intake;

import io.gatepost.contract.delivery.EarlyResult;
import io.gatepost.contract.delivery.EarlyResult.Why;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/// How many messages are delivered before their clients have the reply, and why others are not. All
/// counters are there from the start.
final class EarlyMeters {

  private final Map<End, Counter> ends = new EnumMap<>(End.class);
  private final Map<Own, Counter> own = new EnumMap<>(Own.class);
  private final Map<Why, Counter> why = new EnumMap<>(Why.class);

  /// The answer to an attempt.
  enum End {
    DELIVERED,
    REFUSED,
    TRY_LATER,
    GOES_ON,
    /// There was none: what became of the attempt is found out.
    UNANSWERED
  }

  /// Why the edge itself does not have a message attempted.
  enum Own {
    /// It is switched off.
    OFF,
    /// The message has more recipients than are attempted at once.
    TOO_MANY_RECIPIENTS,
    /// It was accepted unscanned.
    OWES_SCAN,
    /// The delivery-service cannot be reached, or does not take it.
    DELIVERY_AWAY
  }

  EarlyMeters(MeterRegistry registry) {
    for (End each : End.values()) {
      ends.put(
          each,
          Counter.builder("gatepost.edge.early.attempts")
              .description("Messages that were attempted before the reply, by what came of it")
              .tag("result", label(each))
              .register(registry));
    }
    for (Own each : Own.values()) {
      own.put(each, passedOver(registry, label(each)));
    }
    for (Why each : Why.values()) {
      why.put(each, passedOver(registry, each.label()));
    }
  }

  private static Counter passedOver(MeterRegistry registry, String reason) {
    return Counter.builder("gatepost.edge.early.passed.over")
        .description("Messages that were queued without an attempt before the reply")
        .tag("reason", reason)
        .register(registry);
  }

  void ended(EarlyResult result) {
    switch (result) {
      case EarlyResult.Delivered _ -> count(ends, End.DELIVERED);
      case EarlyResult.Refused _ -> count(ends, End.REFUSED);
      case EarlyResult.TryLater _ -> count(ends, End.TRY_LATER);
      case EarlyResult.GoesOn _ -> count(ends, End.GOES_ON);
      case EarlyResult.NotTried(var reason) -> count(why, reason);
    }
  }

  void unanswered() {
    count(ends, End.UNANSWERED);
  }

  void passedOver(Own reason) {
    count(own, reason);
  }

  private static <E extends Enum<E>> void count(Map<E, Counter> counters, E which) {
    Counter counter = counters.get(which);
    if (counter != null) {
      counter.increment();
    }
  }

  private static String label(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
