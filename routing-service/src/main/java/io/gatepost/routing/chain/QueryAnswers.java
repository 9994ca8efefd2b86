package io.gatepost.routing.chain;

import reactor.core.publisher.Mono;

/// Answers the chain's questions.
public interface QueryAnswers {

  /// What the router would have said that asked; never [RouterResult.Ask]. Never fails and never
  /// waits without end: trouble of a source is [RouterResult.Later].
  Mono<RouterResult> answer(Query query);
}
