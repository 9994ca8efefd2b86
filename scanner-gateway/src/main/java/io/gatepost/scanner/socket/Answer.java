package io.gatepost.scanner.socket;

import java.nio.charset.StandardCharsets;

/// The octets that a scanner has answered.
///
/// @param octets at least one, the end mark included
/// @param toAll whether it had been given the whole question: an answer to some of it says nothing
///   of the rest
/// @param number of the question on its connection, from 1
public record Answer(byte[] octets, boolean toAll, int number) {

  /// The octets as ISO 8859-1, which has a character for each.
  public String text() {
    return new String(octets, StandardCharsets.ISO_8859_1);
  }
}
