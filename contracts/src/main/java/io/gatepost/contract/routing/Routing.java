package io.gatepost.contract.routing;

import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.service.annotation.HttpExchange;
import org.springframework.web.service.annotation.PostExchange;
import reactor.core.publisher.Mono;

/// Address in, destinations or a refusal out. The one engine for delivery and for verification
/// (requirements A8, D1). Answered by routing-service.
@HttpExchange(accept = "application/json", contentType = "application/json")
public interface Routing {

  /// Routes one address. Trouble of the sources (DNS, tables) is an answer, [RouteAnswer.TryLater],
  /// not an error.
  @PostExchange("/gatepost.routing.v1.Routing/Route")
  Mono<RouteAnswer> route(@RequestBody RouteRequest request);

  /// The same walk with every step told.
  @PostExchange("/gatepost.routing.v1.Routing/Explain")
  Mono<RouteExplanation> explain(@RequestBody RouteRequest request);
}
