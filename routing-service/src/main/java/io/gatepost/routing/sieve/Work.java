package io.gatepost.routing.sieve;

/// Cost of one analysis so far. One unit is about a nanosecond of a warm machine, at the worst, so
/// that [Bounds#MAX_WORK] is a bound of time whatever a script does.
final class Work {

  /// For each character of a text and each instruction of an expression: RE2/J follows all threads
  /// of an expression at each character, and once more for the groups.
  private static final long MATCH = 24;

  /// To fold or order characters, they are copied, as code points at times.
  private static final long FOLD = 4;

  private long left = Bounds.MAX_WORK;

  /// A step, and so many characters that are copied or compared.
  ///
  /// @throws BrokenScriptException where it is too much
  void add(int line, long characters) {
    spend(line, characters + 1);
  }

  /// A match of an expression.
  void match(int line, long characters, int programSize) {
    spend(line, MATCH * (characters + 1) * programSize);
  }

  /// Characters that are folded, ordered or changed.
  void fold(int line, long characters) {
    spend(line, FOLD * characters + 1);
  }

  /// An expression that is compiled.
  void compile(int line, String expression) {
    spend(line, Expressions.compileNanos(expression));
  }

  private void spend(int line, long units) {
    left -= units;
    if (left < 0) {
      throw new BrokenScriptException(
          line, "too much to compare (expected: less text, fewer keys or smaller expressions)");
    }
  }
}
