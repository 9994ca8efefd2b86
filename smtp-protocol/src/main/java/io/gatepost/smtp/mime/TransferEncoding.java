package io.gatepost.smtp.mime;

import java.util.Locale;

/// How the octets of a body are written (RFC 2045 §6).
enum TransferEncoding {
  /// Nothing is said, which means [#SEVEN_BIT].
  ABSENT,
  SEVEN_BIT,
  EIGHT_BIT,
  BINARY,
  QUOTED_PRINTABLE,
  BASE64,
  /// One that we do not know; it promises 7-bit octets all the same (RFC 2045 §6.3).
  OTHER;

  /// Reads the value of a field; comments are left out.
  static TransferEncoding of(String value) {
    String word = HeaderValue.withoutComments(value).strip().toLowerCase(Locale.ROOT);
    int end = 0;
    while (end < word.length() && word.charAt(end) > ' ' && word.charAt(end) != ';') {
      end++;
    }
    return switch (word.substring(0, end)) {
      case "" -> ABSENT;
      case "7bit" -> SEVEN_BIT;
      case "8bit" -> EIGHT_BIT;
      case "binary" -> BINARY;
      case "quoted-printable" -> QUOTED_PRINTABLE;
      case "base64" -> BASE64;
      default -> OTHER;
    };
  }

  /// Whether the body is written as it is, and may be written in another way.
  boolean isIdentity() {
    return switch (this) {
      case ABSENT, SEVEN_BIT, EIGHT_BIT, BINARY -> true;
      case QUOTED_PRINTABLE, BASE64, OTHER -> false;
    };
  }
}
