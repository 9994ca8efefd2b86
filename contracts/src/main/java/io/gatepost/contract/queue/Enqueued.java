package io.gatepost.contract.queue;

import io.gatepost.contract.envelope.QueueId;
import java.time.Instant;

/// The message is in the log. It counts where it was appended within its limit.
///
/// @param durability what that means: the level of `gatepost.queue.durability`, for the log line of
///   the 250
/// @param appended when, by the clock of the log
public record Enqueued(QueueId id, String durability, Instant appended) {}
