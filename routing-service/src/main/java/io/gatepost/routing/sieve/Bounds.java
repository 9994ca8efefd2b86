package io.gatepost.routing.sieve;

/// The bounds of scripts, so that none costs more than a moment on the thread that asks.
public final class Bounds {

  /// Characters of a script: what editors of rules write for hundreds of rules, and parsed in about
  /// 1.5 ms (`ScriptTiming`).
  public static final int MAX_SCRIPT = 64 * 1024;

  /// Addresses that one run may redirect to.
  static final int MAX_REDIRECTS = 10;

  /// RFC 5229 §6 asks for 128 at least.
  static final int MAX_VARIABLES = 128;

  /// Characters of a variable's value, beyond which it is cut (RFC 5229 §6 asks for 4000 at least).
  static final int MAX_VALUE = 4000;

  /// Instructions of all expressions of a script together, some 2 MB in memory.
  static final int MAX_PROGRAMS = 30_000;

  /// Greatest cost of one analysis in units of [Work], about 20 ms at the worst (`ScriptTiming`).
  static final int MAX_WORK = 20_000_000;

  private Bounds() {}
}
