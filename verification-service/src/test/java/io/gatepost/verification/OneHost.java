package io.gatepost.verification;

import static io.gatepost.verification.FakeDelivery.HOP;

import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.routing.Destination.NamedBy;
import io.gatepost.contract.routing.RouteAnswer;
import io.gatepost.contract.routing.RouteExplanation;
import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.contract.routing.Routing;
import java.util.List;
import reactor.core.publisher.Mono;

/// All mail goes to one host, which the tables name for every domain.
final class OneHost implements Routing {

  static final String NAME = "smtp:all";

  @Override
  public Mono<RouteAnswer> route(RouteRequest request) {
    return Mono.just(
        new RouteAnswer.Resolved(
            List.of(
                new RouteAnswer.Leg(
                    request.recipient(),
                    new Destination.Smtp(NAME, NamedBy.OPERATOR, List.of(HOP))))));
  }

  @Override
  public Mono<RouteExplanation> explain(RouteRequest request) {
    return Mono.never();
  }
}
