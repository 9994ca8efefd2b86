package io.gatepost.smtp.command;

import java.util.Optional;

/// The encoding of parameter values (RFC 3461 §4): printable ASCII, with `+` and two hexadecimal
/// digits for `+`, `=` and all that is not printable.
final class Xtext {

  private Xtext() {}

  /// Whether `text[from, end)` is xtext of at least one character.
  static boolean isValid(String text, int from) {
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

  /// What `text[from, end)` stands for, one character for each octet; empty where it is no xtext,
  /// or stands for a control character.
  static Optional<String> decode(String text, int from) {
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
