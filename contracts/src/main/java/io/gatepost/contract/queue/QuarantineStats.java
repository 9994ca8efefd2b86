package io.gatepost.contract.queue;

import java.time.Instant;
import java.util.Optional;

/// How full the quarantine is.
///
/// @param messages in it
/// @param octets of their content
/// @param mostMessages that it takes
/// @param mostOctets that it takes
/// @param oldest since when the first of them has been there
public record QuarantineStats(
    long messages, long octets, long mostMessages, long mostOctets, Optional<Instant> oldest) {}
