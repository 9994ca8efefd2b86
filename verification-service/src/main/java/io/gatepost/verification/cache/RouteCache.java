package io.gatepost.verification.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Ticker;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.routing.RouteAnswer;
import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.contract.rpc.Known;
import io.gatepost.gate.GateRefusedException;
import io.gatepost.gate.SingleFlight;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.cache.CaffeineCacheMetrics;
import java.time.Duration;
import java.util.function.Function;
import reactor.core.publisher.Mono;

/// Remembers routes in memory for a short time, good and bad ones for their own times. What cannot
/// be told is never remembered, nor what a user's own rules say, which change at any moment (C20).
/// Equal questions share one look-up, which goes on when those who asked have gone (requirement
/// D7).
public final class RouteCache {

  /// Look-ups that run at a time; beyond it a recipient cannot be told now.
  static final int MAX_RUNNING = 10_000;

  private static final RouteAnswer TOO_MANY =
      new RouteAnswer.TryLater(Reason.SERVICE_UNAVAILABLE, Replies.ROUTING_UNAVAILABLE);

  private final Cache<RouteRequest, RouteAnswer> known;
  private final SingleFlight<RouteRequest, RouteAnswer> lookUps;

  /// @param good how long a good route is remembered
  /// @param bad how long a refusal is
  /// @param size how many final addresses at most
  /// @param lookUps those that run, see [#lookUps()]
  public RouteCache(
      Duration good,
      Duration bad,
      long size,
      SingleFlight<RouteRequest, RouteAnswer> lookUps,
      MeterRegistry meters) {
    this(good, bad, size, lookUps, meters, Ticker.systemTicker());
  }

  RouteCache(
      Duration good,
      Duration bad,
      long size,
      SingleFlight<RouteRequest, RouteAnswer> lookUps,
      MeterRegistry meters,
      Ticker ticker) {
    this.lookUps = lookUps;
    this.known =
        Caffeine.newBuilder()
            .maximumWeight(size)
            .weigher((RouteRequest request, RouteAnswer answer) -> weight(answer))
            .ticker(ticker)
            .recordStats()
            .expireAfter(
                Expiry.<RouteRequest, RouteAnswer>creating(
                    (request, answer) -> lifetime(answer, good, bad)))
            .build();
    CaffeineCacheMetrics.monitor(meters, known, "gatepost.verification");
    Gauge.builder("gatepost.verification.cache.hit.ratio", known, cache -> cache.stats().hitRate())
        .description("Routes from memory among those that took time, since the start")
        .register(meters);
    Gauge.builder("gatepost.verification.running", lookUps, SingleFlight::running).register(meters);
  }

  /// The look-ups of a process, each question once at a time.
  public static SingleFlight<RouteRequest, RouteAnswer> lookUps() {
    return new SingleFlight<>("recipients", MAX_RUNNING);
  }

  /// The answer to a question, remembered or asked for. One that costs nothing, from a table in
  /// this process, is neither kept nor waited for.
  public Mono<RouteAnswer> get(
      RouteRequest request, Function<RouteRequest, Mono<RouteAnswer>> ask) {
    RouteAnswer remembered = known.getIfPresent(request);
    if (remembered != null) {
      return Mono.just(remembered);
    }
    Mono<RouteAnswer> answer = lookUps.call(request, () -> remembered(request, ask));
    return Known.isKnown(answer)
        ? answer
        : answer.onErrorReturn(GateRefusedException.class, TOO_MANY);
  }

  /// Forgets every route.
  public void clear() {
    known.invalidateAll();
  }

  /// How many routes are remembered, after what has expired or is too much has been dropped.
  long size() {
    known.cleanUp();
    return known.estimatedSize();
  }

  /// Remembers an answer before its callers get it.
  private Mono<RouteAnswer> remembered(
      RouteRequest request, Function<RouteRequest, Mono<RouteAnswer>> ask) {
    Mono<RouteAnswer> answer = ask.apply(request);
    return Known.isKnown(answer) ? answer : answer.doOnNext(found -> remember(request, found));
  }

  private void remember(RouteRequest request, RouteAnswer answer) {
    switch (answer.validity()) {
      case LASTING -> known.put(request, answer);
      case MOMENTARY -> {}
    }
  }

  private static int weight(RouteAnswer answer) {
    return switch (answer) {
      case RouteAnswer.Resolved(var legs, var dead, var undecided, var _) ->
          legs.size() + dead.size() + undecided.size();
      case RouteAnswer.Refused _, RouteAnswer.TryLater _ -> 1;
    };
  }

  private static Duration lifetime(RouteAnswer answer, Duration good, Duration bad) {
    return switch (answer) {
      case RouteAnswer.Resolved _ -> good;
      case RouteAnswer.Refused _, RouteAnswer.TryLater _ -> bad;
    };
  }
}
