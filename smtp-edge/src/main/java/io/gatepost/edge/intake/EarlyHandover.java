package io.gatepost.edge.intake;

import io.gatepost.contract.delivery.Delivery;
import io.gatepost.contract.delivery.EarlyResult;
import io.gatepost.contract.delivery.EarlyResult.Why;
import io.gatepost.contract.delivery.EarlyTerms;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.envelope.ScanState;
import io.gatepost.contract.rpc.Deadline;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/// Has messages delivered before their clients have the reply (requirement F1). No result of this
/// class is a failed [Mono]: where delivery fails, the message goes the ordinary way.
public final class EarlyHandover {

  private static final Logger log = LoggerFactory.getLogger(EarlyHandover.class);

  /// The answer of a delivery-service is on its way so long after the budget at most.
  private static final Duration MARGIN = Duration.ofSeconds(1);

  private final Delivery delivery;
  private final Terms terms;
  private final Duration longest;

  /// @param budget how long a host's client waits for an attempt
  /// @param submissionBudget the same of a user who has authenticated, and waits in person
  /// @param maxRecipients of a message that is attempted at once
  public record Terms(
      boolean isEnabled, Duration budget, Duration submissionBudget, int maxRecipients) {

    /// Every message is queued.
    public static final Terms OFF = new Terms(false, Duration.ZERO, Duration.ZERO, 0);
  }

  /// @param longest how long a client waits at most for an attempt that cannot be broken off
  public EarlyHandover(Delivery delivery, Terms terms, Duration longest) {
    this.delivery = delivery;
    this.terms = terms;
    this.longest = longest;
  }

  /// Whether a message is attempted before its client has the reply.
  boolean isFor(EnvelopeRecord message) {
    Envelope envelope = message.envelope();
    return terms.isEnabled
        && envelope.scan() == ScanState.DONE
        && envelope.recipients().size() <= terms.maxRecipients;
  }

  /// Attempts a message.
  Mono<EarlyResult> handOver(EnvelopeRecord message) {
    Duration budget =
        message.envelope().provenance().user().isPresent() ? terms.submissionBudget : terms.budget;
    return Deadline.within(
            budget.plus(MARGIN), delivery.deliverNow(message, new EarlyTerms(budget)))
        .onErrorResume(error -> {
          log.warn(
              "qid={} delivery does not answer: {}", message.envelope().id(), error.toString());
          return Mono.just(new EarlyResult.GoesOn(message.envelope()));
        });
  }

  /// Ends the attempt of a message that will not be queued.
  Mono<EarlyResult> withdraw(QueueId id) {
    return Deadline.within(longest, delivery.withdraw(id))
        .onErrorResume(error -> {
          log.warn("qid={} attempt not broken off: {}", id, error.toString());
          return Mono.just(new EarlyResult.NotTried(Why.UNKNOWN));
        });
  }
}
