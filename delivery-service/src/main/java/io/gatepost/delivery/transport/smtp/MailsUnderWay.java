package io.gatepost.delivery.transport.smtp;

import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.event.RecipientOutcome.Handover;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.routing.Destination.NextHop;
import io.gatepost.smtp.client.Action;
import io.gatepost.smtp.client.Extensions.Keyword;
import io.gatepost.smtp.client.Mail;
import io.gatepost.smtp.client.MailEnd;
import io.gatepost.smtp.client.SmtpDialog;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;

/// The mails of one connection: which are under way, in the order of their replies, and what
/// becomes of each job. For the connection's event loop.
final class MailsUnderWay {

  /// After so many messages a connection is ended: hosts behind a balancer get their share.
  private static final int MAX_MESSAGES = 10_000;

  private final SmtpDestination destination;
  private final NextHop hop;
  private final SmtpDialog dialog;
  private final ArrayDeque<SmtpJob> running = new ArrayDeque<>(2);
  private int begun;
  private boolean proven;

  MailsUnderWay(SmtpDestination destination, NextHop hop, SmtpDialog dialog) {
    this.destination = destination;
    this.hop = hop;
    this.dialog = dialog;
  }

  boolean isEmpty() {
    return running.isEmpty();
  }

  /// The one whose replies come next; there is one.
  SmtpJob first() {
    return running.element();
  }

  boolean isFirst(SmtpJob job) {
    return running.peek() == job;
  }

  /// Whether the connection is good for another.
  boolean mayBegin() {
    int most = dialog.extensions().maxMails();
    return begun < (most == 0 ? MAX_MESSAGES : Math.min(most, MAX_MESSAGES));
  }

  /// Begins a mail.
  ///
  /// @return what has to be done for it; empty where the host cannot take it, whose job has ended
  ///   then, while the connection is as it was
  Optional<List<Action>> begin(SmtpJob whole) {
    SmtpJob job = fitting(whole);
    Mail mail = mail(job);
    Optional<Reply> refusal = dialog.refusal(mail);
    if (refusal.isPresent()) {
      job.refuse(refusal.get());
      return Optional.empty();
    }
    running.add(job);
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
        envelope.content().octets(),
        switch (envelope.content()) {
          case ContentRef.Inline _ -> Mail.Carriage.WHOLE;
          case ContentRef.Stored _ -> Mail.Carriage.PIECES;
        });
  }

  /// The dialog knows what became of the first.
  ///
  /// @param lost what is said of a connection that has broken
  void ended(MailEnd end, Reply lost) {
    SmtpJob job = running.poll();
    if (job == null) {
      return; // ended by us already, as its content could not be read
    }
    switch (end) {
      case MailEnd.Answered(var answers) -> {
        proven = true;
        job.end(hop.toString(), handover(), answers).ifPresent(destination::putBack);
      }
      case MailEnd.Unanswered _ -> tryAgain(job, Optional.empty(), lost);
      case MailEnd.Interrupted(var refusals, var closing) ->
          job.settle(hop.toString(), refusals).ifPresent(rest -> tryAgain(rest, closing, lost));
      case MailEnd.Uncertain(var refusals) ->
          job.settle(hop.toString(), refusals)
              .ifPresent(rest -> rest.defer(Reason.CONNECTION_LOST, lost));
    }
  }

  /// Nobody took responsibility. A connection that has served others may have had its day, so that
  /// says nothing of the host; a new one says that another hop should be tried.
  private void tryAgain(SmtpJob job, Optional<Reply> closing, Reply lost) {
    SmtpJob again = proven ? job.againAfterStale() : job.again();
    if (!proven) {
      destination.avoid(hop);
    }
    if (closing.isPresent() && !proven && !destination.hasAlternative(hop)) {
      again.defer(Reason.NEXT_HOP_DEFERRED, closing.get());
    } else if (again.isHopeless()) {
      again.defer(Reason.CONNECTION_LOST, lost);
    } else {
      destination.putBack(again); // whoever breaks off closes, and thereby serves what waits
    }
  }

  private Handover handover() {
    return dialog.extensions().offers(Keyword.DSN) ? Handover.PASSED_ON : Handover.RELAYED;
  }

  /// Ends the first, whose content is not to be had. Without the final dot nobody takes
  /// responsibility (RFC 5321 §4.1.1.4).
  void dropFirst(Reason reason, Reply reply) {
    running.remove().defer(reason, reply);
  }

  /// Gives back what is under way to the destination; none has been answered.
  void putBackAll() {
    for (SmtpJob job = running.poll(); job != null; job = running.poll()) {
      destination.putBack(job);
    }
  }
}
