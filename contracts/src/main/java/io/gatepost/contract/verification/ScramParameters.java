package io.gatepost.contract.verification;

/// Parameters by which a client proves its password (RFC 5802 §5.1). A user who does not exist has
/// some too, always the same, so that nobody can tell.
///
/// @param salt in base64
public record ScramParameters(String salt, int iterations) {}
