package io.gatepost.delivery.attempt;

import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.envelope.Covered;
import io.gatepost.contract.envelope.DsnParameters;
import io.gatepost.contract.envelope.DsnParameters.Notify;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.queue.Conclusion;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.delivery.dsn.DeliveryNotice;
import io.gatepost.delivery.dsn.Report;
import io.gatepost.delivery.dsn.Report.Action;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Result of an attempt: the whole failure policy of delivery in one place. An outcome that is not
/// positively final is deferred; one that was deferred for longer than its lifetime has failed; the
/// sender is told what it asked to be told (RFC 3461 §4.1), by default of failures, but nothing is
/// ever told to the null reverse-path (requirement H1).
final class Judge {

  private final Expiry expiry;
  private final Duration delayNotice;
  private final DeliveryNotice notice;

  /// @param expiry how long a message is tried
  /// @param delayNotice after how long a sender that asked is told of a delay
  Judge(Expiry expiry, Duration delayNotice, DeliveryNotice notice) {
    this.expiry = expiry;
    this.delayNotice = delayNotice;
    this.notice = notice;
  }

  /// The end of an attempt.
  sealed interface Result {
    /// Nothing is left over.
    record AllDelivered(List<RecipientOutcome> outcomes) implements Result {}

    /// Something has to be written before the attempt may be forgotten.
    record Leftover(Conclusion conclusion) implements Result {}
  }

  /// Action taken for a message.
  enum Made {
    /// An attempt.
    ATTEMPT,
    /// None, as it still owed its scan: none is counted.
    SCAN,
    /// The same of a stranger's message: its sender may be forged, and is told nothing. Nothing of
    /// it expires either, as nobody would know.
    SCAN_FOR_STRANGER
  }

  /// The end of an attempt.
  Result judge(
      EnvelopeRecord message,
      byte[] beginning,
      List<RecipientOutcome> attempted,
      Optional<String> heldUpBy,
      Instant now) {
    return judge(message, beginning, attempted, heldUpBy, now, Made.ATTEMPT);
  }

  /// @param beginning of the content, for what is told of it: all where it lies in the record
  /// @param heldUpBy the one destination that all of the deferred recipients wait for, if there is
  ///   one
  Result judge(
      EnvelopeRecord message,
      byte[] beginning,
      List<RecipientOutcome> attempted,
      Optional<String> heldUpBy,
      Instant now,
      Made made) {
    Envelope envelope = message.envelope();
    boolean isStranger = made == Made.SCAN_FOR_STRANGER;
    List<RecipientOutcome> outcomes = isStranger ? attempted : expire(envelope, attempted, now);
    List<Report> reports = new ArrayList<>(0);
    List<Recipient> remaining = new ArrayList<>(0);
    boolean failed = false;
    boolean tried = false;
    boolean late = !now.isBefore(envelope.arrivedAt().plus(delayNotice));
    boolean sendersAreTold = !isStranger && !(envelope.sender() instanceof ReversePath.Null);
    for (RecipientOutcome outcome : outcomes) {
      Recipient recipient = outcome.recipient();
      Set<Notify> wanted = recipient.dsn().notifyOn();
      switch (outcome) {
        case RecipientOutcome.Delivered delivered -> {
          if (wanted.contains(Notify.SUCCESS)) {
            success(delivered).ifPresent(reports::add);
          }
        }
        case RecipientOutcome.Discarded _ -> {} // silently: a notice would tell of the rule
        case RecipientOutcome.Failed(var _, var _, var reply) -> {
          failed = true;
          if (wanted.isEmpty() || wanted.contains(Notify.FAILURE)) {
            reports.add(new Report(recipient, Action.FAILED, reply, ""));
          }
        }
        case RecipientOutcome.Deferred(var _, var reason, var reply) -> {
          tried |= made == Made.ATTEMPT && reason != Reason.DESTINATION_BUSY;
          if (late && sendersAreTold && wanted.contains(Notify.DELAY)) {
            reports.add(new Report(recipient, Action.DELAYED, reply, ""));
            remaining.add(toldOfDelay(recipient));
          } else {
            remaining.add(recipient);
          }
        }
      }
    }
    if (!failed && remaining.isEmpty() && (reports.isEmpty() || !sendersAreTold)) {
      return new Result.AllDelivered(outcomes);
    }
    return new Result.Leftover(
        new Conclusion(
            envelope.id(),
            envelope.generation(),
            outcomes,
            retry(message, remaining, outcomes, tried, heldUpBy),
            reports.isEmpty() || !sendersAreTold
                ? List.of()
                : notice.about(message, beginning, reports, now).stream().toList(),
            Optional.empty()));
  }

