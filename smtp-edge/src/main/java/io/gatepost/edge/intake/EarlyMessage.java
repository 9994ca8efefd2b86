package io.gatepost.edge.intake;

import io.gatepost.contract.delivery.EarlyResult;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.Provenance.Origin;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.edge.intake.EarlyHandover.Attempted;
import io.gatepost.edge.policy.Verdict;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/// One message that is attempted before its client has the reply. It is queued where something is
/// left to be done, and where nobody knows: a second copy is better than none. Safe for all
/// threads.
final class EarlyMessage implements Handover {

  private static final Logger log = LoggerFactory.getLogger(EarlyMessage.class);

  private static final Verdict.Refuse BROKEN_OFF =
      new Verdict.Refuse(Reason.NEXT_HOP_DEFERRED, Replies.ATTEMPT_BROKEN_OFF);

  private final EnvelopeRecord message;
  private final EarlyHandover early;
  private final LogHandover queue;
  private final StoredContents contents;
  private volatile boolean isUnderWay;
  private volatile boolean isClientGone;

  EarlyMessage(
      EnvelopeRecord message, EarlyHandover early, LogHandover queue, StoredContents contents) {
    this.message = message;
    this.early = early;
    this.queue = queue;
    this.contents = contents;
  }

  @Override
  public Mono<Accepted> begin() {
    return Mono.defer(() -> {
      isUnderWay = true;
      return early.attempt(message).flatMap(this::attempted);
    });
  }

  @Override
  public void clientHasGone() {
    isClientGone = true;
    hurry();
  }

  /// Has the attempt broken off where no next hop can have the message; its answer tells.
  @Override
  public void hurry() {
    if (isUnderWay) {
      early.withdraw(id(), EarlyHandover.ENDED_WITHIN).subscribe();
    }
  }

  private Mono<Accepted> attempted(Attempted attempted) {
    isUnderWay = false;
    return switch (attempted) {
      case Attempted.NotMade _ -> untouched();
      case Attempted.Unanswered _ -> settled(envelope());
      case Attempted.Answered(var result) ->
          switch (result) {
            case EarlyResult.NotTried _ -> untouched();
            case EarlyResult.GoesOn(var rest) -> isClientGone ? settled(rest) : queued(rest);
            case EarlyResult.Delivered delivered -> ended(delivered(delivered));
            case EarlyResult.Refused refused -> ended(refused(refused));
            case EarlyResult.TryLater later -> ended(tryLater(later));
          };
    };
  }

  /// No next hop has been asked.
  private Mono<Accepted> untouched() {
    return isClientGone ? ended(new Accepted.NotQueued(BROKEN_OFF)) : queue.enqueue(message);
  }

  /// Finds out what became of the attempt before anything else is done with the message: one that
  /// has ended joins no record, and would be made once more.
  private Mono<Accepted> settled(Envelope rest) {
    return early
        .withdraw(id(), EarlyHandover.SETTLED_WITHIN)
        .flatMap(end -> {
          log.info("qid={} attempt was broken off or has ended: {}", id(), label(end));
          if (end.isEmpty()) {
            return queued(rest);
          }
          return switch (end.get()) {
            case EarlyResult.Delivered delivered -> ended(delivered(delivered));
            case EarlyResult.Refused refused -> ended(refused(refused));
            case EarlyResult.TryLater later -> brokenOff(later);
            case EarlyResult.GoesOn(var open) -> queued(open);
            case EarlyResult.NotTried _ ->
                isClientGone ? ended(new Accepted.NotQueued(BROKEN_OFF)) : queued(rest);
          };
        });
  }

  /// The attempt is over for those who are not served.
  private Mono<Accepted> brokenOff(EarlyResult.TryLater later) {
    boolean isAnybodyServed = later.outcomes().stream().anyMatch(RecipientOutcome::isServed);
    boolean mayNotBePartly =
        envelope().provenance().origin() == Origin.EXTERNAL && EarlyReplies.refusesSome(later);
    return !isAnybodyServed && (isClientGone || mayNotBePartly)
        ? ended(tryLater(later))
        : queued(without(later.outcomes()));
  }

  /// Puts what is left on the log, where the attempt joins it. Where that fails, the client is to
  /// come again, unless all have been served.
  private Mono<Accepted> queued(Envelope rest) {
    return queue
        .enqueue(new EnvelopeRecord(rest, message.content()))
        .flatMap(accepted ->
            accepted instanceof Accepted.NotQueued notQueued
                ? early
                    .withdraw(id(), EarlyHandover.ENDED_WITHIN)
                    .map(end -> notQueued(notQueued, end))
                : Mono.just(accepted));
  }

  /// Stored content is left to the sweep: a record that came too late may refer to it.
  private Accepted notQueued(Accepted.NotQueued notQueued, Optional<EarlyResult> end) {
    if (end.isEmpty()) {
      log.warn("qid={} neither queued nor known to be broken off: there may be two copies", id());
      return notQueued;
    }
    return switch (end.get()) {
      case EarlyResult.Delivered delivered -> delivered(delivered);
      case EarlyResult.Refused refused -> refused(refused);
      case EarlyResult.TryLater(var outcomes) -> {
        long served = outcomes.stream().filter(RecipientOutcome::isServed).count();
        if (served > 0) {
          log.warn("qid={} not queued, {} recipients have it and may get another", id(), served);
        }
        yield notQueued;
      }
      case EarlyResult.GoesOn _, EarlyResult.NotTried _ -> notQueued;
    };
  }

  /// The stored content is not needed any more. The client does not wait until it has gone.
  private Mono<Accepted> ended(Accepted accepted) {
    contents.drop(envelope().content()).subscribe();
    return Mono.just(accepted);
  }

  private Accepted delivered(EarlyResult.Delivered result) {
    return new Accepted.Delivered(
        EarlyReplies.delivered(envelope(), result), EarlyReplies.by(result));
  }

  private Accepted refused(EarlyResult.Refused result) {
    return new Accepted.NotQueued(EarlyReplies.refused(envelope(), result));
  }

  private static Accepted tryLater(EarlyResult.TryLater later) {
    return new Accepted.NotQueued(
        EarlyReplies.refusesSome(later)
            ? new Verdict.Refuse(Reason.NEXT_HOP_DEFERRED, Replies.PARTLY_REFUSED)
            : BROKEN_OFF);
  }

  /// The envelope for those who are not served; members of aliases that are, are covered.
  private Envelope without(List<RecipientOutcome> outcomes) {
    List<Recipient> served =
        outcomes.stream()
            .filter(RecipientOutcome::isServed)
            .map(RecipientOutcome::recipient)
            .toList();
    List<Recipient> rest =
        envelope().recipients().stream().filter(each -> !served.contains(each)).toList();
    return served.isEmpty() || rest.isEmpty()
        ? envelope()
        : envelope().only(rest).covering(envelope().covered().plus(served));
  }

  private Envelope envelope() {
    return message.envelope();
  }

  private QueueId id() {
    return envelope().id();
  }

  private static String label(Optional<EarlyResult> end) {
    return end.map(each -> each.getClass().getSimpleName()).orElse("not known");
  }
}
