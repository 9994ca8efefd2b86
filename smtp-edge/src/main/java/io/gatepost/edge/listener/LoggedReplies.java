package io.gatepost.edge.listener;

import io.gatepost.contract.process.LogLines;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.FastThreadLocal;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Replies that wait for the log: whoever has a `250` stands in it, also after a kill. All that an
/// event loop decides in one turn waits for one write. A log that takes no lines holds a reply for
/// one second at most.
final class LoggedReplies {

  private static final long PATIENCE_MILLIS = 1_000;

  private final LogLines log;
  private final FastThreadLocal<Turn> turns = new FastThreadLocal<>();

  LoggedReplies(LogLines log) {
    this.log = log;
  }

  /// Gives a reply once what this thread has logged is written. Called on the event loop, which
  /// gives the reply as well.
  void give(EventExecutor loop, Runnable reply) {
    Turn turn = turns.get();
    if (turn == null) {
      turn = new Turn(loop);
      turns.set(turn);
      loop.execute(turn::end); // behind all that the loop has been given so far
    }
    turn.replies.add(reply);
  }

  /// The replies that an event loop has decided on since it last waited for the log.
  private final class Turn {
    private final EventExecutor loop;
    private final List<Runnable> replies = new ArrayList<>();

    Turn(EventExecutor loop) {
      this.loop = loop;
    }

    void end() {
      turns.remove();
      ScheduledFuture<?> late =
          loop.schedule(this::giveAll, PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
      log.whenWritten(() ->
          loop.execute(() -> {
            late.cancel(false);
            giveAll();
          }));
    }

    private void giveAll() {
      List<Runnable> due = List.copyOf(replies);
      replies.clear();
      due.forEach(loop::execute); // one that fails does not keep the others
    }
  }
}
