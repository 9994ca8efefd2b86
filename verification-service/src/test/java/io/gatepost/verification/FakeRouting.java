package io.gatepost.verification;

import io.gatepost.contract.routing.RouteAnswer;
import io.gatepost.contract.routing.RouteExplanation;
import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.contract.routing.Routing;
import reactor.core.publisher.Mono;

/// Answers what it is told to.
final class FakeRouting implements Routing {

  Mono<RouteAnswer> answer = Mono.never();

  @Override
  public Mono<RouteAnswer> route(RouteRequest request) {
    return answer;
  }

  @Override
  public Mono<RouteExplanation> explain(RouteRequest request) {
    return answer.map(known -> new RouteExplanation(java.util.List.of(), known));
  }
}
