package io.gatepost.edge.session;

/// The limits on a client; announced by SIZE (RFC 1870) and LIMITS (RFC 9422).
///
/// @param maxMessageOctets the largest message
/// @param maxRecipients of one message
/// @param maxMessages of one session
public record SessionLimits(long maxMessageOctets, int maxRecipients, int maxMessages) {}
