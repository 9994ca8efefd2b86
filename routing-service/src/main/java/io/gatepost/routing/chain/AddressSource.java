package io.gatepost.routing.chain;

import io.gatepost.contract.routing.RouteRequest;
import reactor.core.publisher.Mono;

/// A source of addresses that answers later, such as a database.
public interface AddressSource {

  /// Returns whether the source may know the address of a request. It is not asked about others, so
  /// that they are routed without a wait.
  default boolean serves(RouteRequest request) {
    return true;
  }

  /// Returns the router's result for a request; never [RouterResult.Ask]. Never fails and waits for
  /// a bounded time: trouble of the source is [RouterResult.Later].
  Mono<RouterResult> find(RouteRequest request);
}
