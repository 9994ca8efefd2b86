package io.gatepost.contract.queue;

/// Result of deleting many messages.
///
/// @param messages how many are gone
/// @param left how many more meet the conditions, as far as that was counted
public record QuarantineDeleted(int messages, QueuePage.Count left) {}
