package io.gatepost.routing;

import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.routing.RouteAnswer;
import io.gatepost.contract.routing.RouteExplanation;
import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.contract.routing.Routing;
import io.gatepost.contract.rpc.Known;
import io.gatepost.routing.chain.RoutingChain;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Map;
import reactor.core.publisher.Mono;

/// The Routing port on the chain, counted.
final class ChainRouting implements Routing {

  private final RoutingChain chain;
  private final Counter resolved;
  private final Map<Reason, Counter> refused = new EnumMap<>(Reason.class);
  private final Map<Reason, Counter> later = new EnumMap<>(Reason.class);

  ChainRouting(RoutingChain chain, MeterRegistry meters) {
    this.chain = chain;
    this.resolved =
        meters.counter("gatepost.routing.answers", "result", "resolved", "reason", "none");
    for (Reason reason : Reason.values()) {
      refused.put(
          reason,
          meters.counter(
              "gatepost.routing.answers", "result", "refused", "reason", reason.label()));
      later.put(
          reason,
          meters.counter(
              "gatepost.routing.answers", "result", "try_later", "reason", reason.label()));
    }
  }

  @Override
  public Mono<RouteAnswer> route(RouteRequest request) {
    Mono<RouteAnswer> answer = chain.route(request);
    if (Known.isKnown(answer)) {
      count(Known.value(answer)); // stays a Mono that is known at once
      return answer;
    }
    return answer.doOnNext(this::count);
  }

  @Override
  public Mono<RouteExplanation> explain(RouteRequest request) {
    return chain.explain(request);
  }

  private void count(@org.jspecify.annotations.Nullable RouteAnswer answer) {
    switch (answer) {
      case RouteAnswer.Resolved _ -> resolved.increment();
      case RouteAnswer.Refused(var reason, var _) -> increment(refused.get(reason));
      case RouteAnswer.TryLater(var reason, var _) -> increment(later.get(reason));
      case null -> {}
    }
  }

  private static void increment(@org.jspecify.annotations.Nullable Counter counter) {
    if (counter != null) {
      counter.increment();
    }
  }
}
