package io.gatepost.queue.view;

import io.gatepost.queue.log.RecordLocation;
import java.time.Instant;

/// A record that has been moved on to a later step as it was.
///
/// @param id the queue id
/// @param location where it lies now
record Move(String id, Instant dueAt, RecordLocation location) {}
