package io.gatepost.verification.http;

import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.contract.verification.VerdictExplanation;
import io.gatepost.contract.verification.VerificationOperator;
import java.util.List;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/// Answers the operator's side of the Verification port over HTTP.
@RestController
public final class VerificationOperatorController implements VerificationOperator {

  private final VerificationOperator operator;

  public VerificationOperatorController(VerificationOperator operator) {
    this.operator = operator;
  }

  @Override
  public Mono<VerdictExplanation> explain(RouteRequest request) {
    return operator.explain(request);
  }

  @Override
  public Mono<List<ServedDomain>> acceptingAll(List<ServedDomain> asked) {
    return operator.acceptingAll(asked);
  }

  @Override
  public Mono<Forgotten> forget(String what) {
    return operator.forget(what);
  }
}
