package io.gatepost.cli.exit;

/// How the process ends, in the numbers of BSD's `sysexits.h`, which mail software has always used.
public enum ExitCode {
  OK(0),

  /// The object that was asked for is not there; not one of `sysexits.h`.
  NOT_FOUND(1),

  /// A check found errors, or a comparison changes, as `diff` ends; not one of `sysexits.h`.
  FINDINGS(1),

  /// A message would be accepted, and something was held against it; not one of `sysexits.h`.
  SUSPECT(2),
  USAGE(64),
  DATA_ERROR(65),
  NO_INPUT(66),
  NO_USER(67),
  UNAVAILABLE(69),
  SOFTWARE(70),
  CANNOT_CREATE(73),
  TEMPORARY_FAILURE(75),
  CONFIG(78);

  private final int number;

  ExitCode(int number) {
    this.number = number;
  }

  /// The process's exit status.
  public int number() {
    return number;
  }
}
