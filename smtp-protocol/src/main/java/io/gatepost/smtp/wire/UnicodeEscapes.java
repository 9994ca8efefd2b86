package io.gatepost.smtp.wire;

import java.util.Locale;

/// How addresses beyond ASCII are said where only ASCII may be (RFC 6533 §3,
/// `EmbeddedUnicodeChar`): `\x{FC}` is ü.
public final class UnicodeEscapes {

  private UnicodeEscapes() {}

  /// The text with each character beyond ASCII escaped; a text without one is returned as it is.
  public static String escape(String text) {
    if (text.chars().allMatch(c -> c < 0x80)) {
      return text;
    }
    StringBuilder escaped = new StringBuilder(text.length() + 32);
    text.codePoints()
        .forEach(point -> {
          if (point < 0x80) {
            escaped.append((char) point);
          } else {
            escaped.append("\\x{").append(Integer.toHexString(point).toUpperCase(Locale.ROOT));
            escaped.append('}');
          }
        });
    return escaped.toString();
  }
}
