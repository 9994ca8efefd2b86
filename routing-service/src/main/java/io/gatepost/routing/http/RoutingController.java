package io.gatepost.routing.http;

import io.gatepost.contract.routing.RouteAnswer;
import io.gatepost.contract.routing.RouteExplanation;
import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.contract.routing.Routing;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/// Answers the Routing port over HTTP.
@RestController
public final class RoutingController implements Routing {

  private final Routing routing;

  public RoutingController(Routing routing) {
    this.routing = routing;
  }

  @Override
  public Mono<RouteAnswer> route(RouteRequest request) {
    return routing.route(request);
  }

  @Override
  public Mono<RouteExplanation> explain(RouteRequest request) {
    return routing.explain(request);
  }
}
