package io.gatepost.verification;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.routing.RouteAnswer;
import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.contract.routing.RouteRequest.Scope;
import io.gatepost.contract.routing.RouteRequest.Skip;
import io.gatepost.contract.rpc.Known;
import io.gatepost.contract.verification.CredentialQuestion;
import io.gatepost.contract.verification.CredentialVerdict;
import io.gatepost.contract.verification.HeardRecipient;
import io.gatepost.contract.verification.RecipientVerdict;
import io.gatepost.contract.verification.ReversePathRequest;
import io.gatepost.contract.verification.ReversePathVerdict;
import io.gatepost.contract.verification.ScramParameters;
import io.gatepost.contract.verification.ScramUser;
import io.gatepost.contract.verification.SenderRequest;
import io.gatepost.contract.verification.SenderVerdict;
import io.gatepost.contract.verification.Verification;
import io.gatepost.verification.credentials.Credentials;
import io.gatepost.verification.probe.CallForward;
import io.gatepost.verification.sender.ReversePathJudge;
import io.gatepost.verification.sender.SenderOwner;
import io.gatepost.verification.sender.SenderTable;
import io.gatepost.verification.user.UserName;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import reactor.core.publisher.Mono;

/// Verification of addresses has no tables of its own: an address is bad exactly when it cannot be
/// routed, or when its next hops refuse it (requirement D1). Credentials are [Credentials]'.
final class RouteVerification implements Verification {

  private final Routes routes;
  private final CallForward recipients;
  private final CallForward callBacks;
  private final Credentials credentials;
  private final Supplier<SenderTable> senders;

  /// @param recipients asks next hops about recipients
  /// @param callBacks asks the hosts of senders
  /// @param senders the table as it is now
  RouteVerification(
      Routes routes,
      CallForward recipients,
      CallForward callBacks,
      Credentials credentials,
      Supplier<SenderTable> senders) {
    this.routes = routes;
    this.recipients = recipients;
    this.callBacks = callBacks;
    this.credentials = credentials;
    this.senders = senders;
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
    return then(routes.of(request), answer -> judge(recipients, request, answer));
  }

  @Override
  public Mono<Void> heard(List<HeardRecipient> heard) {
    return Mono.fromRunnable(() -> recipients.learn(heard));
  }

  /// A sender is whose the mail for it is: there is no second table of who owns what.
  @Override
  public Mono<SenderVerdict> verifySender(SenderRequest request) {
    UserName user = UserName.of(request.user());
    if (senders.get().permits(user, request.sender())) {
      return Mono.just(new SenderVerdict.Permitted());
    }
    return Known.map(
        routes.now(
            new RouteRequest(
                new ReversePath.Null(),
                request.sender(),
                Scope.HOSTED,
                Optional.of(new Skip.Filters()))),
        answer -> SenderOwner.judge(user, request.sender(), answer),
        UnaryOperator.identity());
  }

  @Override
  public Mono<ReversePathVerdict> verifyReversePath(ReversePathRequest request) {
    ForwardPath sender = request.sender();
    RouteRequest back =
        new RouteRequest(
            new ReversePath.Null(), sender, Scope.ANYWHERE, Optional.of(new Skip.Filters()));
    return then(routes.of(back), answer -> judge(sender, back, answer));
  }

  private Mono<ReversePathVerdict> judge(
      ForwardPath sender, RouteRequest back, RouteAnswer answer) {
    return answer instanceof RouteAnswer.Resolved resolved
        ? Known.map(
            callBacks.verdict(back, resolved),
            ReversePathJudge::byCallBack,
            UnaryOperator.identity())
        : Mono.just(ReversePathJudge.byRoute(sender, answer));
  }

  static Mono<RecipientVerdict> judge(
      CallForward nextHops, RouteRequest request, RouteAnswer answer) {
    return switch (answer) {
      case RouteAnswer.Resolved resolved -> nextHops.verdict(request, resolved);
      case RouteAnswer.Refused(var reason, var reply, var _) ->
          Mono.just(new RecipientVerdict.Bad(reason, reply));
      case RouteAnswer.TryLater(var reason, var reply) ->
          Mono.just(new RecipientVerdict.Unknown(reason, reply));
    };
  }

  /// The verdict is there at once where route and judgement are.
  private static <T> Mono<T> then(Mono<RouteAnswer> route, Function<RouteAnswer, Mono<T>> judge) {
    RouteAnswer known = Known.value(route);
    return known != null ? judge.apply(known) : route.flatMap(judge);
  }
}
