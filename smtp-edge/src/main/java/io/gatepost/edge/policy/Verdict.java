package io.gatepost.edge.policy;

import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;
import reactor.core.publisher.Mono;

/// The verdict of a check.
public sealed interface Verdict {

  /// Nothing against it.
  record Pass() implements Verdict {}

  /// It goes on, and the message is marked: in the log, the envelope and a header field.
  ///
  /// @param text for people and their filters, such as the list that has the client
  record Mark(Reason reason, String text) implements Verdict {}

  /// Not accepted.
  ///
  /// @param reply a 4xx or 5xx, given to the client as it is
  record Refuse(Reason reason, Reply reply) implements Verdict {}

  Pass PASS = new Pass();

  /// [#PASS], known at once.
  Mono<Verdict> PASS_NOW = Mono.just(PASS);

  /// A refusal that is known at once.
  static Mono<Verdict> refuse(Reason reason, Reply reply) {
    return Mono.just(new Refuse(reason, reply));
  }
}
