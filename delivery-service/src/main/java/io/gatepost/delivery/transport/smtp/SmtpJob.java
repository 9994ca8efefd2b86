package io.gatepost.delivery.transport.smtp;

import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// One message for one destination, waiting for or using a connection.
///
/// @param tries how often it was begun on a connection that broke before anything was decided
record SmtpJob(
    EnvelopeRecord message,
    List<Recipient> recipients,
    int tries,
    Consumer<List<RecipientOutcome>> done) {

  SmtpJob again() {
    return new SmtpJob(message, recipients, tries + 1, done);
  }

  /// Ends with the same deferral for every recipient.
  void defer(Reason reason, Reply reply) {
    done.accept(
        recipients.stream()
            .<RecipientOutcome>map(
                recipient -> new RecipientOutcome.Deferred(recipient, reason, reply))
            .toList());
  }

  /// Ends with what the next hop said of each recipient.
  void end(String host, List<Reply> replies) {
    List<RecipientOutcome> outcomes = new ArrayList<>(recipients.size());
    for (int i = 0; i < recipients.size(); i++) {
      outcomes.add(outcome(recipients.get(i), host, replies.get(i)));
    }
    done.accept(outcomes);
  }

  /// Ends with what was said of some recipients, and a deferral for the others.
  void end(String host, List<Optional<Reply>> replies, Reason reason, Reply rest) {
    List<RecipientOutcome> outcomes = new ArrayList<>(recipients.size());
    for (int i = 0; i < recipients.size(); i++) {
      Recipient recipient = recipients.get(i);
      outcomes.add(
          replies
              .get(i)
              .map(reply -> outcome(recipient, host, reply))
              .orElseGet(() -> new RecipientOutcome.Deferred(recipient, reason, rest)));
    }
    done.accept(outcomes);
  }

  private static RecipientOutcome outcome(Recipient recipient, String host, Reply reply) {
    if (reply.code().isPermanent()) {
      return new RecipientOutcome.Failed(recipient, Reason.NEXT_HOP_REFUSED, reply);
    }
    return reply.code().value() < 300
        ? new RecipientOutcome.Delivered(recipient, host, reply)
        : new RecipientOutcome.Deferred(recipient, Reason.NEXT_HOP_DEFERRED, reply);
  }
}
