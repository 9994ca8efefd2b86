package io.gatepost.delivery.transport.smtp;

import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.event.RecipientOutcome.Handover;
import io.gatepost.contract.reply.EnhancedStatusCode;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;

/// One message for some recipients of one destination, waiting for or using a connection. A message
/// with more recipients than a transaction may have is several jobs, which end together.
final class SmtpJob {

  /// A job that new connections broke under so often is given up for now.
  private static final int MAX_TRIES = 3;

  /// Kept connections may all have been closed by the host meanwhile: that is not held against the
  /// message, but for ever it does not go on either.
  private static final int MAX_STALE = 50;

  /// Of what a host says of a recipient so much is kept: the outcomes of a thousand recipients have
  /// to fit into one record, whatever the host is up to.
  private static final int MAX_REPLY_CHARACTERS = 512;

  private final EnvelopeRecord message;
  private final List<Recipient> recipients;
  private final int[] places;
  private final Outcomes outcomes;
  private final int tries;
  private final int stale;

  private SmtpJob(
      EnvelopeRecord message,
      List<Recipient> recipients,
      int[] places,
      Outcomes outcomes,
      int tries,
      int stale) {
    this.message = message;
    this.recipients = recipients;
    this.places = places;
    this.outcomes = outcomes;
    this.tries = tries;
    this.stale = stale;
  }

  /// @param done is called once, when every recipient has its outcome
  static SmtpJob of(
      EnvelopeRecord message, List<Recipient> recipients, Consumer<List<RecipientOutcome>> done) {
    int[] places = new int[recipients.size()];
    for (int i = 0; i < places.length; i++) {
      places[i] = i;
    }
    return new SmtpJob(message, recipients, places, new Outcomes(places.length, done), 0, 0);
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
    int[] some = Arrays.copyOfRange(places, from, to);
    return new SmtpJob(message, recipients.subList(from, to), some, outcomes, tries, stale);
  }

  /// The job after a new connection broke under it.
  SmtpJob again() {
    return new SmtpJob(message, recipients, places, outcomes, tries + 1, stale);
  }

  /// The job after a connection broke under it that had served others before.
  SmtpJob againAfterStale() {
    return new SmtpJob(message, recipients, places, outcomes, tries, stale + 1);
  }

  boolean isHopeless() {
    return tries >= MAX_TRIES || stale >= MAX_STALE;
  }

  /// Ends with the same deferral for every recipient.
  void defer(Reason reason, Reply reply) {
    for (int i = 0; i < places.length; i++) {
      outcomes.set(
          places[i], new RecipientOutcome.Deferred(recipients.get(i), reason, kept(reply)));
    }
  }

  /// Ends with what was said of every recipient on the next hop's behalf.
  void refuse(Reply reply) {
    for (int i = 0; i < places.length; i++) {
      outcomes.set(
          places[i],
          new RecipientOutcome.Failed(recipients.get(i), Reason.NEXT_HOP_REFUSED, kept(reply)));
    }
  }

  /// Ends with what the next hop said of each recipient.
  ///
  /// @return the recipients that were too many for one transaction: they go into another at once
  ///   (RFC 5321 §4.5.3.1.10)
  Optional<SmtpJob> end(String host, Handover handover, List<Reply> replies) {
    boolean someTaken = replies.stream().anyMatch(SmtpJob::isTaken);
    List<Integer> tooMany = new ArrayList<>(0);
    for (int i = 0; i < places.length; i++) {
      Reply reply = replies.get(i);
      if (someTaken && saysTooMany(reply)) {
        tooMany.add(i);
      } else {
        outcomes.set(places[i], outcome(recipients.get(i), host, handover, reply));
      }
    }
    return only(tooMany);
  }

  /// Ends the recipients that the next hop has refused.
  ///
  /// @return the others
  Optional<SmtpJob> settle(String host, List<Optional<Reply>> refusals) {
    List<Integer> open = new ArrayList<>();
    for (int i = 0; i < places.length; i++) {
      Optional<Reply> refusal = refusals.get(i);
      if (refusal.isPresent()) {
        outcomes.set(places[i], outcome(recipients.get(i), host, Handover.UNSAID, refusal.get()));
      } else {
        open.add(i);
      }
    }
    return only(open);
  }

  private Optional<SmtpJob> only(List<Integer> indices) {
    if (indices.isEmpty()) {
      return Optional.empty();
    }
    if (indices.size() == places.length) {
      return Optional.of(this);
    }
    int[] some = indices.stream().mapToInt(i -> places[i]).toArray();
    List<Recipient> rest = indices.stream().map(recipients::get).toList();
    return Optional.of(new SmtpJob(message, rest, some, outcomes, tries, stale));
  }

  private static boolean isTaken(Reply reply) {
    return reply.code().isCompletion();
  }

  /// 452, or the 552 that older hosts say instead; with another status they say something else.
  private static boolean saysTooMany(Reply reply) {
    int code = reply.code().value();
    EnhancedStatusCode status = reply.status();
    boolean bare = status.equals(EnhancedStatusCode.NONE);
    boolean tooMany = status.subject() == 5 && status.detail() == 3;
    return (code == 452 && (bare || tooMany)) || (code == 552 && tooMany);
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

  /// What is known of all recipients of a message; several connections may be writing.
  private static final class Outcomes {
    private final AtomicReferenceArray<RecipientOutcome> known;
    private final AtomicInteger open;
    private final Consumer<List<RecipientOutcome>> done;

    Outcomes(int recipients, Consumer<List<RecipientOutcome>> done) {
      this.known = new AtomicReferenceArray<>(recipients);
      this.open = new AtomicInteger(recipients);
      this.done = done;
    }

    void set(int place, RecipientOutcome outcome) {
      if (!known.compareAndSet(place, null, outcome)) {
        throw new IllegalStateException(
            outcome.recipient().address() + " has an outcome already: " + known.get(place));
      }
      if (open.decrementAndGet() == 0) {
        List<RecipientOutcome> all = new ArrayList<>(known.length());
        for (int i = 0; i < known.length(); i++) {
          all.add(known.get(i));
        }
        done.accept(all);
      }
    }
  }
}
