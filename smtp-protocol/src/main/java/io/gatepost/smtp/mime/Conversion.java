package io.gatepost.smtp.mime;

/// Conversion of content that a receiver needs to take it.
public enum Conversion {
  /// It goes out as it came in.
  NONE,
  /// It is made 7-bit, by [SevenBit].
  SEVEN_BIT
}
