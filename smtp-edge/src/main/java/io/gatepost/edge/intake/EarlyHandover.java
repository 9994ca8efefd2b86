package io.gatepost.edge.intake;

import io.gatepost.contract.delivery.Delivery;
import io.gatepost.contract.delivery.EarlyResult;
import io.gatepost.contract.delivery.EarlyTerms;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.envelope.ScanState;
import io.gatepost.contract.rpc.Deadline;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.edge.policy.FailurePolicy;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/// Asks the delivery-service to deliver messages before their clients have the reply (requirement
/// F1), and knows which. No result of this class is a failed [Mono].
public final class EarlyHandover {

  private static final Logger log = LoggerFactory.getLogger(EarlyHandover.class);

  /// The answer of a delivery-service is on its way so long after the budget at most.
  private static final Duration MARGIN = Duration.ofSeconds(1);

  /// How long the client of a message waits until it is known what became of an attempt that has
  /// not been answered; the message can still be queued then.
  static final Duration SETTLED_WITHIN = Duration.ofSeconds(5);

  /// How long the client of a message that cannot be queued waits for the end of its attempt: until
  /// then a next hop may take it. Below the 30 s of a call between services.
  static final Duration ENDED_WITHIN = Duration.ofSeconds(25);

  /// How long a client may wait beside the budget, for the scanner and for the log.
  public static final Duration BESIDE_BUDGET =
      MARGIN.plus(SETTLED_WITHIN).plus(ENDED_WITHIN).plus(Acceptance.LONGEST_CONTENT_TIMEOUT);

  private final Delivery delivery;
  private final Terms terms;
  private final EarlyMeters meters;

  /// @param budget how long a host's client waits for an attempt
  /// @param submissionBudget the same of a user who has authenticated, and waits in person
  /// @param maxRecipients of a message that is attempted at once
  public record Terms(
      boolean isEnabled, Duration budget, Duration submissionBudget, int maxRecipients) {

    /// Every message is queued.
    public static final Terms OFF = new Terms(false, Duration.ZERO, Duration.ZERO, 0);
  }

  public EarlyHandover(Delivery delivery, Terms terms, MeterRegistry meters) {
    this.delivery = delivery;
    this.terms = terms;
    this.meters = new EarlyMeters(meters);
  }

  /// Whether a message is attempted before its client has the reply; counts those that are not.
  boolean isFor(EnvelopeRecord message) {
    Optional<EarlyMeters.Own> against = against(message.envelope());
    against.ifPresent(meters::passedOver);
    return against.isEmpty();
  }

  private Optional<EarlyMeters.Own> against(Envelope envelope) {
    if (!terms.isEnabled) {
      return Optional.of(EarlyMeters.Own.OFF);
    }
    if (envelope.scan() != ScanState.DONE) {
      return Optional.of(EarlyMeters.Own.OWES_SCAN);
    }
    return envelope.recipients().size() > terms.maxRecipients
        ? Optional.of(EarlyMeters.Own.TOO_MANY_RECIPIENTS)
        : Optional.empty();
  }

  /// Attempts a message.
  Mono<Attempted> attempt(EnvelopeRecord message) {
    Duration budget =
        message.envelope().provenance().user().isPresent() ? terms.submissionBudget : terms.budget;
    return Mono.defer(() ->
            Deadline.within(
                budget.plus(MARGIN), delivery.deliverNow(message, new EarlyTerms(budget))))
        .<Attempted>map(result -> {
          meters.ended(result);
          return new Attempted.Answered(result);
        })
        .onErrorResume(error -> Mono.just(failed(message.envelope().id(), error)));
  }

  private Attempted failed(QueueId id, Throwable error) {
    if (error instanceof RpcException && !FailurePolicy.leavesDoubt(error)) {
      FailurePolicy.deliveryFailed(error);
      meters.passedOver(EarlyMeters.Own.DELIVERY_AWAY);
      return new Attempted.NotMade();
    }
    log.warn("qid={} attempt not answered: {}", id, error.toString());
    meters.unanswered();
    return new Attempted.Unanswered();
  }

  /// Ends the attempt of a message, and tells what it has come to.
  ///
  /// @return none where that cannot be known in this time
  Mono<Optional<EarlyResult>> withdraw(QueueId id, Duration within) {
    return Mono.defer(() -> Deadline.within(within, delivery.withdraw(id)))
        .map(Optional::of)
        .onErrorResume(error -> {
          log.warn("qid={} attempt not broken off: {}", id, error.toString());
          return Mono.just(Optional.empty());
        });
  }

  /// The answer to an attempt.
  sealed interface Attempted {

    record Answered(EarlyResult result) implements Attempted {}

    /// The delivery-service has not begun one.
    record NotMade() implements Attempted {}

    /// One may be under way, or have ended.
    record Unanswered() implements Attempted {}
  }
}
