package io.gatepost.routing.chain;

import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/// A walk's questions, all of them together within its time. Trouble is an answer,
/// [RouterResult.Later]: it costs the addresses that the question is about, and no others.
final class Questions {

  /// The time of the walk is over.
  static final RouterResult.Later TOO_SLOW =
      new RouterResult.Later(Reason.DEADLINE_EXCEEDED, Replies.ROUTING_TOO_SLOW);

  private static final RouterResult.Later FAILED =
      new RouterResult.Later(Reason.SERVICE_UNAVAILABLE, Replies.ROUTING_UNAVAILABLE);

  private static final Logger log = LoggerFactory.getLogger(Questions.class);

  private final QueryAnswers answers;
  private final long deadline;

  /// @param time from now on, for all questions together
  Questions(QueryAnswers answers, Duration time) {
    this.answers = answers;
    this.deadline = System.nanoTime() + time.toNanos();
  }

  /// Whether the time is over.
  boolean isOver() {
    return nanosLeft() <= 0;
  }

  /// Asks, never fails, and waits no longer than the time that is left.
  Mono<RouterResult> ask(Query query) {
    if (isOver()) {
      return Mono.just(TOO_SLOW);
    }
    return Mono.defer(() -> answers.answer(query))
        .map(result -> checked(query, result))
        .switchIfEmpty(Mono.error(() -> new IllegalStateException("no answer")))
        .timeout(Duration.ofNanos(Math.max(1, nanosLeft())), Mono.just(TOO_SLOW))
        .onErrorResume(error -> {
          log.warn("cannot {}: {}", query.words(), error.toString());
          return Mono.just(FAILED);
        });
  }

  private static RouterResult checked(Query query, RouterResult result) {
    if (result instanceof RouterResult.Ask) {
      throw new IllegalStateException("an answer that asks, to: " + query.words());
    }
    return result;
  }

  private long nanosLeft() {
    return deadline - System.nanoTime();
  }
}
