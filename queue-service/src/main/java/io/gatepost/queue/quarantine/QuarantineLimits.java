package io.gatepost.queue.quarantine;

import java.time.Duration;

/// Limits of the quarantine in size and time.
///
/// @param enabled whether messages are put aside; what is there is kept, shown and released anyway
/// @param keep how long a message stays
/// @param mostMessages beyond it none is taken
/// @param mostOctets of content, in wire form; beyond it none is taken
public record QuarantineLimits(
    boolean enabled, Duration keep, long mostMessages, long mostOctets) {}
