package io.gatepost.contract.queue;

import io.gatepost.contract.envelope.QueueId;
import java.time.Instant;

/// The message is in the quarantine.
///
/// @param since when it was put aside; that of the first call where it was put aside before
public record Held(QueueId id, Instant since) {}
