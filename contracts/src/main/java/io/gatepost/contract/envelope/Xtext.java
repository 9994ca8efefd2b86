package io.gatepost.contract.envelope;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Optional;

/// The encoding of parameter values (RFC 3461 §4): printable ASCII, with `+` and two hexadecimal
/// digits for `+`, `=` and all that is not printable.
public final class Xtext {

  private Xtext() {}

  /// Encodes a text, of other than ASCII the octets of UTF-8.
  public static String encode(String text) {
    StringBuilder encoded = new StringBuilder(text.length());
    for (byte octet : text.getBytes(UTF_8)) {
      if (octet > ' ' && octet < 0x7f && octet != '+' && octet != '=') {
        encoded.append((char) octet);
      } else {
        encoded.append("+%02X".formatted(octet & 0xff));
      }
    }
    return encoded.toString();
  }

  /// Whether `text[from, end)` is xtext of at least one character.
  public static boolean isValid(String text, int from) {
    if (from >= text.length()) {
      return false;
    }
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '+') {
        if (i + 2 >= text.length() || octet(text, i + 1) < 0) {
          return false;
        }
        i += 2;
      } else if (c < '!' || c > '~' || c == '=') {
        return false;
      }
    }
    return true;
  }

  /// Decodes `text[from, end)`, one character for each octet; empty where it is no xtext, or stands
  /// for a control character.
  public static Optional<String> decode(String text, int from) {
    if (!isValid(text, from)) {
      return Optional.empty();
    }
    StringBuilder plain = new StringBuilder(text.length() - from);
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '+') {
        c = (char) octet(text, i + 1);
        i += 2;
      }
      if (c < ' ' || c == 0x7f) {
        return Optional.empty();
      }
      plain.append(c);
    }
    return Optional.of(plain.toString());
  }

  /// Decodes an xtext to be shown on a line: a character that is not printable ASCII is shown as
  /// `?`, and a plus without two digits as it is.
  public static String shown(String xtext) {
    if (xtext.indexOf('+') < 0) {
      return xtext;
    }
    StringBuilder text = new StringBuilder(xtext.length());
    for (int i = 0; i < xtext.length(); i++) {
      char c = xtext.charAt(i);
      int meant = c == '+' && i + 2 < xtext.length() ? octet(xtext, i + 1) : -1;
      if (meant < 0) {
        text.append(c);
      } else {
        text.append(meant < ' ' || meant >= 0x7f ? '?' : (char) meant);
        i += 2;
      }
    }
    return text.toString();
  }

  /// Two digits, upper case as RFC 3461 has them; -1 where they are none.
  private static int octet(String text, int at) {
    int high = digit(text.charAt(at));
    int low = digit(text.charAt(at + 1));
    return high < 0 || low < 0 ? -1 : high << 4 | low;
  }

  private static int digit(char c) {
    if (c >= '0' && c <= '9') {
      return c - '0';
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
  }
}
