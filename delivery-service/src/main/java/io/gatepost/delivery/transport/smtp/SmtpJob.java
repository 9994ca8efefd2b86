package io.gatepost.delivery.transport.smtp;

import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.event.RecipientOutcome.Handover;
import io.gatepost.contract.reply.EnhancedStatusCode;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.reply.Reply;
import io.gatepost.delivery.transport.Transport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/// One message for some recipients of one destination, waiting for or using a connection. A message
/// with more recipients than a transaction may have is several jobs; each tells its outcomes when
/// its transaction ends, as those of a later one may take long.
final class SmtpJob implements Work {

  /// A job that new connections broke under so often is given up for now.
  private static final int MAX_TRIES = 3;

  /// Kept connections may all have been closed by the host meanwhile: that is not held against the
  /// message, but for ever it does not go on either.
  private static final int MAX_STALE = 50;

  /// Of what a host says of a recipient so much is kept: the outcomes of a thousand recipients have
  /// to fit into one record, whatever the host is up to.
  static final int MAX_REPLY_CHARACTERS = 512;

  /// All transactions of a message together may begin in this time: a host that takes minutes for
  /// each recipient would keep its attempt for days.
  static final Duration LONGEST = Duration.ofMinutes(30);

  /// For so long where a sender waits for the end of it, or the room for attempts is used up.
  static final Duration LONGEST_IN_NEED = Duration.ofSeconds(30);

  private final EnvelopeRecord message;
  private final List<Recipient> recipients;
  private final Outcomes outcomes;
  private final int tries;
  private final int stale;

  private SmtpJob(
      EnvelopeRecord message, List<Recipient> recipients, Outcomes outcomes, int tries, int stale) {
    this.message = message;
    this.recipients = recipients;
    this.outcomes = outcomes;
    this.tries = tries;
    this.stale = stale;
  }

  /// @param nanos this moment on a monotonic clock
  /// @param ended is told outcomes as they become known, that of each recipient once
  static SmtpJob of(
      EnvelopeRecord message, List<Recipient> recipients, long nanos, Transport.Receiver ended) {
    return new SmtpJob(message, recipients, new Outcomes(recipients.size(), nanos, ended), 0, 0);
  }

  EnvelopeRecord message() {
    return message;
  }

  List<Recipient> recipients() {
    return recipients;
  }

  /// Parts of at most so many recipients each.
  List<SmtpJob> parts(int most) {
    if (recipients.size() <= most) {
      return List.of(this);
    }
    List<SmtpJob> parts = new ArrayList<>();
    for (int from = 0; from < recipients.size(); from += most) {
      parts.add(part(from, Math.min(from + most, recipients.size())));
    }
    return parts;
  }

  /// The recipients `[from, to)` of it.
  SmtpJob part(int from, int to) {
    return with(recipients.subList(from, to));
  }

  /// The job after a new connection broke under it.
  SmtpJob again() {
    return new SmtpJob(message, recipients, outcomes, tries + 1, stale);
  }

  /// The job after a connection broke under it that had served others before.
  SmtpJob againAfterStale() {
    return new SmtpJob(message, recipients, outcomes, tries, stale + 1);
  }

  @Override
  public void giveBack(SmtpDestination destination) {
    destination.resubmit(againAfterStale());
  }

  /// Whether its message has been under way for so long that nothing more of it is begun.
  boolean isOverdue(long nanos) {
    Duration longest = isAwaited() ? LONGEST_IN_NEED : LONGEST;
    return nanos - outcomes.sinceNanos > longest.toNanos();
  }

  /// Whether a sender waits for the end of its message.
  boolean isAwaited() {
    return outcomes.ended.isAwaited();
  }

  /// Whether its message is still to be delivered.
  boolean isWanted() {
    return outcomes.ended.isWanted();
  }

  /// Ends a job that is not wanted any more.
  void dropUnwanted() {
    defer(Reason.DESTINATION_BUSY, Replies.ATTEMPT_BROKEN_OFF);
  }

  boolean isHopeless() {
    return tries >= MAX_TRIES || stale >= MAX_STALE;
  }

  /// Whether the content may be sent is for others to say.
  void prepared(Transport.Prepared part) {
    outcomes.ended.prepared(part);
  }

  /// Which of its recipients are for this transaction: all but those that the host has called too
  /// many, by their order.
  static List<Integer> inOne(List<Optional<Reply>> refusals) {
    boolean someTaken = refusals.stream().anyMatch(Optional::isEmpty);
    List<Integer> inOne = new ArrayList<>(refusals.size());
    for (int i = 0; i < refusals.size(); i++) {
      if (!someTaken || refusals.get(i).filter(SmtpJob::saysTooMany).isEmpty()) {
        inOne.add(i);
      }
    }
    return inOne;
  }

  /// Some of its recipients, by their order.
  SmtpJob only(List<Integer> some) {
    return with(some.stream().map(recipients::get).toList());
  }

  /// All of its recipients but these; at least one is left.
  SmtpJob without(List<Integer> some) {
    Set<Integer> left = new HashSet<>(some);
    return only(
        IntStream.range(0, recipients.size()).filter(i -> !left.contains(i)).boxed().toList());
  }

