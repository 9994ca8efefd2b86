package io.gatepost.edge.session;

import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.envelope.Provenance.Protocol;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.reply.Reply;
import io.gatepost.edge.session.SessionState.Connected;
import io.gatepost.edge.session.SessionState.Greeted;
import io.gatepost.edge.session.SessionState.InTransaction;
import io.gatepost.smtp.command.Command;
import io.gatepost.smtp.command.Command.Data;
import io.gatepost.smtp.command.Command.Ehlo;
import io.gatepost.smtp.command.Command.Helo;
import io.gatepost.smtp.command.Command.Help;
import io.gatepost.smtp.command.Command.Mail;
import io.gatepost.smtp.command.Command.Malformed;
import io.gatepost.smtp.command.Command.Noop;
import io.gatepost.smtp.command.Command.Quit;
import io.gatepost.smtp.command.Command.Rcpt;
import io.gatepost.smtp.command.Command.Rset;
import io.gatepost.smtp.command.Command.Vrfy;
import java.util.List;

/// The whole order of the protocol on one screen (RFC 5321 §4.1.4): a state and a command in, the
/// next step out.
public final class SessionMachine {

  private final String hostname;
  private final long maxMessageOctets;
  private final Reply ehlo;

  /// @param hostname what this host calls itself
  /// @param maxMessageOctets the largest message, announced by SIZE (RFC 1870)
  public SessionMachine(String hostname, long maxMessageOctets) {
    this.hostname = hostname;
    this.maxMessageOctets = maxMessageOctets;
    this.ehlo =
        Replies.ehlo(
            hostname,
            List.of("PIPELINING", "SIZE " + maxMessageOctets, "8BITMIME", "ENHANCEDSTATUSCODES"));
  }

  /// What a command leads to in a state.
  public Step on(SessionState state, Command command) {
    return switch (command) {
      case Malformed(var reply) -> new Step.Answer(state, reply);
      case Quit _ -> new Step.Close(Replies.closing(hostname));
      case Ehlo(var name) -> new Step.Answer(new Greeted(name, Protocol.ESMTP), ehlo);
      case Helo(var name) ->
          new Step.Answer(new Greeted(name, Protocol.SMTP), Replies.helo(hostname));
      case Noop _ -> new Step.Answer(state, Replies.OK);
      case Help _ -> new Step.Answer(state, Replies.HELP);
      case Vrfy _ -> new Step.Answer(state, Replies.CANNOT_VRFY); // RFC 5321 §7.3
      case Rset _ -> new Step.Answer(withoutTransaction(state), Replies.OK);
      case Mail mail when state instanceof Greeted greeted -> mail(greeted, mail);
      case Rcpt(var to) when state instanceof InTransaction open ->
          new Step.CheckRecipient(open, to);
      case Data _ when state instanceof InTransaction open -> data(open);
      case Mail _, Rcpt _, Data _ -> new Step.Answer(state, Replies.BAD_SEQUENCE);
    };
  }

  /// Where a session stands after a message, accepted or not.
  public static SessionState withoutTransaction(SessionState state) {
    return switch (state) {
      case Connected connected -> connected;
      case Greeted greeted -> greeted;
      case InTransaction open -> open.greeted();
    };
  }

  private Step mail(Greeted greeted, Mail mail) {
    ReversePath sender = mail.sender();
    if (mail.size().orElse(0) > maxMessageOctets) {
      return new Step.Answer(greeted, Replies.MESSAGE_TOO_LARGE); // RFC 1870 §6.1
    }
    return new Step.Answer(
        new InTransaction(greeted, sender, mail.parameters(), List.of()), Replies.SENDER_OK);
  }

  private static Step data(InTransaction open) {
    return open.recipients().isEmpty()
        ? new Step.Answer(open, Replies.NO_VALID_RECIPIENTS) // RFC 5321 §4.1.1.4, RFC 2920 §3.1
        : new Step.Receive(open, Replies.START_DATA);
  }
}
