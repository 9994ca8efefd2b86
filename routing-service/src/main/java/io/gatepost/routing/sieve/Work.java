package io.gatepost.routing.sieve;

/// What one analysis has cost so far, in characters.
final class Work {

  private long left = Bounds.MAX_WORK;

  /// Throws [BrokenScriptException] where it is too much.
  void add(int line, long characters) {
    left -= characters + 1;
    if (left < 0) {
      throw new BrokenScriptException(line, "too much to compare (expected: less, or fewer keys)");
    }
  }
}
