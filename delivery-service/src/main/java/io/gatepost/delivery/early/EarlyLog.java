package io.gatepost.delivery.early;

import io.gatepost.contract.delivery.EarlyResult;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.routing.Destination;
import java.util.Collection;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The log lines of early attempts. Those of deliveries are the attempts' own.
final class EarlyLog {

  private static final Logger log = LoggerFactory.getLogger(EarlyLog.class);

  /// Destinations that one line names.
  private static final int MOST_NAMED = 3;

  private EarlyLog() {}

  /// The client's side is told.
  static void told(Envelope envelope, EarlyResult result, Cause cause) {
    QueueId id = envelope.id();
    switch (result) {
      case EarlyResult.Delivered _ -> {}
      case EarlyResult.Refused(var refusals) -> {
        log.info("qid={} early attempt refused to all recipients={}", id, refusals.size());
        refusals(id, refusals);
      }
      case EarlyResult.TryLater(var outcomes) -> {
        log.info("qid={} early attempt broken off why={}", id, cause.label());
        refusals(id, outcomes);
      }
      case EarlyResult.GoesOn(var rest) ->
          log.info(
              "qid={} early attempt goes on in the queue why={} recipients={} of={}",
              id,
              cause.label(),
              rest.recipients().size(),
              envelope.recipients().size());
      case EarlyResult.NotTried(var why) ->
          log.debug("qid={} not attempted early why={}", id, why.label());
    }
  }

  /// The budget is over before the attempt's end.
  ///
  /// @param destinations that it waits for
  static void late(Envelope envelope, Collection<Destination> destinations) {
    log.info(
        "qid={} early attempt not ended in its budget, waits for {}{}",
        envelope.id(),
        destinations.stream()
            .limit(MOST_NAMED)
            .map(Destination::name)
            .collect(Collectors.joining(", ")),
        destinations.size() > MOST_NAMED
            ? " and " + (destinations.size() - MOST_NAMED) + " more"
            : "");
  }

  /// The message's record has been read.
  static void joined(QueueId id, EarlyMeters.Join join) {
    switch (join) {
      case RUNNING -> log.info("qid={} early attempt joins its record", id);
      case ENDED -> log.info("qid={} early attempt had ended when its record came", id);
      case REMEMBERED ->
          log.warn("qid={} was attempted early, and the edge never heard what came of it", id);
      case BROKEN_OFF -> log.info("qid={} early attempt was broken off, another begins", id);
    }
  }

  /// The edge has asked for the end.
  static void withdrawn(QueueId id, EarlyResult result) {
    switch (result) {
      case EarlyResult.Delivered _, EarlyResult.Refused _ ->
          log.info("qid={} withdrawn after its early attempt had ended", id);
      case EarlyResult.TryLater(var outcomes) -> {
        long served = outcomes.stream().filter(RecipientOutcome::isServed).count();
        log.info("qid={} withdrawn served={}", id, served);
      }
      case EarlyResult.GoesOn _, EarlyResult.NotTried _ ->
          log.debug("qid={} withdrawn, no early attempt is known", id);
    }
  }

  /// No record has come in all the time that there is for it.
  static void forgotten(Envelope envelope, Collection<RecipientOutcome> outcomes) {
    long served = outcomes.stream().filter(RecipientOutcome::isServed).count();
    log.warn(
        "qid={} early attempt forgotten, its record never came served={} recipients={}",
        envelope.id(),
        served,
        envelope.recipients().size());
  }

  private static void refusals(QueueId id, Collection<? extends RecipientOutcome> outcomes) {
    for (RecipientOutcome outcome : outcomes) {
      if (outcome instanceof RecipientOutcome.Failed(var recipient, var reason, var reply)) {
        log.info(
            "qid={} refused to=<{}> reason={} reply=\"{}\"",
            id,
            recipient.address(),
            reason.label(),
            reply);
      }
    }
  }
}
