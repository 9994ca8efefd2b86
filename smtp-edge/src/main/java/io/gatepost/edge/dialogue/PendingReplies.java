package io.gatepost.edge.dialogue;

import io.gatepost.edge.session.Step;
import io.gatepost.smtp.command.Command;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// The replies of one session that cannot be given yet, in the order of their commands (RFC 2920
/// §3.2): those that the policy has yet to decide, and all that come behind one of these.
/// Recipients are checked beside one another, all else alone (requirement A6). Takes no memory
/// while nothing waits.
final class PendingReplies {

  private static final int MAX_CONCURRENT = 100;

  private @Nullable ArrayDeque<Pending> queue;
  private int recipients;

  /// The reply of one command.
  static final class Pending {
    private final Step step;
    private @Nullable Runnable reply;

    private Pending(Step step) {
      this.step = step;
    }

    /// The reply is known.
    ///
    /// @param known gives it, when its turn has come
    void become(Runnable known) {
      reply = known;
    }
  }

  boolean isEmpty() {
    return queue == null;
  }

  /// How many recipients wait for their verdict.
  int recipients() {
    return recipients;
  }

  /// Whether a command may go on while the replies that are here wait.
  boolean admits(Command command) {
    return queue == null
        || (command instanceof Command.Rcpt
            && queue.size() < MAX_CONCURRENT
            && queue.getFirst().step instanceof Step.CheckRecipient);
  }

  /// A place for the reply of a command, behind all others.
  Pending add(Step step) {
    if (queue == null) {
      queue = new ArrayDeque<>(4);
    }
    Pending pending = new Pending(step);
    queue.add(pending);
    if (step instanceof Step.CheckRecipient) {
      recipients++;
    }
    return pending;
  }

  /// Forgets the replies: no one hears them any more.
  void forget() {
    queue = null;
    recipients = 0;
  }

  /// Gives the replies that are known, as far as none before them is missing.
  void give() {
    while (queue != null) {
      Pending head = queue.getFirst();
      Runnable reply = head.reply;
      if (reply == null) {
        return;
      }
      queue.removeFirst();
      if (queue.isEmpty()) {
        queue = null;
      }
      if (head.step instanceof Step.CheckRecipient) {
        recipients--;
      }
      reply.run();
    }
  }
}
