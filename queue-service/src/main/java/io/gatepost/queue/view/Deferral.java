package io.gatepost.queue.view;

import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.reply.Reason;
import io.gatepost.queue.log.append.RecordLocation;
import java.time.Instant;
import java.util.Optional;

/// A record of a retry topic, as the view keeps it.
///
/// @param lastReply what the last attempt was told
/// @param reason why it failed
/// @param destination which all of the message waits for
/// @param location where the record lies
record Deferral(
    Envelope envelope,
    Instant dueAt,
    String lastReply,
    Optional<Reason> reason,
    Optional<String> destination,
    RecordLocation location) {}
