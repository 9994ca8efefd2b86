package io.gatepost.contract.queue;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.envelope.QueueId;
import java.time.Instant;
import java.util.List;

/// A message in the quarantine as the operator sees it.
///
/// @param since when it was put aside
/// @param until when it is deleted, unless it is released before
/// @param recipients those whom it would go to, the first hundred
/// @param moreRecipients how many there are beyond these
/// @param octets of its content, in wire form
/// @param finding why it was put aside, in words
public record QuarantinedMessage(
    QueueId id,
    State state,
    Instant arrivedAt,
    Instant since,
    Instant until,
    ReversePath sender,
    List<ForwardPath> recipients,
    int moreRecipients,
    long octets,
    String finding) {

  public QuarantinedMessage {
    recipients = List.copyOf(recipients);
  }

  /// Where it is on its way out.
  public enum State {
    /// It waits for an operator, or for its end.
    HELD,
    /// It is to be released, and goes to the queue as soon as that can be written.
    RELEASING
  }
}
