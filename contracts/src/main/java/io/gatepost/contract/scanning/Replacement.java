package io.gatepost.contract.scanning;

/// Content that takes the place of a message's: its header as it came in, fields of ours included,
/// and another body. The scanner-gateway keeps it for a few minutes.
///
/// @param token by which [Scanning#replacement] gives it
/// @param octets how many there are, as plain RFC 5322: dots are not doubled
public record Replacement(String token, long octets) {}
