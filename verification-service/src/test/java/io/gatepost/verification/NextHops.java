package io.gatepost.verification;

import io.gatepost.contract.delivery.Delivery;
import io.gatepost.verification.cache.AnswerKeeper;
import io.gatepost.verification.cache.CalloutCache;
import io.gatepost.verification.cache.Cutoffs;
import io.gatepost.verification.cache.KnownAnswers;
import io.gatepost.verification.cache.Lifetimes;
import io.gatepost.verification.callout.CalloutRule;
import io.gatepost.verification.callout.CalloutRule.Asked;
import io.gatepost.verification.callout.CalloutRule.Late;
import io.gatepost.verification.callout.CalloutRule.ProbeSender;
import io.gatepost.verification.callout.Subject;
import io.gatepost.verification.probe.BackEnds;
import io.gatepost.verification.probe.CallForward;
import io.gatepost.verification.probe.CalloutMeters;
import io.gatepost.verification.probe.CalloutRules;
import io.gatepost.verification.probe.Callouts;
import io.gatepost.verification.probe.Purpose;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/// Call-forward over a fake delivery, as a test needs it.
public final class NextHops {

  public static final CalloutRule TABLES =
      new CalloutRule(Asked.TABLES, ProbeSender.NULL, Late.LATER);
  public static final CalloutRule NONE = new CalloutRule(Asked.NONE, ProbeSender.NULL, Late.LATER);

  public static final Lifetimes LIFETIMES =
      new Lifetimes(
          Duration.ofHours(24),
          Duration.ofMinutes(30),
          Duration.ofSeconds(60),
          Duration.ofMinutes(10));

  /// Asks nobody.
  public static final CallForward UNASKED = new NextHops(new FakeDelivery(), NONE).callForward();

  public final MeterRegistry meters = new SimpleMeterRegistry();
  public InstantSource clock = InstantSource.system();
  public Duration timeout = Duration.ofSeconds(10);
  public BackEnds.Limits limits = new BackEnds.Limits(100, 10_000);

  private final Delivery delivery;
  private final CalloutRule rule;
  private Optional<CalloutCache> cache = Optional.empty();
  private final Cutoffs cutoffs = new Cutoffs();

  public NextHops(Delivery delivery, CalloutRule rule) {
    this.delivery = delivery;
    this.rule = rule;
  }

  public CalloutCache cache() {
    cache =
        cache.or(() ->
            Optional.of(
                new CalloutCache(
                    LIFETIMES, 100_000, "gatepost.verification.callout", clock, meters)));
    return cache.get();
  }

  /// Forgets an address or a domain; returns how many answers were kept under it.
  public int forget(String what) {
    return new KnownAnswers(cache(), cache(), cutoffs, Optional.empty(), clock)
        .forget(Subject.of(what))
        .answers();
  }

  public CallForward callForward() {
    return callForward(Optional.empty());
  }

  public CallForward callForward(Optional<AnswerKeeper> keeper) {
    CalloutMeters figures = new CalloutMeters(meters);
    return new CallForward(
        Purpose.RECIPIENTS,
        new CalloutRules(rule, Map.of()),
        new Callouts(
            new BackEnds(delivery, limits, meters), cache(), cutoffs, keeper, clock, figures),
        timeout,
        figures);
  }
}
