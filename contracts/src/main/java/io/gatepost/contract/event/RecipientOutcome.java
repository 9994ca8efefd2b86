package io.gatepost.contract.event;

import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;
import org.jspecify.annotations.Nullable;

/// Outcome of an attempt for one recipient. What is not positively final is deferred.
public sealed interface RecipientOutcome {

  /// The recipient of this outcome.
  Recipient recipient();

  /// Whether the recipient is served: it got its copy, or wanted none.
  default boolean isServed() {
    return switch (this) {
      case Delivered _, Discarded _ -> true;
      case Deferred _, Failed _ -> false;
    };
  }

  /// Another host, or the mailbox, has taken responsibility.
  ///
  /// @param by who: the next hop or the mailbox
  /// @param reply its words
  /// @param handover what became of the responsibility for notices; not said in records of earlier
  ///   versions
  record Delivered(Recipient recipient, String by, Reply reply, Handover handover)
      implements RecipientOutcome {

    public Delivered(Recipient recipient, String by, Reply reply, @Nullable Handover handover) {
      this.recipient = recipient;
      this.by = by;
      this.reply = reply;
      this.handover = handover == null ? Handover.UNSAID : handover;
    }

    /// A success of which nobody tells the sender.
    public Delivered(Recipient recipient, String by, Reply reply) {
      this(recipient, by, reply, Handover.UNSAID);
    }
  }

  /// Who tells the sender of a success from here on (RFC 3461 §5.2).
  enum Handover {
    /// It is not known any more.
    UNSAID,
    /// The message is in its mailbox: we tell that it was delivered.
    MAILBOX,
    /// The next hop knows nothing of notices: we tell that it was relayed.
    RELAYED,
    /// The next hop was told what is wanted, and answers for it.
    PASSED_ON
  }

  /// Thrown away, as the user of the mailbox wants it. Nobody is told, not even a sender that asked
  /// for notices of successes.
  ///
  /// @param by the mailbox's name, such as `discard:alice@example.test`
  record Discarded(Recipient recipient, String by) implements RecipientOutcome {}

  /// To be tried again.
  record Deferred(Recipient recipient, Reason reason, Reply reply) implements RecipientOutcome {}

  /// Never to be tried again; the sender gets a notice.
  record Failed(Recipient recipient, Reason reason, Reply reply) implements RecipientOutcome {}
}