  /// The next hop's answers so far for those that it has refused.
  List<RecipientOutcome> refused(String host, List<Optional<Reply>> refusals) {
    List<RecipientOutcome> refused = new ArrayList<>(0);
    for (int i = 0; i < refusals.size(); i++) {
      Recipient recipient = recipients.get(i);
      refusals
          .get(i)
          .ifPresent(refusal -> refused.add(outcome(recipient, host, Handover.UNSAID, refusal)));
    }
    return refused;
  }

  /// Ends with the same deferral for every recipient.
  void defer(Reason reason, Reply reply) {
    Reply kept = kept(reply);
    outcomes.tell(
        recipients.stream()
            .<RecipientOutcome>map(each -> new RecipientOutcome.Deferred(each, reason, kept))
            .toList());
  }

  /// Ends as the destination stands: it cannot be had for now, or refuses all mail.
  void giveUp(HopFailure failure) {
    if (failure.reason() == Reason.NEXT_HOP_REFUSED) {
      refuse(failure.reply());
    } else {
      defer(failure.reason(), failure.reply());
    }
  }

  /// Ends with what was said of every recipient on the next hop's behalf.
  void refuse(Reply reply) {
    Reply kept = kept(reply);
    outcomes.tell(
        recipients.stream()
            .<RecipientOutcome>map(
                each -> new RecipientOutcome.Failed(each, Reason.NEXT_HOP_REFUSED, kept))
            .toList());
  }

  /// Ends with what the next hop said of each recipient.
  ///
  /// @return the recipients that were too many for one transaction: they go into another at once
  ///   (RFC 5321 §4.5.3.1.10)
  Optional<SmtpJob> end(String host, Handover handover, List<Reply> replies) {
    boolean someTaken = replies.stream().anyMatch(SmtpJob::isTaken);
    List<Recipient> tooMany = new ArrayList<>(0);
    List<RecipientOutcome> ended = new ArrayList<>(replies.size());
    for (int i = 0; i < replies.size(); i++) {
      Reply reply = replies.get(i);
      if (someTaken && saysTooMany(reply)) {
        tooMany.add(recipients.get(i));
      } else {
        ended.add(outcome(recipients.get(i), host, handover, reply));
      }
    }
    outcomes.tell(ended);
    return rest(tooMany);
  }

  /// Ends the recipients that the next hop has refused.
  ///
  /// @return the others
  Optional<SmtpJob> settle(String host, List<Optional<Reply>> refusals) {
    List<Recipient> open = new ArrayList<>(refusals.size());
    List<RecipientOutcome> ended = new ArrayList<>(0);
    for (int i = 0; i < refusals.size(); i++) {
      Recipient recipient = recipients.get(i);
      refusals
          .get(i)
          .ifPresentOrElse(
              refusal -> ended.add(outcome(recipient, host, Handover.UNSAID, refusal)),
              () -> open.add(recipient));
    }
    outcomes.tell(ended);
    return rest(open);
  }

  private Optional<SmtpJob> rest(List<Recipient> others) {
    if (others.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(others.size() == recipients.size() ? this : with(others));
  }

  private SmtpJob with(List<Recipient> some) {
    return new SmtpJob(message, some, outcomes, tries, stale);
  }

  private static boolean isTaken(Reply reply) {
    return reply.code().isCompletion();
  }

  /// 452, also where the host has said 552; with another status it says something else.
  static boolean saysTooMany(Reply reply) {
    int code = reply.code().value();
    EnhancedStatusCode status = reply.status();
    boolean bare = status.equals(EnhancedStatusCode.NONE);
    boolean tooMany = status.subject() == 5 && status.detail() == 3;
    return code == 452 && (bare || tooMany);
  }

  private static RecipientOutcome outcome(
      Recipient recipient, String host, Handover handover, Reply said) {
    Reply reply = kept(said);
    if (reply.code().isPermanent()) {
      return new RecipientOutcome.Failed(recipient, Reason.NEXT_HOP_REFUSED, reply);
    }
    return isTaken(reply)
        ? new RecipientOutcome.Delivered(recipient, host, reply, handover)
        : new RecipientOutcome.Deferred(recipient, Reason.NEXT_HOP_DEFERRED, reply);
  }

  private static Reply kept(Reply said) {
    return said.abridged(MAX_REPLY_CHARACTERS);
  }

  /// How many recipients of a message are without an outcome; several connections may be writing.
  private static final class Outcomes {
    private final AtomicInteger open;
    private final long sinceNanos;
    private final Transport.Receiver ended;

    Outcomes(int recipients, long sinceNanos, Transport.Receiver ended) {
      this.open = new AtomicInteger(recipients);
      this.sinceNanos = sinceNanos;
      this.ended = ended;
    }

    void tell(List<RecipientOutcome> outcomes) {
      if (outcomes.isEmpty()) {
        return;
      }
      if (open.addAndGet(-outcomes.size()) < 0) {
        throw new IllegalStateException("more outcomes than recipients: " + outcomes);
      }
      ended.accept(outcomes);
    }
  }
}
