package io.gatepost.edge.auth;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// The responses of clients, as text.
final class Responses {

  /// Longest user name or password (RFC 4616 §2 asks for 255).
  private static final int MAX_OCTETS = 1024;

  private Responses() {}

  /// Octets as UTF-8 (RFC 4616 §2); empty where they are none, too many, or hold a NUL.
  static Optional<String> text(String octets) {
    if (octets.length() > MAX_OCTETS || octets.indexOf('\0') >= 0) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(octets.getBytes(StandardCharsets.ISO_8859_1)))
              .toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  /// The same for what must not be empty.
  static Optional<String> name(String octets) {
    return octets.isEmpty() ? Optional.empty() : text(octets);
  }
}
