package io.gatepost.edge.policy;

import io.gatepost.contract.client.PolicyReport.Setting;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import java.util.List;
import reactor.core.publisher.Mono;

/// At most so many recipients for one message (RFC 5321 §4.5.3.1.8: at least 100).
public final class RecipientLimit implements Check<RecipientQuestion> {

  private static final Mono<Verdict> TOO_MANY =
      Verdict.refuse(Reason.RECIPIENT_LIMIT, Replies.TOO_MANY_RECIPIENTS);

  private final int maxRecipients;

  public RecipientLimit(int maxRecipients) {
    this.maxRecipients = maxRecipients;
  }

  @Override
  public Mono<Verdict> on(RecipientQuestion question) {
    return question.earlierRecipients() < maxRecipients ? Verdict.PASS_NOW : TOO_MANY;
  }

  @Override
  public List<Setting> settings() {
    return List.of(Setting.of("max-recipients", maxRecipients));
  }
}
