package io.gatepost.edge.session;

import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.reply.Reply;
import java.util.Optional;
import java.util.Set;

/// How many wrong commands, unknown commands, refusals and messages one session has left. A session
/// that has used one of them up ends with the reply that this gives.
public final class SessionBudget {

  /// @param errors commands answered with a 5xx
  /// @param unknown commands that are none
  /// @param refusals names, senders, recipients and passwords that a stranger gives and that are
  ///   refused for good, a tenth each where for now: one who has so many is trying them out
  /// @param messages accepted MAILs
  public record Bounds(int errors, int unknown, int refusals, int messages) {}

  /// Wrong commands of one who speaks SMTP well: an address that somebody else has written, a
  /// message that is too large, or that nobody is left to get.
  private static final Set<Reply> ABOUT_THE_MAIL =
      Set.of(
          Replies.BAD_SENDER,
          Replies.BAD_RECIPIENT,
          Replies.NO_VALID_RECIPIENTS,
          Replies.MESSAGE_TOO_LARGE);

  /// What one of them costs, in those that were refused for now.
  private static final int REFUSED_FOR_GOOD = 10;

  private final Bounds bounds;
  private int errors;
  private int unknown;
  private long refusals;
  private int messages;

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

  /// A message begins.
  public Optional<Reply> message() {
    return ++messages > bounds.messages()
        ? Optional.of(Replies.TOO_MANY_MESSAGES)
        : Optional.empty();
  }
}
