package io.gatepost.verification;

import io.gatepost.contract.process.LogPace;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.routing.RouteAnswer;
import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.contract.routing.Routing;
import io.gatepost.contract.rpc.Known;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.verification.cache.RouteCache;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/// The routes of addresses. Where routing does not answer, an address cannot be told now.
final class Routes {

  private static final Logger log = LoggerFactory.getLogger(Routes.class);

  private static final RouteAnswer UNAVAILABLE =
      new RouteAnswer.TryLater(Reason.SERVICE_UNAVAILABLE, Replies.ROUTING_UNAVAILABLE);

  private final Routing routing;
  private final RouteCache cache;
  private final LogPace pace = new LogPace();

  Routes(Routing routing, RouteCache cache) {
    this.routing = routing;
    this.cache = cache;
  }

  /// The route, remembered or asked for.
  Mono<RouteAnswer> of(RouteRequest request) {
    return cache.get(request, this::now);
  }

  /// The route as it is now.
  Mono<RouteAnswer> now(RouteRequest request) {
    return Known.map(
        routing.route(request),
        UnaryOperator.identity(),
        later ->
            later.onErrorResume(
                RpcException.class,
                error -> {
                  pace.tell(more ->
                      log.warn(
                          "routing does not answer for <{}>: {}{}",
                          request.recipient(),
                          error.getMessage(),
                          more));
                  return Mono.just(UNAVAILABLE);
                }));
  }

  /// Forgets what is remembered.
  void forget() {
    cache.clear();
  }
}
