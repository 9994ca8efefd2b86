package io.gatepost.queue.view;

import io.gatepost.contract.envelope.Envelope;
import io.gatepost.queue.log.RecordLocation;
import java.time.Instant;

/// A record of a retry topic, as the view keeps it.
///
/// @param lastReply what the last attempt was told
/// @param location where the record lies
record Deferral(Envelope envelope, Instant dueAt, String lastReply, RecordLocation location) {}
