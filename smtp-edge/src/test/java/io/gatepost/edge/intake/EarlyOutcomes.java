package io.gatepost.edge.intake;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.delivery.EarlyResult;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.event.RecipientOutcome.Handover;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;
import java.util.List;

/// Results of attempts, as next hops make them.
public final class EarlyOutcomes {

  public static final String HOP = "mx1.dest.example[192.0.2.25]:25";
  public static final Reply TAKEN = Reply.parse("250 2.0.0 Ok: queued as 4B7 on mx1.dest.example");
  public static final Reply UNKNOWN_USER = Reply.parse("550 5.1.1 No such user on mx1.corp");

  private EarlyOutcomes() {}

  /// One next hop has the message.
  public static EarlyResult.Delivered delivered(EnvelopeRecord message) {
    return new EarlyResult.Delivered(
        message.envelope().recipients().stream().map(EarlyOutcomes::taken).toList());
  }

  /// All are refused alike.
  public static EarlyResult.Refused refused(EnvelopeRecord message) {
    return new EarlyResult.Refused(
        message.envelope().recipients().stream().map(EarlyOutcomes::failed).toList());
  }

  /// The first recipient is refused, the others are not, and nobody has the message.
  public static EarlyResult.TryLater partlyRefused(EnvelopeRecord message) {
    return new EarlyResult.TryLater(List.of(failed(message.envelope().recipients().getFirst())));
  }

  static RecipientOutcome taken(Recipient recipient) {
    return new RecipientOutcome.Delivered(recipient, HOP, TAKEN, Handover.RELAYED);
  }

  static RecipientOutcome.Failed failed(Recipient recipient) {
    return new RecipientOutcome.Failed(recipient, Reason.NEXT_HOP_REFUSED, UNKNOWN_USER);
  }

  static RecipientOutcome.Failed failed(Recipient recipient, String reply) {
    return new RecipientOutcome.Failed(recipient, Reason.NEXT_HOP_REFUSED, Reply.parse(reply));
  }

  static Recipient recipient(String address) {
    return Recipient.of(ForwardPath.of(address));
  }
}
