package io.gatepost.delivery.attempt;

import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.queue.Conclusion;
import io.gatepost.contract.routing.RouteAnswer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The log lines of an attempt: one for each recipient, and one for what it leaves over.
final class AttemptLog {

  private static final Logger log = LoggerFactory.getLogger(AttemptLog.class);

  private AttemptLog() {}

  /// Everybody has it.
  static void delivered(Envelope envelope, List<RecipientOutcome> outcomes, long nanos) {
    if (outcomes.isEmpty()) {
      log.info(
          "qid={} generation={} nobody is left to deliver to",
          envelope.id(),
          envelope.generation());
      return;
    }
    outcomes.forEach(outcome -> reached(envelope, outcome, nanos));
  }

  static void leftOut(Envelope envelope, Recipient alias, RouteAnswer.DeadLeg leg) {
    log.warn(
        "qid={} generation={} left out to=<{}> alias=<{}> reason={} reply=\"{}\"",
        envelope.id(),
        envelope.generation(),
        leg.address(),
        alias.original(),
        leg.reason().label(),
        leg.reply());
  }

  /// No recipient was tried, as the message leads to too many addresses for one attempt.
  static void split(Envelope envelope, List<EnvelopeRecord> parts) {
    log.info(
        "qid={} generation={} goes on in parts: {}",
        envelope.id(),
        envelope.generation(),
        parts.stream()
            .map(part -> part.envelope().id() + "=" + part.envelope().recipients().size())
            .collect(Collectors.joining(" ")));
  }

  static void leftover(Envelope envelope, Conclusion conclusion, long nanos) {
    conclusion.outcomes().forEach(outcome -> reached(envelope, outcome, nanos));
    log.info(
        "qid={} generation={} ended recipients={} retry={} notices={} ms={}",
        envelope.id(),
        envelope.generation(),
        conclusion.outcomes().size(),
        conclusion.retry().isPresent(),
        conclusion.notices().size(),
        TimeUnit.NANOSECONDS.toMillis(nanos));
  }

  /// Logs the outcome of one recipient: a user who asks for a message knows an address.
  private static void reached(Envelope envelope, RecipientOutcome outcome, long nanos) {
    switch (outcome) {
      case RecipientOutcome.Delivered(var recipient, var by, var reply, var _) ->
          log.info(
              "qid={} generation={} delivered to=<{}> by={} reply=\"{}\" ms={}",
              envelope.id(),
              envelope.generation(),
              recipient.address(),
              by,
              reply,
              TimeUnit.NANOSECONDS.toMillis(nanos));
      case RecipientOutcome.Discarded(var recipient, var by) ->
          log.info(
              "qid={} generation={} discarded to=<{}> by={}",
              envelope.id(),
              envelope.generation(),
              recipient.address(),
              by);
      case RecipientOutcome.Deferred(var recipient, var reason, var reply) ->
          log.info(
              "qid={} generation={} deferred to=<{}> reason={} reply=\"{}\"",
              envelope.id(),
              envelope.generation(),
              recipient.address(),
              reason.label(),
              reply);
      case RecipientOutcome.Failed(var recipient, var reason, var reply) ->
          log.info(
              "qid={} generation={} failed to=<{}> reason={} reply=\"{}\"",
              envelope.id(),
              envelope.generation(),
              recipient.address(),
              reason.label(),
              reply);
    }
  }
}
