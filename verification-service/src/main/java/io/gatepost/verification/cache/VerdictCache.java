package io.gatepost.verification.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.contract.rpc.Deadline;
import io.gatepost.contract.rpc.Known;
import io.gatepost.contract.verification.RecipientVerdict;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.cache.CaffeineCacheMetrics;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;
import reactor.core.publisher.Mono;

/// Remembers verdicts in memory (requirement D12: nothing is written to disk), good and bad ones
/// for their own times, with the refusal's own words (D6). What cannot be told is never remembered.
/// Equal questions share one look-up, which goes on when those who asked have gone (D7, D9).
public final class VerdictCache {

  /// Look-ups that run at a time; beyond it a recipient cannot be told now.
  static final int MAX_RUNNING = 10_000;

  private static final RecipientVerdict TOO_MANY =
      new RecipientVerdict.Unknown(Reason.SERVICE_UNAVAILABLE, Replies.ROUTING_UNAVAILABLE);

  private final Cache<RouteRequest, RecipientVerdict> known;
  private final ConcurrentMap<RouteRequest, Mono<RecipientVerdict>> running =
      new ConcurrentHashMap<>();

  /// @param good how long a good verdict is remembered
  /// @param bad how long a bad one is
  /// @param size how many at most
  public VerdictCache(Duration good, Duration bad, long size, MeterRegistry meters) {
    this.known =
        Caffeine.newBuilder()
            .maximumSize(size)
            .recordStats()
            .expireAfter(
                Expiry.<RouteRequest, RecipientVerdict>creating(
                    (request, verdict) -> lifetime(verdict, good, bad)))
            .build();
    CaffeineCacheMetrics.monitor(meters, known, "gatepost.verification");
    Gauge.builder("gatepost.verification.cache.hit.ratio", known, cache -> cache.stats().hitRate())
        .description("Answers from memory among those that took time, since the start")
        .register(meters);
    Gauge.builder("gatepost.verification.running", running, Map::size).register(meters);
  }

  /// The verdict on a question, remembered or asked for. An answer that costs nothing, from a table
  /// in this process, is neither kept nor waited for.
  public Mono<RecipientVerdict> get(
      RouteRequest request, Function<RouteRequest, Mono<RecipientVerdict>> ask) {
    RecipientVerdict remembered = known.getIfPresent(request);
    if (remembered != null) {
      return Mono.just(remembered);
    }
    Mono<RecipientVerdict> shared = running.get(request);
    if (shared != null) {
      return shared;
    }
    Mono<RecipientVerdict> answer = ask.apply(request);
    if (Known.isKnown(answer)) {
      return answer;
    }
    if (running.size() >= MAX_RUNNING) {
      return Mono.just(TOO_MANY);
    }
    return Mono.defer(() -> running.computeIfAbsent(request, key -> share(key, answer)));
  }

  /// How many verdicts are remembered, after what has expired or is too much has been dropped.
  long size() {
    known.cleanUp();
    return known.estimatedSize();
  }

  private Mono<RecipientVerdict> share(RouteRequest request, Mono<RecipientVerdict> answer) {
    // cache() never cancels its source: the look-up outlives whoever asked, and their deadline.
    return Deadline.detached(answer)
        .doOnNext(verdict -> remember(request, verdict))
        .doFinally(signal -> running.remove(request))
        .cache();
  }

  private void remember(RouteRequest request, RecipientVerdict verdict) {
    switch (verdict) {
      case RecipientVerdict.Good _, RecipientVerdict.Bad _ -> known.put(request, verdict);
      case RecipientVerdict.Unknown _ -> {}
    }
  }

  private static Duration lifetime(RecipientVerdict verdict, Duration good, Duration bad) {
    return switch (verdict) {
      case RecipientVerdict.Good _ -> good;
      case RecipientVerdict.Bad _, RecipientVerdict.Unknown _ -> bad;
    };
  }
}
