package io.gatepost.smtp.command;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/// A command's arguments, between spaces and tabs.
final class Words {

  private Words() {}

  static List<String> of(String text, int from) {
    if (from >= text.length()) {
      return List.of();
    }
    List<String> words = new ArrayList<>(4);
    int start = from;
    for (int i = from; i <= text.length(); i++) {
      if (i == text.length() || isSpace(text.charAt(i))) {
        if (i > start) {
          words.add(text.substring(start, i));
        }
        start = i + 1;
      }
    }
    return words;
  }

  static boolean isSpace(char c) {
    return c == ' ' || c == '\t';
  }

  /// A number without a sign, leading zeros allowed; one that fits no long is the largest; empty
  /// where the text is no number.
  static OptionalLong number(String digits) {
    if (digits.isEmpty()) {
      return OptionalLong.empty();
    }
    long number = 0;
    for (int i = 0; i < digits.length(); i++) {
      int digit = digits.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return OptionalLong.empty();
      }
      number = number > (Long.MAX_VALUE - digit) / 10 ? Long.MAX_VALUE : number * 10 + digit;
    }
    return OptionalLong.of(number);
  }
}
