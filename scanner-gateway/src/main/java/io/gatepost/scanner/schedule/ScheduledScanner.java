package io.gatepost.scanner.schedule;

import io.gatepost.contract.rpc.Deadline;
import io.gatepost.gate.Gate;
import io.gatepost.gate.GateRefusedException;
import io.gatepost.gate.Priority;
import io.gatepost.gate.Waiting;
import io.gatepost.scanner.plan.MailClass;
import io.gatepost.scanner.plan.ScanOutcome;
import io.gatepost.scanner.plan.ScanOutcome.Failure;
import io.gatepost.scanner.plan.ScannerRule;
import io.gatepost.scanner.scan.ScanJob;
import io.gatepost.scanner.scan.Scanner;
import io.gatepost.scanner.scan.ScannerFailedException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import reactor.core.publisher.Mono;

/// One scanner with its slots: a bounded number of scans at a time, a short wait in the order of
/// the senders' classes, and a limit on each scan.
public final class ScheduledScanner {

  private final ScannerRule rule;
  private final Scanner scanner;
  private final Gate slots;
  private final Limits limits;

  /// @param maxWait how long a scan waits for a slot at most
  /// @param scan how long a scan may take from then on
  public record Limits(Duration maxWait, Duration scan) {}

  public ScheduledScanner(ScannerRule rule, Scanner scanner, Gate slots, Limits limits) {
    this.rule = rule;
    this.scanner = scanner;
    this.slots = slots;
    this.limits = limits;
  }

  public ScannerRule rule() {
    return rule;
  }

  /// Asks the scanner. Fails only where the content cannot be read: what the scanner cannot do is
  /// an outcome.
  public Mono<ScanOutcome> ask(ScanJob job, MailClass mailClass) {
    return Mono.deferContextual(context -> {
      long began = System.nanoTime();
      Duration maxWait = Deadline.left(context, limits.maxWait);
      return slots
          .callToEnd(
              new Waiting(priority(job, mailClass), mailClass, maxWait),
              () -> scanner.scan(job).timeout(limits.scan))
          .<ScanOutcome.Result>map(answer -> new ScanOutcome.Answered(answer, false))
          .onErrorResume(ScheduledScanner::isItsOwn, error -> Mono.just(failed(error)))
          .map(result -> new ScanOutcome(result, Duration.ofNanos(System.nanoTime() - began)));
    });
  }

  /// Internal before external before what already looks bad.
  private static Priority priority(ScanJob job, MailClass mailClass) {
    return switch (mailClass) {
      case AUTHENTICATED, INTERNAL -> Priority.HIGH;
      case EXTERNAL ->
          job.envelope().provenance().marks().isEmpty() ? Priority.NORMAL : Priority.LOW;
    };
  }

  private static boolean isItsOwn(Throwable error) {
    return error instanceof ScannerFailedException
        || error instanceof GateRefusedException
        || error instanceof TimeoutException;
  }

  private ScanOutcome.Failed failed(Throwable error) {
    return switch (error) {
      case ScannerFailedException e ->
          new ScanOutcome.Failed(
              switch (e.kind()) {
                case UNREACHABLE -> Failure.UNREACHABLE;
                case GARBLED -> Failure.GARBLED;
                case REFUSED -> Failure.REFUSED;
              },
              String.valueOf(e.getMessage()));
      case GateRefusedException _ -> new ScanOutcome.Failed(Failure.BUSY, "no slot in time");
      default -> new ScanOutcome.Failed(Failure.TIMEOUT, "no answer in " + limits.scan);
    };
  }
}
