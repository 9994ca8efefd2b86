package io.gatepost.scanner.command;

import java.util.Map;

/// The meaning of an exit code. In settings: `clean`, `suspect`, `bad`, `quarantine`,
/// `not-scanned`, `later`, `failed`.
public enum Meaning {
  /// Nothing against the message.
  CLEAN,
  /// To be marked.
  SUSPECT,
  /// To be refused.
  BAD,
  /// To be put aside.
  QUARANTINE,
  /// Not looked at, as it is too large or cannot be looked into.
  NOT_SCANNED,
  /// To come again later.
  LATER,
  /// The program could not do its work, and says nothing of the message.
  FAILED;

  /// The exit codes of programs that are written for Gatepost. They leave those alone that shells,
  /// interpreters and `sysexits.h` use for failures, but for `EX_TEMPFAIL`.
  public static final Map<Integer, Meaning> BY_CODE =
      Map.of(0, CLEAN, 10, SUSPECT, 20, BAD, 30, QUARANTINE, 40, NOT_SCANNED, 75, LATER);
}
