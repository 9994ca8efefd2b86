package io.gatepost.routing.chain;

import io.gatepost.contract.routing.RouteRequest;

/// One step of the chain. Answers at once, from memory; a question that takes time is returned as
/// [RouterResult.Ask].
public interface Router {

  /// The name in settings and explanations.
  RouterName name();

  RouterResult route(RouteRequest request);

  /// Returns where the answer to a request comes from, for people: a table's file with line and
  /// key, `database`, `directory` or `DNS`. Called for explanations only, after [#route].
  String source(RouteRequest request);
}
