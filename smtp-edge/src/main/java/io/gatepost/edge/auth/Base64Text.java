package io.gatepost.edge.auth;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/// The base64 of AUTH (RFC 4954 §4), one character for each octet on both sides.
public final class Base64Text {

  private Base64Text() {}

  public static String encode(String octets) {
    return Base64.getEncoder().encodeToString(octets.getBytes(StandardCharsets.ISO_8859_1));
  }

  /// Empty where it is none.
  public static Optional<String> decode(String base64) {
    try {
      return Optional.of(
          new String(
              Base64.getDecoder().decode(base64.getBytes(StandardCharsets.ISO_8859_1)),
              StandardCharsets.ISO_8859_1));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
