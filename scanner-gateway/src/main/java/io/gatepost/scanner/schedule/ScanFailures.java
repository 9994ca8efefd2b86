package io.gatepost.scanner.schedule;

import io.gatepost.gate.GateRefusedException;
import io.gatepost.scanner.plan.ScanOutcome.Failed;
import io.gatepost.scanner.plan.ScanOutcome.Failure;
import io.gatepost.scanner.scan.ScannerFailedException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;

/// Errors of scans that tell of the scanner. All others are the content's.
final class ScanFailures {

  private ScanFailures() {}

  /// Whether it is the scanner's, or that of its scheduling.
  static boolean isOne(Throwable error) {
    return error instanceof ScannerFailedException
        || error instanceof GateRefusedException
        || error instanceof NotAskedException
        || wasCancelled(error);
  }

  /// Whether the scan was given up while the scanner may have been at it.
  static boolean wasCancelled(Throwable error) {
    return error instanceof TimeoutException || error instanceof CancellationException;
  }

  /// The outcome.
  ///
  /// @param limit on the scan
  static Failed of(Throwable error, Duration limit) {
    return switch (error) {
      case ScannerFailedException e ->
          new Failed(
              switch (e.kind()) {
                case UNREACHABLE -> Failure.UNREACHABLE;
                case GARBLED -> Failure.GARBLED;
                case REFUSED -> Failure.REFUSED;
              },
              String.valueOf(e.getMessage()));
      case NotAskedException e -> new Failed(e.failure(), String.valueOf(e.getMessage()));
      case CancellationException e ->
          new Failed(Failure.LEFT_ALONE, String.valueOf(e.getMessage()));
      case GateRefusedException _ -> new Failed(Failure.BUSY, "no slot in time");
      default -> new Failed(Failure.TIMEOUT, "no answer in " + limit.toMillis() + " ms");
    };
  }
}
