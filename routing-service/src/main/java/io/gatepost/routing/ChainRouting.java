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
import java.util.function.UnaryOperator;
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
    return Known.map(chain.route(request), this::counted, UnaryOperator.identity());
  }

  @Override
  public Mono<RouteExplanation> explain(RouteRequest request) {
    return chain.explain(request);
  }

  private RouteAnswer counted(RouteAnswer answer) {
    switch (answer) {
      case RouteAnswer.Resolved _ -> resolved.increment();
      case RouteAnswer.Refused(var reason, var _, var _) -> increment(refused.get(reason));
      case RouteAnswer.TryLater(var reason, var _) -> increment(later.get(reason));
    }
    return answer;
  }

  private static void increment(@org.jspecify.annotations.Nullable Counter counter) {
    if (counter != null) {
      counter.increment();
    }
  }
}
