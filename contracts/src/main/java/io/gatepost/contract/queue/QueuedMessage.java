package io.gatepost.contract.queue;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.reply.Reason;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A deferred message as the operator sees it.
///
/// @param dueAt when it is tried next
/// @param recipients those still to be served, the first hundred
/// @param moreRecipients how many there are beyond these
/// @param lastReply what the last attempt was told; empty where that is not known
/// @param reason why that attempt failed
/// @param destination the next hop that the whole message waits for, where that could not be
///   reached or was busy
public record QueuedMessage(
    QueueId id,
    int generation,
    int attempts,
    Instant arrivedAt,
    Instant dueAt,
    ReversePath sender,
    List<ForwardPath> recipients,
    int moreRecipients,
    long octets,
    String lastReply,
    Optional<Reason> reason,
    Optional<String> destination) {

  public QueuedMessage {
    recipients = List.copyOf(recipients);
  }
}
