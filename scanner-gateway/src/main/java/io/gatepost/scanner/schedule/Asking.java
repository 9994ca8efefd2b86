package io.gatepost.scanner.schedule;

import io.gatepost.gate.Priority;
import io.gatepost.gate.Waiting;
import io.gatepost.scanner.scan.ScannerAnswer;
import java.time.Duration;
import reactor.core.publisher.Mono;

/// One caller with its scan.
///
/// @param scan begins when it is subscribed to
/// @param patience how long the caller waits
record Asking(ScanQuestion question, Mono<ScannerAnswer> scan, Patience patience) {

  /// How it waits for a slot: in turns with others of its class, each client by itself.
  ///
  /// @param estimate nanoseconds that the scan probably takes
  Waiting waiting(long estimate, Duration maxWait) {
    return new Waiting(
        priority(),
        question.job().envelope().provenance().peer(),
        patience.left(estimate, maxWait));
  }

  /// Internal before external before what already looks bad, and before what nobody waits for.
  private Priority priority() {
    if (!question.isAwaited()) {
      return Priority.LOW;
    }
    return switch (question.mailClass()) {
      case AUTHENTICATED, INTERNAL -> Priority.HIGH;
      case EXTERNAL ->
          question.job().envelope().provenance().marks().isEmpty() ? Priority.NORMAL : Priority.LOW;
    };
  }
}
