package io.gatepost.scanner.pattern;

import java.nio.charset.StandardCharsets;

/// Octets that must not be in a message.
///
/// @param finding what the client and the log are told
/// @param text the octets, as ASCII, at least 8
public record Pattern(String finding, String text) {

  byte[] octets() {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
