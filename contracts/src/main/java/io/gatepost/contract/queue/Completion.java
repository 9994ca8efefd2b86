package io.gatepost.contract.queue;

import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.envelope.QueueId;

/// A generation whose last outcome is durable and whose record lies before the committed offset: no
/// envelope refers to its content any more.
///
/// @param content what may now be deleted
public record Completion(QueueId id, int generation, ContentRef content) {}
