package io.gatepost.smtp.client;

import io.gatepost.contract.reply.Reply;
import io.gatepost.smtp.client.Extensions.Keyword;
import java.util.List;
import java.util.Optional;

/// A transaction that asks about recipients and sends no content: MAIL, RCPT for each of them,
/// RSET. In one flight where the host takes that, else one after the other.
final class Inquiry {

  private static final String RSET = "RSET\r\n";

  private final Mail mail;
  private final Extensions extensions;
  private final boolean pipelined;
  private int asked;
  private int replies;
  private boolean refused;
  private boolean over;

  /// @param mail its sender and recipients; it has no content
  Inquiry(Mail mail, Extensions extensions) {
    this.mail = mail;
    this.extensions = extensions;
    this.pipelined = extensions.offers(Keyword.PIPELINING);
  }

  /// Result of a reply.
  ///
  /// @param actions for the owner of the connection
  /// @param commands to send now, each of which will be answered; may be empty
  /// @param next what has to become of the connection
  record Step(List<Action> actions, String commands, Next next) {}

  /// The connection's next step.
  enum Next {
    /// More of the inquiry is to come.
    GOES_ON,
    /// RSET was answered as it has to be.
    FREE,
    /// The host's replies do not fit our commands.
    CLOSE
  }

  /// The commands to begin with, and how many replies they will have.
  String begin() {
    StringBuilder commands = new StringBuilder(pipelined ? 64 * mail.recipients().size() : 64);
    Commands.mail(mail, extensions, commands);
    asked = 1;
    if (pipelined) {
      for (int i = 0; i < mail.recipients().size(); i++) {
        Commands.rcpt(mail, i, extensions, commands);
      }
      commands.append(RSET); // may stand anywhere in a group (RFC 2920 §3.1)
      asked = mail.recipients().size() + 2;
    }
    return commands.toString();
  }

  /// How many commands are sent that have no reply yet.
  int unanswered() {
    return asked - replies;
  }

  /// The next reply has come.
  Step on(Reply reply) {
    int index = replies++ - 1;
    if (index == mail.recipients().size() || (refused && !pipelined)) {
      over = true;
      return new Step(
          List.of(new Action.InquiryOver(Optional.empty())),
          "",
          reply.code().isCompletion() ? Next.FREE : Next.CLOSE);
    }
    if (reply.code().isPositive() && !reply.code().isCompletion()) {
      return brokenOff(Optional.empty());
    }
    return index < 0 ? onMail(reply) : onRcpt(index, reply);
  }

  private Step onMail(Reply reply) {
    refused = !reply.code().isCompletion();
    return goesOn(
        List.of(
            refused
                ? new Action.InquiryRefused(Transaction.brief(reply))
                : new Action.InquiryOpened()));
  }

  /// Behind a MAIL that was refused it is about that once more.
  private Step onRcpt(int index, Reply reply) {
    return goesOn(
        refused
            ? List.of()
            : List.of(new Action.RecipientAnswered(index, Transaction.brief(reply))));
  }

  private Step goesOn(List<Action> actions) {
    return new Step(actions, pipelined ? "" : nextCommand(), Next.GOES_ON);
  }

  private String nextCommand() {
    int next = asked++ - 1;
    if (refused || next == mail.recipients().size()) {
      return RSET;
    }
    StringBuilder command = new StringBuilder(64);
    Commands.rcpt(mail, next, extensions, command);
    return command.toString();
  }

  /// The conversation breaks off now.
  ///
  /// @param closing the 421 that did it, if one did
  Step brokenOff(Optional<Reply> closing) {
    if (over) {
      return new Step(List.of(), "", Next.CLOSE);
    }
    over = true;
    return new Step(List.of(new Action.InquiryOver(closing)), "", Next.CLOSE);
  }
}
