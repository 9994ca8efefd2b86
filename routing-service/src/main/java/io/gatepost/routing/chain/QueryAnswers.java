package io.gatepost.routing.chain;

import reactor.core.publisher.Mono;

/// Answers the chain's questions.
public interface QueryAnswers {

  /// Returns the result of the router that asked; never [RouterResult.Ask]. Never fails and never
  /// waits without end: trouble of a source is [RouterResult.Later].
  Mono<RouterResult> answer(Query query);
}
