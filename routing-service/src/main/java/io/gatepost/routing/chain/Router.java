package io.gatepost.routing.chain;

import io.gatepost.contract.routing.RouteRequest;

/// One step of the chain. Answers at once, from memory; what needs the DNS is told as
/// [RouterResult.LookUp].
public interface Router {

  /// The name in explanations.
  String name();

  RouterResult route(RouteRequest request);
}
