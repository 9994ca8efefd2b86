package io.gatepost.verification.probe;

import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;
import io.gatepost.verification.callout.Answer;
import io.gatepost.verification.callout.AnswerKey;
import io.gatepost.verification.callout.HostKey;
import io.gatepost.verification.callout.HostRefusal;

/// Result of a question.
sealed interface Heard {

  /// An answer about the address.
  record OfRecipient(AnswerKey key, Answer answer) implements Heard {}

  /// A refusal that is not about the address.
  record OfHost(HostKey key, HostRefusal refusal) implements Heard {}

  /// No host could be asked.
  ///
  /// @param reply a 4xx
  record Nothing(Reason reason, Reply reply) implements Heard {}
}
