package io.gatepost.rpc;

import io.gatepost.contract.routing.RouteRequest;
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
import java.util.List;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// The port of verification-service, where there may be several: what deliveries have heard goes to
/// those that are asked about the addresses.
final class SpreadVerification implements Verification {

  private final Verification calls;
  private final Balancer balancer;

  SpreadVerification(Verification calls, Balancer balancer) {
    this.calls = calls;
    this.balancer = balancer;
  }

  @Override
  public Mono<RecipientVerdict> verifyRecipient(RouteRequest request) {
    return calls.verifyRecipient(request);
  }

  @Override
  public Mono<SenderVerdict> verifySender(SenderRequest request) {
    return calls.verifySender(request);
  }

  @Override
  public Mono<ReversePathVerdict> verifyReversePath(ReversePathRequest request) {
    return calls.verifyReversePath(request);
  }

  @Override
  public Mono<CredentialVerdict> verifyCredentials(CredentialQuestion question) {
    return calls.verifyCredentials(question);
  }

  @Override
  public Mono<ScramParameters> scramParameters(ScramUser user) {
    return calls.scramParameters(user);
  }

  /// Fails where a part of the batch does; the other parts are sent all the same.
  @Override
  public Mono<Void> heard(List<HeardRecipient> heard) {
    return balancer
        .grouped(heard)
        .flatMap(groups -> Flux.fromIterable(groups).flatMapDelayError(calls::heard, 8, 1).then());
  }
}
