package io.gatepost.verification;

import io.gatepost.contract.routing.RouteAnswer;
import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.contract.verification.VerdictExplanation;
import io.gatepost.contract.verification.VerificationOperator;
import io.gatepost.verification.cache.KnownAnswers;
import io.gatepost.verification.callout.Subject;
import io.gatepost.verification.probe.CallForward;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/// An operator's view of verification, and what it is made to forget.
final class OperatorVerification implements VerificationOperator {

  private static final Logger log = LoggerFactory.getLogger(OperatorVerification.class);

  private final Routes routes;
  private final CallForward recipients;
  private final KnownAnswers known;

  OperatorVerification(Routes routes, CallForward recipients, KnownAnswers known) {
    this.routes = routes;
    this.recipients = recipients;
    this.known = known;
  }

  @Override
  public Mono<VerdictExplanation> explain(RouteRequest request) {
    return routes.now(request).flatMap(answer -> explained(request, answer));
  }

  private Mono<VerdictExplanation> explained(RouteRequest request, RouteAnswer answer) {
    return answer instanceof RouteAnswer.Resolved resolved
        ? recipients.explain(request, resolved)
        : RouteVerification.judge(recipients, request, answer)
            .map(verdict -> new VerdictExplanation(verdict, List.of()));
  }

  @Override
  public Mono<List<ServedDomain>> acceptingAll(List<ServedDomain> asked) {
    return Mono.fromSupplier(() ->
        asked.stream()
            .filter(each -> known.acceptsAll(each.destination(), each.domain()))
            .toList());
  }

  @Override
  public Mono<Forgotten> forget(String what) {
    return Mono.fromCallable(() -> forget(subject(what))).subscribeOn(Schedulers.boundedElastic());
  }

  private static Subject subject(String what) {
    try {
      return Subject.of(what);
    } catch (IllegalArgumentException e) {
      throw new RpcException(
          RpcStatus.INVALID_ARGUMENT, "\"" + what + "\" (expected: an address or a domain)", e);
    }
  }

  private Forgotten forget(Subject subject) {
    Forgotten done = known.forget(subject);
    routes.forget();
    log.info(
        "callout: forgotten {}: {} answers in memory, durable={}",
        subject.text(),
        done.answers(),
        done.durable());
    return done;
  }
}
