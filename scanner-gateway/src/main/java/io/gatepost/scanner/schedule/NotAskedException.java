package io.gatepost.scanner.schedule;

import io.gatepost.scanner.plan.ScanOutcome.Failure;

/// A scanner is not asked: its breaker is open, or the client would not wait for its answer. Says
/// nothing of the scanner.
final class NotAskedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final Failure failure;

  NotAskedException(Failure failure, String why) {
    super(why, null, false, false); // without a stack trace: they come in floods
    this.failure = failure;
  }

  Failure failure() {
    return failure;
  }
}
