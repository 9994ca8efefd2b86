package io.gatepost.queue.view;

import io.gatepost.queue.log.append.RecordLocation;
import java.time.Instant;

/// A record that has been moved on to a later step as it was.
///
/// @param id the queue id
/// @param from where it lay
/// @param to where it lies now
record Move(String id, Instant dueAt, RecordLocation from, RecordLocation to) {}
