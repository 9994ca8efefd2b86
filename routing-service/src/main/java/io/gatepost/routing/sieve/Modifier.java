package io.gatepost.routing.sieve;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// A modifier of `set` (RFC 5229 §4.1). Those of higher precedence are applied first; a command has
/// one of each precedence at most.
enum Modifier {
  LOWER(40),
  UPPER(40),
  LOWERFIRST(30),
  UPPERFIRST(30),
  QUOTEWILDCARD(20),
  QUOTEREGEX(20),
  /// RFC 5435 §6.
  ENCODEURL(15),
  LENGTH(10);

  private final int precedence;

  Modifier(int precedence) {
    this.precedence = precedence;
  }

  int precedence() {
    return precedence;
  }

  String apply(String value) {
    return switch (this) {
      case LOWER -> value.toLowerCase(Locale.ROOT);
      case UPPER -> value.toUpperCase(Locale.ROOT);
      case LOWERFIRST -> first(value).toLowerCase(Locale.ROOT) + rest(value);
      case UPPERFIRST -> first(value).toUpperCase(Locale.ROOT) + rest(value);
      case QUOTEWILDCARD -> quoted(value, "*?\\");
      case QUOTEREGEX -> quoted(value, ".*+?^$|()[]{}\\");
      case ENCODEURL ->
          URLEncoder.encode(value, StandardCharsets.UTF_8)
              .replace("+", "%20")
              .replace("*", "%2A")
              .replace("%7E", "~");
      case LENGTH -> Integer.toString(value.codePointCount(0, value.length()));
    };
  }

  private static String first(String value) {
    return value.substring(0, value.isEmpty() ? 0 : value.offsetByCodePoints(0, 1));
  }

  private static String rest(String value) {
    return value.substring(first(value).length());
  }

  private static String quoted(String value, String special) {
    StringBuilder quoted = new StringBuilder(value.length() + 8);
    for (int i = 0; i < value.length(); i++) {
      if (special.indexOf(value.charAt(i)) >= 0) {
        quoted.append('\\');
      }
      quoted.append(value.charAt(i));
    }
    return quoted.toString();
  }
}
