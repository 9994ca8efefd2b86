package io.gatepost.edge.policy;

import reactor.core.publisher.Mono;

/// One check at RCPT. A check never fails: what it cannot find out is a 4xx verdict.
interface Check {
  Mono<Verdict> on(RecipientQuestion question);
}
