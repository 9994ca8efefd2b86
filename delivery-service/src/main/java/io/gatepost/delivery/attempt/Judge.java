package io.gatepost.delivery.attempt;

import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.queue.Conclusion;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.delivery.dsn.DeliveryNotice;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What an attempt comes to: the whole failure policy of delivery in one place. What is not
/// positively final is deferred; what was deferred for longer than its lifetime has failed; what
/// has failed is told to the sender, but never to the null reverse-path (requirement H1).
final class Judge {

  private final Duration lifetime;
  private final DeliveryNotice notice;

  Judge(Duration lifetime, DeliveryNotice notice) {
    this.lifetime = lifetime;
    this.notice = notice;
  }

  /// The end of an attempt.
  sealed interface Result {
    /// Nothing is left over.
    record AllDelivered(List<RecipientOutcome> outcomes) implements Result {}

    /// Something has to be written before the attempt may be forgotten.
    record Leftover(Conclusion conclusion) implements Result {}
  }

  /// @param heldUpBy the one destination that all of the deferred recipients wait for, if there is
  ///   one
  Result judge(
      EnvelopeRecord message,
      List<RecipientOutcome> attempted,
      Optional<String> heldUpBy,
      Instant now) {
    List<RecipientOutcome> outcomes = expire(message.envelope(), attempted, now);
    List<RecipientOutcome.Failed> failed = new ArrayList<>();
    List<Recipient> remaining = new ArrayList<>();
    boolean tried = false;
    for (RecipientOutcome outcome : outcomes) {
      switch (outcome) {
        case RecipientOutcome.Delivered _ -> {}
        case RecipientOutcome.Failed failure -> failed.add(failure);
        case RecipientOutcome.Deferred deferred -> {
          remaining.add(deferred.recipient());
          tried |= deferred.reason() != Reason.DESTINATION_BUSY;
        }
      }
    }
    if (failed.isEmpty() && remaining.isEmpty()) {
      return new Result.AllDelivered(outcomes);
    }
    Envelope envelope = message.envelope();
    return new Result.Leftover(
        new Conclusion(
            envelope.id(),
            envelope.generation(),
            outcomes,
            retry(message, remaining, tried, heldUpBy),
            failed.isEmpty() ? List.of() : notice.about(message, failed, now).stream().toList()));
  }

  private static Optional<Conclusion.Retry> retry(
      EnvelopeRecord message, List<Recipient> remaining, boolean tried, Optional<String> heldUpBy) {
    if (remaining.isEmpty()) {
      return Optional.empty();
    }
    Envelope envelope = message.envelope();
    Envelope next = tried ? envelope.deferred(remaining) : envelope.postponed(remaining);
    return Optional.of(
        new Conclusion.Retry(
            new EnvelopeRecord(next, message.content()),
            tried ? Conclusion.Wait.LADDER : Conclusion.Wait.BUSY,
            heldUpBy));
  }

  /// Only after an attempt that failed, and never for content that could not be read: that is our
  /// trouble and waits for a person.
  private List<RecipientOutcome> expire(
      Envelope envelope, List<RecipientOutcome> outcomes, Instant now) {
    if (now.isBefore(envelope.arrivedAt().plus(lifetime))) {
      return outcomes;
    }
    return outcomes.stream()
        .map(outcome ->
            switch (outcome) {
              case RecipientOutcome.Deferred(var recipient, var reason, var reply)
                  when mayExpire(reason) ->
                  (RecipientOutcome)
                      new RecipientOutcome.Failed(
                          recipient, Reason.EXPIRED, Replies.expired(reply.toString()));
              case RecipientOutcome.Deferred deferred -> deferred;
              case RecipientOutcome.Delivered delivered -> delivered;
              case RecipientOutcome.Failed failed -> failed;
            })
        .toList();
  }

  private static boolean mayExpire(Reason reason) {
    return reason != Reason.DESTINATION_BUSY && reason != Reason.CONTENT_UNAVAILABLE;
  }
}
