package io.gatepost.smtp.command;

import java.util.ArrayList;
import java.util.List;

/// A command's arguments, between spaces and tabs.
final class Words {

  /// 18 digits always fit a long.
  private static final int MAX_DIGITS = 18;

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

  static boolean isNumber(String digits) {
    if (digits.isEmpty() || digits.length() > MAX_DIGITS) {
      return false;
    }
    for (int i = 0; i < digits.length(); i++) {
      if (digits.charAt(i) < '0' || digits.charAt(i) > '9') {
        return false;
      }
    }
    return true;
  }
}
