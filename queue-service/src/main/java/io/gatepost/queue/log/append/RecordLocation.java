package io.gatepost.queue.log.append;

/// Where a record lies in the log.
public record RecordLocation(String topic, int partition, long offset) {}
