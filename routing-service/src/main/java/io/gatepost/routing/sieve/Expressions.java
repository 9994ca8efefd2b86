package io.gatepost.routing.sieve;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;

/// Regular expressions of users: those of RE2, whose time is linear in the text. Their programs are
/// bounded too: a counted repetition of a counted repetition would multiply.
final class Expressions {

  static final int MAX_CHARACTERS = 512;
  private static final int MAX_REPETITIONS = 1000;

  private Expressions() {}

  /// Compiles an expression; throws [BrokenScriptException] where it is none or too large.
  static Pattern compile(int line, String expression, Collation collation) {
    if (expression.length() > MAX_CHARACTERS || repetitions(expression) > MAX_REPETITIONS) {
      throw new BrokenScriptException(
          line,
          "a regular expression that is too large (expected: at most %d characters and %d repetitions)"
              .formatted(MAX_CHARACTERS, MAX_REPETITIONS));
    }
    try {
      return Pattern.compile(
          expression, collation == Collation.ASCII_CASEMAP ? Pattern.CASE_INSENSITIVE : 0);
    } catch (PatternSyntaxException e) {
      throw new BrokenScriptException(
          line,
          "regular expression %s: %s"
              .formatted(
                  BrokenScriptException.shown(expression),
                  BrokenScriptException.shown(e.getDescription())));
    }
  }

  /// The product of all counted repetitions, however they nest.
  private static long repetitions(String expression) {
    long product = 1;
    for (int open = expression.indexOf('{'); open >= 0; open = expression.indexOf('{', open + 1)) {
      long number = 0;
      long largest = 1;
      for (int i = open + 1; i < expression.length() && expression.charAt(i) != '}'; i++) {
        char c = expression.charAt(i);
        number = c >= '0' && c <= '9' ? Math.min(10_000, number * 10 + (c - '0')) : 0;
        largest = Math.max(largest, number);
      }
      product = Math.min(product * largest, MAX_REPETITIONS + 1L);
    }
    return product;
  }
}
