package io.gatepost.delivery.transport.smtp;

import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.event.RecipientOutcome.Handover;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.routing.Destination.NextHop;
import io.gatepost.delivery.transport.ContentView;
import io.gatepost.smtp.client.Action;
import io.gatepost.smtp.client.ClientDialog;
import io.gatepost.smtp.client.Extensions.Keyword;
import io.gatepost.smtp.client.Mail;
import io.gatepost.smtp.client.MailEnd;
import io.gatepost.smtp.mime.Conversion;
import io.micrometer.core.instrument.Counter;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Mail transactions of one connection whose replies are still to come, in their order, and the
/// outcome of each job. Used by the connection's event loop only.
final class PipelinedMails {

  private static final Logger log = LoggerFactory.getLogger(PipelinedMails.class);

  /// After so many messages a connection is ended: hosts behind a balancer get their share.
  private static final int MAX_MESSAGES = 10_000;

  /// Octets of content a second: at this rate it may take as long as it takes.
  private static final long LEAST_RATE = 10 * 1024;

  private final SmtpDestination destination;
  private final NextHop hop;
  private final ClientDialog dialog;
  private final Counter unansweredDots;
  private final LongSupplier nanos;
  private final ArrayDeque<Begun> running = new ArrayDeque<>(2);
  private int begun;
  private boolean proven;

  /// A mail, what is done to its content, and since when it is under way.
  ///
  /// @param kept the recipients of the transaction that are still the job's, by their order there;
  ///   null where all are
  private record Begun(
      SmtpJob job, Conversion conversion, long sinceNanos, @Nullable List<Integer> kept) {

    /// Those of what was said of the transaction's recipients that are about the job's.
    <T> List<T> own(List<T> said) {
      return kept == null ? said : kept.stream().map(said::get).toList();
    }
  }

  PipelinedMails(
      SmtpDestination destination,
      NextHop hop,
      ClientDialog dialog,
      Counter unansweredDots,
      LongSupplier nanos) {
    this.unansweredDots = unansweredDots;
    this.nanos = nanos;
    this.destination = destination;
    this.hop = hop;
    this.dialog = dialog;
  }

  boolean isEmpty() {
    return running.isEmpty();
  }

  /// The one whose replies come next; there is one.
  SmtpJob first() {
    return running.element().job();
  }

  /// Conversion of the first one's content.
  Conversion conversion() {
    return running.element().conversion();
  }

  boolean isFirst(SmtpJob job) {
    Begun first = running.peek();
    return first != null && first.job() == job;
  }

  /// Whether the connection is good for another.
  boolean mayBegin() {
    int most = dialog.extensions().maxMails();
    return begun < (most == 0 ? MAX_MESSAGES : Math.min(most, MAX_MESSAGES));
  }

  /// The connection has been good for something: its end says nothing of the host.
  void proven() {
    proven = true;
  }

  /// Those of the first's recipients whom the host has called too many go into another transaction,
  /// whatever becomes of this one.
  ///
  /// @param inOne the others, by their order
  /// @return those
  Optional<SmtpJob> keepFirst(List<Integer> inOne) {
    Begun first = running.remove();
    boolean all = inOne.size() == first.job().recipients().size();
    running.addFirst(
        all
            ? first
            : new Begun(first.job().only(inOne), first.conversion(), first.sinceNanos(), inOne));
    return all ? Optional.empty() : Optional.of(first.job().without(inOne));
  }

  /// Ends the first, whose content is not sent: nobody takes responsibility.
  void abandonFirst() {
    Begun first = running.remove();
    first
        .job()
        .settle(hop.toString(), first.own(dialog.refusals()))
        .ifPresent(SmtpJob::dropUnwanted);
  }

  /// Begins a mail.
  ///
  /// @return what has to be done for it; empty where the host cannot take it, or nobody wants it
  ///   any more, whose job has ended then, while the connection is as it was
  Optional<List<Action>> begin(SmtpJob whole) {
    if (!whole.isWanted()) {
      whole.dropUnwanted();
      return Optional.empty();
    }
    return possible(fitting(whole)).flatMap(this::beginPossible);
  }

  /// Ends the recipients that the host cannot take.
  ///
  /// @return the others
  private Optional<SmtpJob> possible(SmtpJob job) {
    return job.settle(hop.toString(), job.recipients().stream().map(dialog::refusal).toList());
  }

  private Optional<List<Action>> beginPossible(SmtpJob job) {
    Mail mail = mail(job);
    Optional<Reply> refusal = dialog.refusal(mail);
    if (refusal.isPresent()) {
      job.refuse(refusal.get());
      return Optional.empty();
    }
    Conversion conversion = dialog.conversion(mail);
    if (conversion == Conversion.SEVEN_BIT) {
      log.info("qid={} made 7-bit for {}", job.message().envelope().id(), hop);
    }
    running.add(new Begun(job, conversion, nanos.getAsLong(), null));
    begun++;
    return Optional.of(dialog.begin(mail));
  }