  /// Ends a generation whose message goes on in parts. Those who have their copy are told of, as in
  /// [#judge].
  ///
  /// @param outcomes of those who have their copy, and deferrals of the others
  Conclusion split(
      EnvelopeRecord message,
      byte[] beginning,
      List<RecipientOutcome> outcomes,
      List<EnvelopeRecord> parts,
      Instant now) {
    List<RecipientOutcome> served = outcomes.stream().filter(RecipientOutcome::isServed).toList();
    List<EnvelopeRecord> notices =
        switch (judge(message, beginning, served, Optional.empty(), now)) {
          case Result.AllDelivered _ -> List.of();
          case Result.Leftover(var conclusion) -> conclusion.notices();
        };
    Envelope envelope = message.envelope();
    return new Conclusion(
        envelope.id(),
        envelope.generation(),
        outcomes,
        Optional.empty(),
        notices,
        Optional.empty(),
        parts,
        Optional.empty());
  }

  /// Who has a copy, or wants none.
  static List<Recipient> served(List<RecipientOutcome> outcomes) {
    return outcomes.stream()
        .filter(RecipientOutcome::isServed)
        .map(RecipientOutcome::recipient)
        .toList();
  }

  /// A success is told where it happened, or where nobody behind us will tell it.
  private static Optional<Report> success(RecipientOutcome.Delivered delivered) {
    return switch (delivered.handover()) {
      case MAILBOX ->
          Optional.of(
              new Report(
                  delivered.recipient(), Action.DELIVERED, delivered.reply(), delivered.by()));
      case RELAYED ->
          Optional.of(
              new Report(delivered.recipient(), Action.RELAYED, delivered.reply(), delivered.by()));
      case PASSED_ON, UNSAID -> Optional.empty();
    };
  }

  /// A delay is told once. Deviation: RFC 3461 §5.2.1 passes NOTIFY on as it came; from here on it
  /// goes without DELAY, as the sender knows.
  private static Recipient toldOfDelay(Recipient recipient) {
    Set<Notify> rest = EnumSet.copyOf(recipient.dsn().notifyOn());
    rest.remove(Notify.DELAY);
    if (rest.isEmpty()) {
      rest.add(Notify.NEVER); // an empty set would mean that nothing was said
    }
    return recipient.wanting(
        new DsnParameters.OfRecipient(rest, recipient.dsn().originalRecipient()));
  }

  private static Optional<Conclusion.Retry> retry(
      EnvelopeRecord message,
      List<Recipient> remaining,
      List<RecipientOutcome> outcomes,
      boolean tried,
      Optional<String> heldUpBy) {
    if (remaining.isEmpty()) {
      return Optional.empty();
    }
    Envelope envelope = message.envelope();
    Covered covered = envelope.covered().plus(served(outcomes)).neededFor(remaining);
    Envelope next =
        (tried ? envelope.deferred(remaining) : envelope.postponed(remaining)).covering(covered);
    return Optional.of(
        new Conclusion.Retry(
            new EnvelopeRecord(next, message.content()),
            tried ? Conclusion.Wait.LADDER : Conclusion.Wait.BUSY,
            heldUpBy));
  }

  /// Only after an attempt that failed, and never for trouble of our own: that passes, or waits for
  /// a person.
  private List<RecipientOutcome> expire(
      Envelope envelope, List<RecipientOutcome> outcomes, Instant now) {
    if (!expiry.isOver(envelope, now)) {
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
              case RecipientOutcome.Delivered _,
                  RecipientOutcome.Discarded _,
                  RecipientOutcome.Failed _ ->
                  outcome;
            })
        .toList();
  }

  private static boolean mayExpire(Reason reason) {
    return switch (reason) {
      case DESTINATION_BUSY, CONTENT_UNAVAILABLE, SERVICE_UNAVAILABLE, DEADLINE_EXCEEDED -> false;
      default -> true;
    };
  }
}
