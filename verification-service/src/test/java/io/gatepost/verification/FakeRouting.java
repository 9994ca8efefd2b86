package io.gatepost.verification;

import io.gatepost.contract.routing.RouteAnswer;
import io.gatepost.contract.routing.RouteExplanation;
import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.contract.routing.Routing;
import java.util.ArrayList;
import java.util.List;
import reactor.core.publisher.Mono;

/// Answers what it is told to.
final class FakeRouting implements Routing {

  Mono<RouteAnswer> answer = Mono.never();
  final List<RouteRequest> asked = new ArrayList<>();

  @Override
  public Mono<RouteAnswer> route(RouteRequest request) {
    asked.add(request);
    return answer;
  }

  @Override
  public Mono<RouteExplanation> explain(RouteRequest request) {
    return answer.map(known ->
        new RouteExplanation(new RouteExplanation.Visit(request.recipient(), List.of()), known));
  }
}
