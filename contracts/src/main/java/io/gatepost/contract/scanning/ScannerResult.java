package io.gatepost.contract.scanning;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/// One scanner's result for a message.
///
/// @param scanner its name in the settings
/// @param score its points, where it gives any
/// @param words what it says, in printable characters: a virus's name, its rules; may be empty
/// @param took from the question to the answer, waiting included
/// @param cached whether the answer was known from an earlier scan
public record ScannerResult(
    String scanner,
    Outcome outcome,
    Optional<Double> score,
    String words,
    Duration took,
    boolean cached) {

  /// The kinds of answers.
  public enum Outcome {
    /// Nothing against it.
    CLEAN,
    /// Suspect, and not bad enough to be refused.
    SUSPECT,
    /// Must not be accepted.
    BAD,
    /// The scanner wants it to come again later.
    TRY_LATER,
    /// The scanner wants it put aside.
    QUARANTINE,
    /// Not looked at, as it is too large or cannot be looked into.
    NOT_SCANNED,
    /// No answer: unreachable, busy, too slow, or no sense in it.
    FAILED;

    /// The form in metrics and logs.
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
