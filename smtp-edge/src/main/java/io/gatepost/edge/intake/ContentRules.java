package io.gatepost.edge.intake;

/// The rules for content.
///
/// @param maxOctets the largest message; beyond it the octets are dropped and the message refused
/// @param maxHops Received fields (RFC 5321 §6.3 asks for at least 100)
/// @param longLines what is done with a line beyond [#MAX_LINE_OCTETS]
public record ContentRules(long maxOctets, int maxHops, LongLines longLines) {

  /// RFC 5321 §4.5.3.1.6, without CRLF.
  public static final int MAX_LINE_OCTETS = 998;

  /// The treatment of a message with lines that are too long.
  public enum LongLines {
    /// It is accepted, and marked in log and metric.
    ACCEPT,
    /// It is refused.
    REFUSE
  }
}
