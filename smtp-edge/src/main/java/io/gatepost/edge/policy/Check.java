package io.gatepost.edge.policy;

import reactor.core.publisher.Mono;

/// One check of one stage. A check never fails: what it cannot find out is a 4xx verdict. What it
/// knows at once it answers with a [Mono#just].
///
/// @param <Q> what the stage knows of client and message
interface Check<Q> {
  Mono<Verdict> on(Q question);
}
