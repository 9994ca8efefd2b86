package io.gatepost.edge.session;

import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.reply.Reply;
import io.gatepost.edge.session.SessionState.ChunksRefused;
import io.gatepost.smtp.command.Command;
import io.gatepost.smtp.command.Command.Auth;
import io.gatepost.smtp.command.Command.Bdat;
import io.gatepost.smtp.command.Command.Chunk;
import io.gatepost.smtp.command.Command.Data;
import io.gatepost.smtp.command.Command.Ehlo;
import io.gatepost.smtp.command.Command.Fatal;
import io.gatepost.smtp.command.Command.Helo;
import io.gatepost.smtp.command.Command.Help;
import io.gatepost.smtp.command.Command.Mail;
import io.gatepost.smtp.command.Command.Malformed;
import io.gatepost.smtp.command.Command.Noop;
import io.gatepost.smtp.command.Command.Quit;
import io.gatepost.smtp.command.Command.Rcpt;
import io.gatepost.smtp.command.Command.Rset;
import io.gatepost.smtp.command.Command.StartTls;
import io.gatepost.smtp.command.Command.Vrfy;
import io.gatepost.smtp.command.Command.Xclient;
import java.util.Optional;
import java.util.Set;

/// How many wrong commands, unknown commands, refusals, junk commands and messages one session has
/// left. A session that has used one of them up ends with the reply that this gives.
public final class SessionBudget {

  /// @param errors commands answered with a 5xx
  /// @param unknown commands that are none
  /// @param refusals names, senders, recipients and passwords that a stranger gives and that are
  ///   refused for good, a tenth each where for now: one who has so many is trying them out
  /// @param messages accepted MAILs
  /// @param junk commands that bring no message on its way, since the last that was accepted
  public record Bounds(int errors, int unknown, int refusals, int messages, int junk) {}

  /// Wrong commands of one who speaks SMTP well: an address that somebody else has written, a
  /// message that is too large or malformed, or that nobody is left to get.
  private static final Set<Reply> ABOUT_THE_MAIL =
      Set.of(
          Replies.BAD_SENDER,
          Replies.BAD_RECIPIENT,
          Replies.NO_VALID_RECIPIENTS,
          Replies.MESSAGE_TOO_LARGE,
          Replies.NUL_IN_CONTENT,
          Replies.BARE_LINE_END_IN_CONTENT,
          Replies.LONG_LINE_IN_CONTENT,
          Replies.MAIL_LOOP);

  /// The cost of a refusal for good, in refusals for now.
  private static final int REFUSED_FOR_GOOD = 10;

  private final Bounds bounds;
  private int errors;
  private int unknown;
  private long refusals;
  private int messages;
  private int junk;

  public SessionBudget(Bounds bounds) {
    this.bounds = bounds;
  }

  /// Whether a command's 5xx is about what the client passes on, and not about how it speaks: such
  /// count as refusals. A list of a thousand recipients may hold many addresses that are none.
  public static boolean isAboutTheMail(Reply reply) {
    return ABOUT_THE_MAIL.contains(reply);
  }

  /// A command was answered with a 5xx.
  public Optional<Reply> wrong(Reply reply) {
    if (reply.equals(Replies.UNRECOGNISED) && ++unknown > bounds.unknown()) {
      return Optional.of(Replies.TOO_MANY_UNKNOWN);
    }
    return ++errors > bounds.errors() ? Optional.of(Replies.TOO_MANY_ERRORS) : Optional.empty();
  }

  /// Something that a stranger gave was refused. Of what is refused for now there may be ten times
  /// as much: a list of more recipients than one message may have brings a lot of it.
  public Optional<Reply> refused(Reply reply) {
    refusals += reply.code().isPermanent() ? REFUSED_FOR_GOOD : 1;
    return refusals > (long) bounds.refusals() * REFUSED_FOR_GOOD
        ? Optional.of(Replies.TOO_MANY_REFUSALS)
        : Optional.empty();
  }

  /// Whether a command brings no message on its way, however often it is given.
  public static boolean isJunk(SessionState state, Command command) {
    return switch (command) {
      case Noop _, Rset _, Ehlo _, Helo _, Vrfy _, Help _ -> true;
      case Bdat(var octets, var chunk) ->
          state instanceof ChunksRefused || (octets == 0 && chunk == Chunk.MORE);
      case Mail _, Rcpt _, Data _, StartTls _, Auth _, Xclient _, Quit _, Malformed _, Fatal _ ->
          false;
    };
  }

  /// A junk command has come, or a recipient that the message has already.
  public Optional<Reply> junk() {
    return ++junk > bounds.junk() ? Optional.of(Replies.TOO_MANY_JUNK_COMMANDS) : Optional.empty();
  }

  /// A message was accepted: a client that sends RSET between messages may go on.
  public void accepted() {
    junk = 0;
  }

  /// A message begins.
  public Optional<Reply> message() {
    return ++messages > bounds.messages()
        ? Optional.of(Replies.TOO_MANY_MESSAGES)
        : Optional.empty();
  }
}
