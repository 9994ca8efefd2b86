package io.gatepost.edge.dialogue;

import io.gatepost.contract.envelope.Provenance.Origin;
import io.gatepost.contract.event.TrafficClass;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;
import io.gatepost.edge.session.SessionBudget;
import io.gatepost.edge.session.SessionState;
import io.gatepost.smtp.command.Command;
import java.util.Optional;

/// The limits of one session on errors, refusals, junk commands and messages. Closes the session
/// where its [SessionBudget] is used up.
final class AbuseLimits {

  private final Conversation conversation;
  private final EdgeMeters meters;
  private final SessionBudget budget;

  AbuseLimits(Conversation conversation, EdgeMeters meters, SessionBudget.Bounds bounds) {
    this.conversation = conversation;
    this.meters = meters;
    this.budget = new SessionBudget(bounds);
  }

  /// A command has come; false where the session ends by it.
  boolean admits(SessionState state, Command command) {
    return !SessionBudget.isJunk(state, command) || admitsJunk();
  }

  /// Something that brings no message on its way has come; false where the session ends by it.
  boolean admitsJunk() {
    Optional<Reply> end = budget.junk();
    end.ifPresent(this::misbehaved);
    return end.isEmpty();
  }

  /// A message is to begin; false where the session ends instead.
  boolean admitsMessage() {
    Optional<Reply> end = budget.message();
    end.ifPresent(conversation::close);
    return end.isEmpty();
  }

  /// A message was accepted.
  void accepted() {
    budget.accepted();
  }

  /// Sends the answer to a command that the machine has judged alone; too many wrong ones end the
  /// session.
  void answer(Reply reply) {
    conversation.send(reply);
    if (SessionBudget.isAboutTheMail(reply)) {
      refused(reply);
    } else if (reply.code().isPermanent()) {
      meters.protocolError();
      budget.wrong(reply).ifPresent(this::misbehaved);
    }
  }

  /// Something that the client gave was refused, which counts for strangers.
  void refused(Reply reply) {
    if (conversation.client().provenance().origin() == Origin.EXTERNAL) {
      budget.refused(reply).ifPresent(conversation::close);
    }
  }

  private void misbehaved(Reply end) {
    conversation.journal().note(TrafficClass.of(Reason.PROTOCOL_ERRORS));
    conversation.close(end);
  }
}
