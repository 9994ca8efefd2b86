package io.gatepost.program;

import java.util.Map;

/// Exit codes in words.
public final class ExitWords {

  /// `sysexits.h`.
  private static final Map<Integer, String> SYSEXITS =
      Map.ofEntries(
          Map.entry(64, "EX_USAGE"),
          Map.entry(65, "EX_DATAERR"),
          Map.entry(66, "EX_NOINPUT"),
          Map.entry(67, "EX_NOUSER"),
          Map.entry(68, "EX_NOHOST"),
          Map.entry(69, "EX_UNAVAILABLE"),
          Map.entry(70, "EX_SOFTWARE"),
          Map.entry(71, "EX_OSERR"),
          Map.entry(72, "EX_OSFILE"),
          Map.entry(73, "EX_CANTCREAT"),
          Map.entry(74, "EX_IOERR"),
          Map.entry(75, "EX_TEMPFAIL"),
          Map.entry(76, "EX_PROTOCOL"),
          Map.entry(77, "EX_NOPERM"),
          Map.entry(78, "EX_CONFIG"),
          Map.entry(126, "cannot be executed"),
          Map.entry(127, "not found"));

  private ExitWords() {}

  /// Such as `exit code 69 (EX_UNAVAILABLE)` or `exit code 137 (signal 9)`.
  public static String of(int code) {
    String name = code > 128 && code <= 192 ? "signal " + (code - 128) : SYSEXITS.get(code);
    return "exit code " + code + (name == null ? "" : " (" + name + ")");
  }
}
