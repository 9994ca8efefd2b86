package io.gatepost.verification.probe;

import io.gatepost.contract.delivery.ProbeAnswer;
import io.gatepost.verification.callout.Answer;
import io.gatepost.verification.callout.CalloutRule.Late;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;
import java.util.stream.Stream;

/// Meters of questions to next hops.
public final class CalloutMeters {

  private static final String PREFIX = "gatepost.verification.callout";

  private final MeterRegistry meters;
  private final Counter remembered;
  private final Counter asked;
  private final Timer time;
  private final Counter refreshed;
  private final Counter heard;
  private final Counter unaskedSenders;

  public CalloutMeters(MeterRegistry meters) {
    this.meters = meters;
    this.remembered = answers("cache");
    this.asked = answers("asked");
    this.time =
        Timer.builder(PREFIX + ".time")
            .description("Time that next hops took to answer, waiting included")
            .register(meters);
    this.refreshed =
        Counter.builder(PREFIX + ".refreshed")
            .description("Good addresses that were asked about again before they were forgotten")
            .register(meters);
    this.heard =
        Counter.builder(PREFIX + ".heard")
            .description("Answers to deliveries that have corrected the cache")
            .register(meters);
    this.unaskedSenders =
        Counter.builder(PREFIX + ".senders.unasked")
            .description("Senders told to come back, as too many others were refused by an address")
            .register(meters);
    Gauge.builder(PREFIX + ".hit.ratio", this, CalloutMeters::hitRatio)
        .description("Addresses answered from the cache among those that a next hop decides")
        .register(meters);
    // From the start, so that a rate of zero is seen.
    Stream.of(Answer.Kind.values()).map(CalloutMeters::result).forEach(this::results);
    Stream.of(ProbeAnswer.Stage.values()).map(CalloutMeters::result).forEach(this::results);
    Stream.of(Late.values()).forEach(this::lateAnswers);
  }

  private Counter answers(String from) {
    return Counter.builder(PREFIX + ".answers")
        .description("Addresses that a next hop decides, by where its answer came from")
        .tag("from", from)
        .register(meters);
  }

  private double hitRatio() {
    double all = remembered.count() + asked.count();
    return all == 0 ? 0 : remembered.count() / all;
  }

  void remembered() {
    remembered.increment();
  }

  void asked() {
    asked.increment();
  }

  void refreshed() {
    refreshed.increment();
  }

  void heard() {
    heard.increment();
  }

  void unaskedSender() {
    unaskedSenders.increment();
  }

  /// A question is over.
  void over(Heard heard, Duration took) {
    results(result(heard)).increment();
    time.record(took);
  }

  /// A client could not wait.
  void late(Late answer) {
    lateAnswers(answer).increment();
  }

  private Counter results(String result) {
    return Counter.builder(PREFIX)
        .description("Questions to next hops, by what came of them")
        .tag("result", result)
        .register(meters);
  }

  private Counter lateAnswers(Late answer) {
    return Counter.builder(PREFIX + ".late")
        .description("Clients that could not wait for a next hop, by what they were told")
        .tag("answer", answer.name().toLowerCase(Locale.ROOT))
        .register(meters);
  }

  static String result(Heard heard) {
    return switch (heard) {
      case Heard.OfRecipient(var _, var answer) -> result(answer.kind());
      case Heard.OfHost(var _, var refusal) -> result(refusal.stage());
      case Heard.Nothing(var reason, var _) -> "not_asked_" + reason.label();
    };
  }

  private static String result(Answer.Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  private static String result(ProbeAnswer.Stage stage) {
    return "host_" + stage.name().toLowerCase(Locale.ROOT);
  }
}
