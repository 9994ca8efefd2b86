package io.gatepost.verification;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.routing.RouteAnswer;
import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.contract.verification.VerdictExplanation;
import io.gatepost.contract.verification.VerificationOperator;
import io.gatepost.verification.cache.AnswerKeeper;
import io.gatepost.verification.cache.CalloutCache;
import io.gatepost.verification.probe.CallForward;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/// What an operator may see of verification and make it forget.
final class OperatorVerification implements VerificationOperator {

  private static final Logger log = LoggerFactory.getLogger(OperatorVerification.class);

  private final Routes routes;
  private final CallForward recipients;
  private final List<CalloutCache> caches;
  private final Optional<AnswerKeeper> keeper;

  /// @param caches of answers about recipients and about senders
  OperatorVerification(
      Routes routes,
      CallForward recipients,
      List<CalloutCache> caches,
      Optional<AnswerKeeper> keeper) {
    this.routes = routes;
    this.recipients = recipients;
    this.caches = List.copyOf(caches);
    this.keeper = keeper;
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
  public Mono<Forgotten> forget(String what) {
    return Mono.fromCallable(() -> forgotten(what)).subscribeOn(Schedulers.boundedElastic());
  }

  private Forgotten forgotten(String what) {
    try {
      if (what.indexOf('@') >= 0) {
        ForwardPath address = ForwardPath.of(what);
        return forget(what, cache -> cache.forget(address), keeps -> keeps.forget(address));
      }
      DomainName domain = DomainName.listed(what);
      return forget(what, cache -> cache.forget(domain), keeps -> keeps.forget(domain));
    } catch (IllegalArgumentException e) {
      throw new RpcException(
          RpcStatus.INVALID_ARGUMENT, "\"" + what + "\" (expected: an address or a domain)", e);
    }
  }

  private Forgotten forget(
      String what, ToIntFunction<CalloutCache> inMemory, Consumer<AnswerKeeper> inStore) {
    routes.forget();
    int answers = caches.stream().mapToInt(inMemory).sum();
    boolean durable = keeper.map(keeps -> isForgotten(keeps, inStore)).orElse(true);
    log.info("callout: forgotten {}: {} answers in memory, durable={}", what, answers, durable);
    return new Forgotten(answers, durable);
  }

  private static boolean isForgotten(AnswerKeeper keeper, Consumer<AnswerKeeper> inStore) {
    try {
      inStore.accept(keeper);
      return true;
    } catch (RuntimeException e) {
      log.warn("callout answers cannot be forgotten in the database: {}", e.toString());
      return false;
    }
  }
}
