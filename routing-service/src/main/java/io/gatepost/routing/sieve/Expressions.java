package io.gatepost.routing.sieve;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;

/// Regular expressions of users: those of RE2, whose time is linear in the text. Their programs are
/// bounded too, before they are made: a counted repetition multiplies what it repeats, and a class
/// of Unicode (`\pL`) has hundreds of ranges.
final class Expressions {

  static final int MAX_CHARACTERS = 512;
  private static final int MAX_REPETITIONS = 1000;

  /// Characters times repetitions, from which the program is made.
  private static final int MAX_WRITTEN_OUT = 20_000;

  /// Instructions of one program, each of which is looked at for each character of a text.
  static final int MAX_PROGRAM = 2_000;

  /// Octets of an instruction in memory, about.
  static final int INSTRUCTION_OCTETS = 64;

  /// A class of Unicode takes as much memory as so many instructions.
  private static final int CLASS = 100;

  private static final long NANOS_A_CHARACTER = 2_000;
  private static final long NANOS_WRITTEN_OUT = 100;
  private static final long NANOS_A_CLASS = 50_000;

  private Expressions() {}

  /// Compiles an expression; throws [BrokenScriptException] where it is none or too large.
  static Pattern compile(int line, String expression, Collation collation) {
    if (expression.length() > MAX_CHARACTERS
        || repetitions(expression) > MAX_REPETITIONS
        || writtenOut(expression) > MAX_WRITTEN_OUT) {
      throw new BrokenScriptException(
          line,
          "a regular expression that is too large (expected: at most %d characters, %d repetitions, and %d characters written out)"
              .formatted(MAX_CHARACTERS, MAX_REPETITIONS, MAX_WRITTEN_OUT));
    }
    Pattern pattern = pattern(line, expression, collation);
    if (size(expression, pattern) > MAX_PROGRAM) {
      throw new BrokenScriptException(
          line,
          "a regular expression whose program is too large (expected: fewer repetitions or classes)");
    }
    return pattern;
  }

  private static Pattern pattern(int line, String expression, Collation collation) {
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

  /// Returns the memory of an expression, in instructions.
  static int size(String expression, Pattern pattern) {
    return pattern.programSize() + CLASS * classes(expression);
  }

  /// The time that an expression takes to be compiled, about and at the worst.
  static long compileNanos(String expression) {
    return NANOS_A_CHARACTER * expression.length()
        + NANOS_WRITTEN_OUT * Math.min(writtenOut(expression), MAX_WRITTEN_OUT)
        + NANOS_A_CLASS * classes(expression);
  }

  private static long writtenOut(String expression) {
    return expression.length() * repetitions(expression);
  }

  /// How often `\p` or `\P` stands in it.
  private static int classes(String expression) {
    int classes = 0;
    for (int at = expression.indexOf('\\'); at >= 0; at = expression.indexOf('\\', at + 2)) {
      boolean isClass = expression.startsWith("p", at + 1) || expression.startsWith("P", at + 1);
      classes += isClass ? 1 : 0;
    }
    return classes;
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
