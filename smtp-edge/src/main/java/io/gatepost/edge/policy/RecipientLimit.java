package io.gatepost.edge.policy;

import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import reactor.core.publisher.Mono;

/// At most so many recipients for one message (RFC 5321 §4.5.3.1.8: at least 100).
public final class RecipientLimit implements Check {

  private static final Mono<Verdict> PASS = Mono.just(Verdict.PASS);
  private static final Mono<Verdict> TOO_MANY =
      Mono.just(new Verdict.Refuse(Reason.TOO_LARGE, Replies.TOO_MANY_RECIPIENTS));

  private final int maxRecipients;

  public RecipientLimit(int maxRecipients) {
    this.maxRecipients = maxRecipients;
  }

  @Override
  public Mono<Verdict> on(RecipientQuestion question) {
    return question.earlierRecipients() < maxRecipients ? PASS : TOO_MANY;
  }
}
