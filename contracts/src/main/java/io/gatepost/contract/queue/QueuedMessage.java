package io.gatepost.contract.queue;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.envelope.QueueId;
import java.time.Instant;
import java.util.List;

/// A deferred message as the operator sees it.
///
/// @param recipients those still to be served
/// @param lastReply what the last attempt was told
/// @param dueAt when it is tried next
public record QueuedMessage(
    QueueId id,
    int generation,
    int attempts,
    Instant arrivedAt,
    Instant dueAt,
    ReversePath sender,
    List<ForwardPath> recipients,
    long octets,
    String lastReply) {}
