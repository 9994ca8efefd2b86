package io.gatepost.scanner.plan;

import io.gatepost.scanner.scan.ScannerAnswer;
import java.time.Duration;
import java.util.Locale;

/// Outcome of asking one scanner.
///
/// @param took waiting included
public record ScanOutcome(Result result, Duration took) {

  /// An answer, or why there is none.
  public sealed interface Result {}

  /// @param cached whether an earlier scan gave it
  public record Answered(ScannerAnswer answer, boolean cached) implements Result {}

  /// @param words for the log and the operator
  public record Failed(Failure failure, String words) implements Result {}

  /// Why there is no answer.
  public enum Failure {
    /// No connection, or it broke off.
    UNREACHABLE,
    /// The answer makes no sense.
    GARBLED,
    /// The scanner says that it cannot scan now.
    REFUSED,
    /// It took too long.
    TIMEOUT,
    /// No slot came free in time, or nobody may wait any more.
    BUSY,
    /// It has failed so often that it is left alone for a while.
    LEFT_ALONE;

    /// The form in metrics and logs.
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
