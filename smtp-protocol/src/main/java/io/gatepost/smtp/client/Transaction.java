package io.gatepost.smtp.client;

import io.gatepost.contract.reply.Reply;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What is known so far of one mail's transaction.
final class Transaction {

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
    if (isPositive(reply)) {
      opened = true;
    } else {
      Arrays.fill(refusals, reply);
    }
  }

  void recipientAnswered(int index, Reply reply) {
    if (!opened) {
      return; // refused with MAIL already
    }
    if (isPositive(reply)) {
      accepted++;
    } else {
      refusals[index] = reply;
    }
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
    List<Reply> answers = new ArrayList<>(refusals.length);
    for (Reply refusal : refusals) {
      answers.add(refusal == null ? rest : refusal);
    }
    return new MailEnd.Answered(answers);
  }

  /// The end, where the conversation breaks off now.
  MailEnd brokenOff(Optional<Reply> closing) {
    if (committed) {
      return new MailEnd.Uncertain(refusals());
    }
    return answered ? new MailEnd.Interrupted(refusals(), closing) : new MailEnd.Unanswered();
  }

  void touched() {
    answered = true;
  }

  private List<Optional<Reply>> refusals() {
    return Arrays.stream(refusals).map(Optional::ofNullable).toList();
  }

  private static boolean isPositive(Reply reply) {
    return reply.code().value() < 300;
  }
}
