package io.gatepost.delivery.early;

import io.gatepost.contract.delivery.EarlyResult;
import io.gatepost.contract.delivery.EarlyResult.Why;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/// Counts the results of early attempts, and what becomes of those whose messages go on: each
/// `goes_on` and `not_tried` is a record of the log, so together they say why there are any
/// (requirement F7).
public final class EarlyMeters {

  private final MeterRegistry registry;
  private final Timer time;
  private final Counter delivered;
  private final Counter refused;
  private final Map<Cause, Counter> tryLater = new EnumMap<>(Cause.class);
  private final Map<Cause, Counter> goesOn = new EnumMap<>(Cause.class);
  private final Map<Why, Counter> notTried = new EnumMap<>(Why.class);
  private final Map<Join, Counter> joined = new EnumMap<>(Join.class);
  private final Counter forgotten;

  /// The state in which the record of a message has found its attempt.
  enum Join {
    /// The attempt was still running.
    RUNNING,
    /// It had ended, and waited for the record.
    ENDED,
    /// It had ended with an answer that the edge never got.
    REMEMBERED,
    /// It had been broken off.
    BROKEN_OFF
  }

  public EarlyMeters(MeterRegistry registry) {
    this.registry = registry;
    this.time =
        Timer.builder("gatepost.delivery.early.time")
            .description("From the call to its answer, of attempts while the client waits")
            .register(registry);
    this.delivered = attempts("delivered", Cause.NONE.label());
    this.refused = attempts("refused", Cause.NONE.label());
    for (Cause cause : List.of(Cause.REFUSED, Cause.WITHDRAWN)) {
      tryLater.put(cause, attempts("try_later", cause.label()));
    }
    for (Cause cause : List.of(Cause.BUDGET, Cause.DEFERRED, Cause.REFUSED, Cause.UNANSWERED)) {
      goesOn.put(cause, attempts("goes_on", cause.label()));
    }
    for (Why why : Why.values()) {
      notTried.put(why, attempts("not_tried", why.label()));
    }
    for (Join join : Join.values()) {
      joined.put(
          join,
          Counter.builder("gatepost.delivery.early.joined")
              .description("Records that were read of messages with an early attempt")
              .tag("attempt", join.name().toLowerCase(Locale.ROOT))
              .register(registry));
    }
    this.forgotten =
        Counter.builder("gatepost.delivery.early.forgotten")
            .description("Early attempts whose records never came")
            .register(registry);
  }

  private Counter attempts(String result, String why) {
    return Counter.builder("gatepost.delivery.early.attempts")
        .description("Messages that were to be delivered while the client waits, by result")
        .tag("result", result)
        .tag("why", why)
        .register(registry);
  }

  void told(EarlyResult result, Cause cause) {
    Counter counter =
        switch (result) {
          case EarlyResult.Delivered _ -> delivered;
          case EarlyResult.Refused _ -> refused;
          case EarlyResult.TryLater _ -> tryLater.get(cause);
          case EarlyResult.GoesOn _ -> goesOn.get(cause);
          case EarlyResult.NotTried(var why) -> notTried.get(why);
        };
    Objects.requireNonNull(counter, () -> result + " " + cause).increment();
  }

  void took(long nanos) {
    time.record(nanos, TimeUnit.NANOSECONDS);
  }

  void joined(Join join) {
    Objects.requireNonNull(joined.get(join)).increment();
  }

  void forgotten() {
    forgotten.increment();
  }
}
