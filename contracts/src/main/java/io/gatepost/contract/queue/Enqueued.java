package io.gatepost.contract.queue;

import io.gatepost.contract.envelope.QueueId;

/// The message is in the log.
///
/// @param durability what that means: the level of `gatepost.queue.durability`, for the log line of
///   the 250
public record Enqueued(QueueId id, String durability) {}