  /// As many recipients as the host takes at once; the others wait for their turn.
  private SmtpJob fitting(SmtpJob job) {
    int most = dialog.extensions().maxRecipients();
    int size = job.recipients().size();
    if (most == 0 || size <= most) {
      return job;
    }
    destination.putBack(job.part(most, size));
    return job.part(0, most);
  }

  private static Mail mail(SmtpJob job) {
    Envelope envelope = job.message().envelope();
    return new Mail(
        envelope.sender(),
        job.recipients(),
        envelope.parameters(),
        ContentView.octets(job.message()),
        switch (envelope.content()) {
          case ContentRef.Inline _ -> Mail.Carriage.WHOLE;
          case ContentRef.Stored _ -> Mail.Carriage.PIECES;
        });
  }

  /// The dialog knows what became of the first.
  ///
  /// @param lost what is said of a connection that has broken
  void ended(MailEnd end, Reply lost) {
    Begun begun = running.poll();
    if (begun == null) {
      return; // ended by us already
    }
    SmtpJob job = begun.job();
    switch (end) {
      case MailEnd.Answered(var answers) -> {
        proven = true;
        job.end(hop.toString(), handover(), begun.own(answers)).ifPresent(destination::putBack);
      }
      case MailEnd.Unanswered _ -> tryAgain(job, Optional.empty(), lost);
      case MailEnd.Interrupted(var refusals, var closing) ->
          job.settle(hop.toString(), begun.own(refusals))
              .ifPresent(rest -> tryAgain(rest, closing, lost));
      case MailEnd.Uncertain(var refusals) ->
          job.settle(hop.toString(), begun.own(refusals)).ifPresent(rest -> undecided(rest, lost));
    }
  }

  /// The host has not taken responsibility. A connection that has served others may have had its
  /// day, so that says nothing of the host; a new one says that another hop should be tried.
  private void tryAgain(SmtpJob job, Optional<Reply> closing, Reply lost) {
    SmtpJob again = proven ? job.againAfterStale() : job.again();
    if (!proven) {
      destination.avoid(hop);
    }
    if (!again.isWanted()) {
      again.dropUnwanted();
    } else if (closing.isPresent() && !proven && !destination.hasAlternative(hop)) {
      again.defer(Reason.NEXT_HOP_DEFERRED, closing.get());
    } else if (again.isHopeless()) {
      again.defer(Reason.CONNECTION_LOST, lost);
    } else {
      destination.putBack(again); // whoever breaks off closes, and thereby serves what waits
    }
  }

  /// The host may have taken the message. It is sent again: a second copy is better than none (RFC
  /// 1047, RFC 5321 §4.5.3.2.6).
  private void undecided(SmtpJob job, Reply lost) {
    unansweredDots.increment();
    log.warn(
        "qid={} final dot unanswered: {} may have the message for {} recipients",
        job.message().envelope().id(),
        hop,
        job.recipients().size());
    job.defer(Reason.FINAL_DOT_UNANSWERED, lost);
  }

  private Handover handover() {
    return dialog.extensions().offers(Keyword.DSN) ? Handover.PASSED_ON : Handover.RELAYED;
  }

  /// Ends the first, whose content is not to be had. Without the final dot nobody takes
  /// responsibility (RFC 5321 §4.1.1.4).
  void dropFirst(Reason reason, Reply reply) {
    running.remove().job().defer(reason, reply);
  }

  /// Ends the first where it takes too long and the host cannot have taken responsibility yet.
  /// Deviation: RFC 5321 §4.5.3.2 wants time-outs for each command only; they add up to hours.
  ///
  /// @param inNeed whether the room for attempts is used up, by this one too
  /// @return whether it was ended; the connection is of no use then
  boolean dropOverdue(boolean inNeed) {
    Begun first = running.peek();
    if (first == null || dialog.isCommitted()) {
      return false;
    }
    // Where its time is cut short the host has not had a fair attempt, and none is counted.
    boolean isCut = inNeed || first.job().isAwaited();
    Duration longest = isCut ? SmtpJob.LONGEST_IN_NEED : SmtpJob.LONGEST;
    long contentSeconds = first.job().message().envelope().content().octets() / LEAST_RATE;
    long age = nanos.getAsLong() - first.sinceNanos();
    if (age < longest.plusSeconds(contentSeconds).toNanos()) {
      return false;
    }
    dropFirst(
        isCut ? Reason.DESTINATION_BUSY : Reason.CONNECTION_LOST,
        Reply.of(451, "4.4.2", hop + " takes too long"));
    return true;
  }

  /// Gives back what is under way to the destination; none has been answered.
  void putBackAll() {
    for (Begun begun = running.poll(); begun != null; begun = running.poll()) {
      destination.putBack(begun.job());
    }
  }
}
