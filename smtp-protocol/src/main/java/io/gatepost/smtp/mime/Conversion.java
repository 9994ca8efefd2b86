package io.gatepost.smtp.mime;

/// What has to be done to content so that a receiver can take it.
public enum Conversion {
  /// It goes out as it came in.
  NONE,
  /// It is made 7-bit, by [SevenBit].
  SEVEN_BIT
}
