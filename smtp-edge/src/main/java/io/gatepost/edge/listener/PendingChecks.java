package io.gatepost.edge.listener;

import io.gatepost.edge.policy.Verdict;
import io.gatepost.edge.session.Step;
import io.gatepost.smtp.command.Command;
import java.util.ArrayDeque;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// The commands of one session that the policy has yet to answer, in order (RFC 2920 §3.2).
/// Recipients are checked beside one another, all else alone (requirement A6). Takes no memory
/// while nothing waits.
final class PendingChecks {

  private static final int MAX_CONCURRENT = 100;

  private @Nullable ArrayDeque<Pending> queue;

  /// A command that waits for its verdict.
  static final class Pending {
    private final Step.Check step;
    private @Nullable Verdict verdict;

    private Pending(Step.Check step) {
      this.step = step;
    }

    void answer(Verdict said) {
      verdict = said;
    }
  }

  boolean isEmpty() {
    return queue == null;
  }

  int size() {
    return queue == null ? 0 : queue.size();
  }

  /// Whether a command may go on while those that are here wait.
  boolean admits(Command command) {
    return queue == null
        || (command instanceof Command.Rcpt
            && queue.size() < MAX_CONCURRENT
            && queue.getFirst().step instanceof Step.CheckRecipient);
  }

  Pending add(Step.Check step) {
    if (queue == null) {
      queue = new ArrayDeque<>(4);
    }
    Pending pending = new Pending(step);
    queue.add(pending);
    return pending;
  }

  /// Hands on the verdicts that are there, as far as none before them is missing.
  void conclude(BiConsumer<Step.Check, Verdict> conclusion) {
    while (queue != null) {
      Pending head = queue.getFirst();
      Verdict verdict = head.verdict;
      if (verdict == null) {
        return;
      }
      queue.removeFirst();
      if (queue.isEmpty()) {
        queue = null;
      }
      conclusion.accept(head.step, verdict);
    }
  }
}
