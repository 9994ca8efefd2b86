package io.gatepost.routing.sieve;

import java.util.Arrays;

/// A comparator (RFC 4790), named without its `i;`.
enum Collation {
  OCTET,
  ASCII_CASEMAP,
  /// Compares the digits at the beginning; a string without any is above all numbers.
  ASCII_NUMERIC;

  /// A text in the form in which equal texts are equal.
  String folded(String text) {
    return switch (this) {
      case OCTET -> text;
      case ASCII_CASEMAP -> upper(text);
      case ASCII_NUMERIC -> digits(text);
    };
  }

  int compare(String one, String other) {
    return switch (this) {
      case OCTET, ASCII_CASEMAP -> compareOctets(folded(one), folded(other));
      case ASCII_NUMERIC -> {
        String first = folded(one);
        String second = folded(other);
        if (first.isEmpty() || second.isEmpty()) {
          yield Boolean.compare(first.isEmpty(), second.isEmpty());
        }
        yield first.length() != second.length()
            ? Integer.compare(first.length(), second.length())
            : first.compareTo(second);
      }
    };
  }

  /// Code points order as their octets in UTF-8 do.
  private static int compareOctets(String one, String other) {
    int[] first = one.codePoints().toArray();
    int[] second = other.codePoints().toArray();
    return Arrays.compare(first, second);
  }

  /// The number at the beginning without leading zeros; empty where there is none.
  private static String digits(String text) {
    int end = 0;
    while (end < text.length() && text.charAt(end) >= '0' && text.charAt(end) <= '9') {
      end++;
    }
    int start = 0;
    while (start < end - 1 && text.charAt(start) == '0') {
      start++;
    }
    return text.substring(start, end);
  }

  private static String upper(String text) {
    StringBuilder upper = new StringBuilder(text);
    for (int i = 0; i < upper.length(); i++) {
      char c = upper.charAt(i);
      if (c >= 'a' && c <= 'z') {
        upper.setCharAt(i, (char) (c - 'a' + 'A'));
      }
    }
    return upper.toString();
  }
}
