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
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/// Finds everybody good, and remembers about whom it was asked and told.
@RestController
final class FakeVerification implements Verification {

  final Set<String> asked = ConcurrentHashMap.newKeySet();
  final Set<String> told = ConcurrentHashMap.newKeySet();

  @Override
  public Mono<RecipientVerdict> verifyRecipient(RouteRequest request) {
    asked.add(request.recipient().toString());
    return Mono.just(new RecipientVerdict.Good());
  }

  @Override
  public Mono<SenderVerdict> verifySender(SenderRequest request) {
    return Mono.just(new SenderVerdict.Permitted());
  }

  @Override
  public Mono<ReversePathVerdict> verifyReversePath(ReversePathRequest request) {
    return Mono.just(new ReversePathVerdict.Routable());
  }

  @Override
  public Mono<CredentialVerdict> verifyCredentials(CredentialQuestion question) {
    return Mono.just(new CredentialVerdict.Accepted(question.user(), ""));
  }

  @Override
  public Mono<ScramParameters> scramParameters(ScramUser user) {
    return Mono.just(new ScramParameters("salt", 4_096));
  }

  @Override
  public Mono<Void> heard(List<HeardRecipient> heard) {
    heard.forEach(each -> told.add(each.recipient().toString()));
    return Mono.empty();
  }
}
