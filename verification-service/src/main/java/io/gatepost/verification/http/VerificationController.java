package io.gatepost.verification.http;

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
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/// Answers the Verification port over HTTP.
@RestController
public final class VerificationController implements Verification {

  private final Verification verification;

  public VerificationController(Verification verification) {
    this.verification = verification;
  }

  @Override
  public Mono<RecipientVerdict> verifyRecipient(RouteRequest request) {
    return verification.verifyRecipient(request);
  }

  @Override
  public Mono<SenderVerdict> verifySender(SenderRequest request) {
    return verification.verifySender(request);
  }

  @Override
  public Mono<ReversePathVerdict> verifyReversePath(ReversePathRequest request) {
    return verification.verifyReversePath(request);
  }

  @Override
  public Mono<CredentialVerdict> verifyCredentials(CredentialQuestion question) {
    return verification.verifyCredentials(question);
  }

  @Override
  public Mono<ScramParameters> scramParameters(ScramUser user) {
    return verification.scramParameters(user);
  }

  @Override
  public Mono<Void> heard(List<HeardRecipient> heard) {
    return verification.heard(heard);
  }
}
