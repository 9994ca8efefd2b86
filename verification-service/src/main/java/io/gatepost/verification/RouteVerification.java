package io.gatepost.verification;

import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.routing.RouteAnswer;
import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.contract.routing.Routing;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.verification.RecipientVerdict;
import io.gatepost.contract.verification.Verification;
import io.gatepost.verification.cache.VerdictCache;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/// Verification has no tables of its own: an address is bad exactly when it cannot be routed
/// (requirement D1).
final class RouteVerification implements Verification {

  private static final Logger log = LoggerFactory.getLogger(RouteVerification.class);

  private final Routing routing;
  private final VerdictCache cache;

  RouteVerification(Routing routing, VerdictCache cache) {
    this.routing = routing;
    this.cache = cache;
  }

  @Override
  public Mono<RecipientVerdict> verifyRecipient(RouteRequest request) {
    return cache.get(request, this::ask);
  }

  private Mono<RecipientVerdict> ask(RouteRequest request) {
    return routing
        .route(request)
        .map(RouteVerification::judge)
        .onErrorResume(
            RpcException.class,
            error -> {
              log.warn(
                  "routing does not answer for <{}>: {}", request.recipient(), error.getMessage());
              return Mono.just(
                  new RecipientVerdict.Unknown(
                      Reason.SERVICE_UNAVAILABLE, Replies.ROUTING_UNAVAILABLE));
            });
  }

  static RecipientVerdict judge(RouteAnswer answer) {
    return switch (answer) {
      case RouteAnswer.Resolved _ -> new RecipientVerdict.Good();
      case RouteAnswer.Refused(var reason, var reply) -> new RecipientVerdict.Bad(reason, reply);
      case RouteAnswer.TryLater(var reason, var reply) ->
          new RecipientVerdict.Unknown(reason, reply);
    };
  }
}
