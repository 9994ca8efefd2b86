package io.gatepost.edge.dialogue;

import io.gatepost.edge.session.ClientClass;
import java.util.ArrayDeque;

/// The replies of one dialogue that the [Tarpit] holds back. All wait equally long, so that the
/// first to come is the first to go. For the session's thread.
final class HeldReplies {

  private final Conversation conversation;
  private final Tarpit tarpit;
  private final ArrayDeque<Runnable> held = new ArrayDeque<>(1);
  private boolean released;

  HeldReplies(Conversation conversation, Tarpit tarpit) {
    this.conversation = conversation;
    this.tarpit = tarpit;
  }

  /// Holds a reply back, where its client is a stranger and there is a place.
  ///
  /// @param reply gives it, unless the client has gone
  /// @return false where it is to be given now
  boolean hold(Runnable reply) {
    if (released || conversation.client().clientClass() != ClientClass.STRANGER) {
      return false;
    }
    if (held.isEmpty() && !tarpit.enter()) {
      return false;
    }
    held.addLast(reply);
    tarpit.count();
    conversation.runLater(tarpit.delay(), this::giveNext);
    return true;
  }

  /// Gives all that wait, and holds none back from now on.
  void release() {
    released = true;
    while (!held.isEmpty()) {
      giveNext();
    }
  }

  /// Forgets all that wait: the client has gone.
  void forget() {
    released = true;
    if (!held.isEmpty()) {
      held.clear();
      tarpit.leave();
    }
  }

  private void giveNext() {
    Runnable reply = held.pollFirst();
    if (reply == null) {
      return;
    }
    if (held.isEmpty()) {
      tarpit.leave();
    }
    reply.run();
    conversation.resume();
  }
}
