package io.gatepost.verification;

import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.routing.RouteAnswer;
import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.contract.routing.Routing;
import io.gatepost.contract.rpc.Known;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.verification.CredentialQuestion;
import io.gatepost.contract.verification.CredentialVerdict;
import io.gatepost.contract.verification.RecipientVerdict;
import io.gatepost.contract.verification.ScramParameters;
import io.gatepost.contract.verification.ScramUser;
import io.gatepost.contract.verification.Verification;
import io.gatepost.verification.cache.VerdictCache;
import io.gatepost.verification.credentials.Credentials;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/// Verification of addresses has no tables of its own: an address is bad exactly when it cannot be
/// routed (requirement D1). Credentials are [Credentials]'.
final class RouteVerification implements Verification {

  private static final Logger log = LoggerFactory.getLogger(RouteVerification.class);

  private final Routing routing;
  private final VerdictCache cache;
  private final Credentials credentials;

  RouteVerification(Routing routing, VerdictCache cache, Credentials credentials) {
    this.routing = routing;
    this.cache = cache;
    this.credentials = credentials;
  }

  @Override
  public Mono<CredentialVerdict> verifyCredentials(CredentialQuestion question) {
    return credentials.verify(question);
  }

  @Override
  public Mono<ScramParameters> scramParameters(ScramUser user) {
    return credentials.scramParameters(user.user());
  }

  @Override
  public Mono<RecipientVerdict> verifyRecipient(RouteRequest request) {
    return cache.get(request, this::ask);
  }

  private Mono<RecipientVerdict> ask(RouteRequest request) {
    Mono<RouteAnswer> answer = routing.route(request);
    RouteAnswer known = Known.value(answer);
    if (known != null) {
      return Mono.just(judge(known)); // stays an answer that is there at once
    }
    return answer
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
