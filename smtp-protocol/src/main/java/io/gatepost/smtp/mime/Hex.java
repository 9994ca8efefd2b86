package io.gatepost.smtp.mime;

/// `=` and two hexadecimal digits (RFC 2045 §6.7).
final class Hex {

  private static final byte[] DIGITS = {
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'
  };

  private Hex() {}

  static void escape(byte octet, Out out) {
    out.write((byte) '=');
    out.write(DIGITS[(octet >> 4) & 0xf]);
    out.write(DIGITS[octet & 0xf]);
  }
}
