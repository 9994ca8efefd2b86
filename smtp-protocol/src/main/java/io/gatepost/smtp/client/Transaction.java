package io.gatepost.smtp.client;

import io.gatepost.contract.reply.EnhancedStatusCode;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.reply.ReplyCode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// State of one mail's transaction.
final class Transaction {

  /// Of one answer so many characters are kept: a host that answers a thousand recipients at length
  /// must not fill memory, the log or a notice.
  static final int MAX_TEXT = 1_000;

  private static final int NO_ROOM = 552;
  private static final ReplyCode TOO_MANY = new ReplyCode(452);
  private static final EnhancedStatusCode TOO_MANY_RECIPIENTS = new EnhancedStatusCode(4, 5, 3);

  private final Mail mail;
  private final @Nullable Reply[] refusals;
  private int accepted;
  private boolean answered;
  private boolean opened;
  private boolean committed;

  Transaction(Mail mail) {
    this.mail = mail;
    this.refusals = new @Nullable Reply[mail.recipients().size()];
  }

  Mail mail() {
    return mail;
  }

  void mailAnswered(Reply reply) {
    answered = true;
    if (reply.code().isCompletion()) {
      opened = true;
    } else {
      Arrays.fill(refusals, brief(reply));
    }
  }

  void recipientAnswered(int index, Reply reply) {
    if (!opened) {
      return; // refused with MAIL already
    }
    if (reply.code().isCompletion()) {
      accepted++;
    } else {
      refusals[index] = brief(accepted > 0 ? asTooMany(reply) : reply);
    }
  }

  /// The 452 that a host means where it says 552 of too many recipients, bare or with their status
  /// (RFC 5321 §4.5.3.1.10). Only behind one that was accepted: of the first it says that there is
  /// no room.
  private static Reply asTooMany(Reply reply) {
    EnhancedStatusCode status = reply.status();
    if (reply.code().value() != NO_ROOM) {
      return reply;
    }
    if (status.equals(EnhancedStatusCode.NONE)) {
      return new Reply(TOO_MANY, status, reply.lines());
    }
    return status.subject() == 5 && status.detail() == 3
        ? new Reply(TOO_MANY, TOO_MANY_RECIPIENTS, reply.lines())
        : reply;
  }

  /// Whether the host has refused anybody.
  boolean hasRefused() {
    return accepted < refusals.length;
  }

  /// Whether the host has accepted MAIL, so that RSET is needed to get out again.
  boolean isOpened() {
    return opened;
  }

  boolean hasAccepted() {
    return opened && accepted > 0;
  }

  void commit() {
    committed = true;
  }

  boolean isCommitted() {
    return committed;
  }

  /// The end, where this is the answer for all that were not refused.
  MailEnd answered(Reply rest) {
    Reply others = brief(rest);
    if (accepted == refusals.length) {
      return new MailEnd.Answered(Collections.nCopies(accepted, others));
    }
    List<Reply> answers = new ArrayList<>(refusals.length);
    for (Reply refusal : refusals) {
      answers.add(refusal == null ? others : refusal);
    }
    return new MailEnd.Answered(answers);
  }

  /// The end, where the conversation breaks off now.
  MailEnd brokenOff(Optional<Reply> closing) {
    if (committed) {
      return new MailEnd.Uncertain(refusals());
    }
    return answered
        ? new MailEnd.Interrupted(refusals(), closing.map(Transaction::brief))
        : new MailEnd.Unanswered();
  }

  void touched() {
    answered = true;
  }

  List<Optional<Reply>> refusals() {
    List<Optional<Reply>> known = new ArrayList<>(refusals.length);
    for (Reply refusal : refusals) {
      known.add(Optional.ofNullable(refusal));
    }
    return known;
  }

  /// The reply, cut where it is long.
  static Reply brief(Reply reply) {
    List<String> lines = reply.lines();
    int room = MAX_TEXT;
    for (int i = 0; i < lines.size(); i++) {
      int length = lines.get(i).length();
      if (length > room) {
        List<String> kept = new ArrayList<>(lines.subList(0, i));
        kept.add(lines.get(i).substring(0, room) + "...");
        return new Reply(reply.code(), reply.status(), kept);
      }
      room -= length;
    }
    return reply;
  }
}
