package io.gatepost.delivery.dsn;

/// The encoding of ENVID and ORCPT on the wire (RFC 3461 §4): `+2B` is a plus.
final class Xtext {

  private Xtext() {}

  /// The text that was meant, on one line: what is not printable is shown as `?`.
  static String decode(String xtext) {
    if (xtext.indexOf('+') < 0) {
      return xtext;
    }
    StringBuilder text = new StringBuilder(xtext.length());
    for (int i = 0; i < xtext.length(); i++) {
      char c = xtext.charAt(i);
      int high = c == '+' ? digit(xtext, i + 1) : -1;
      int low = c == '+' ? digit(xtext, i + 2) : -1;
      if (high < 0 || low < 0) {
        text.append(c);
      } else {
        char meant = (char) (high * 16 + low);
        text.append(meant < ' ' || meant >= 0x7f ? '?' : meant);
        i += 2;
      }
    }
    return text.toString();
  }

  private static int digit(String text, int at) {
    return at < text.length() ? Character.digit(text.charAt(at), 16) : -1;
  }
}
