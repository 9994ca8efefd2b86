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

  /// Characters that one analysis may compare or copy: about 1 ms, and 30 ms where all of it are
  /// regular expressions (`ScriptTiming`).
  static final int MAX_WORK = 2_000_000;

  private Bounds() {}
}
