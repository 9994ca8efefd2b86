package io.gatepost.program;

/// How much a protection is needed. In settings: `required`, `if-possible`, `off`.
public enum Need {
  /// Without it nothing starts.
  REQUIRED,
  /// Without it programs run all the same, and the log says so once.
  IF_POSSIBLE,
  /// It is not asked for.
  OFF
}
