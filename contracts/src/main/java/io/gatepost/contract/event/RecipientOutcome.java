package io.gatepost.contract.event;

import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;

/// What an attempt came to for one recipient. What is not positively final is deferred.
public sealed interface RecipientOutcome {

  /// Whose outcome this is.
  Recipient recipient();

  /// Another host, or the mailbox, has taken responsibility.
  ///
  /// @param by who: the next hop or the mailbox
  /// @param reply its words
  record Delivered(Recipient recipient, String by, Reply reply) implements RecipientOutcome {}

  /// To be tried again.
  record Deferred(Recipient recipient, Reason reason, Reply reply) implements RecipientOutcome {}

  /// Never to be tried again; the sender gets a notice.
  record Failed(Recipient recipient, Reason reason, Reply reply) implements RecipientOutcome {}
}
