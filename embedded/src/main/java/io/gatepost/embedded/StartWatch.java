package io.gatepost.embedded;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/// Watches a PostgreSQL while it starts. The library waits for its start by the clock alone, for
/// minutes where a server has its log to read; this ends the wait when the server has gone. To be
/// made and closed by the thread that waits.
final class StartWatch implements AutoCloseable {

  private static final Duration LOOK = Duration.ofMillis(50);

  /// The program that starts it, and its command. It ends when the server is ready or has ended.
  private static final String STARTER = "pg_ctl";

  private static final String START = "start";

  private final Path data;
  private final Thread waiting = Thread.currentThread();
  private boolean over;
  private boolean gone;

  private StartWatch(Path data) {
    this.data = data;
  }

  /// Begins to watch.
  ///
  /// @param data the server's directory, absolute
  static StartWatch of(Path data) {
    StartWatch watch = new StartWatch(data);
    Thread.ofPlatform().daemon().name("database-start-watch").start(watch::run);
    return watch;
  }

  /// Whether it came up to the point of being started, and was gone before [#close].
  synchronized boolean hasGone() {
    return gone;
  }

  /// Ends the watch, and takes back the interrupt that ended the wait.
  @Override
  public synchronized void close() {
    over = true;
    if (gone) {
      Thread.interrupted();
    }
  }

  private void run() {
    boolean seen = false;
    while (!isOver()) {
      // In this order: one that is started is there before its starter ends.
      boolean there = isBeingStarted() || isThere();
      if (seen && !there) {
        endWait();
        return;
      }
      seen |= there;
      LockSupport.parkNanos(LOOK.toNanos());
    }
  }

  private synchronized boolean isOver() {
    return over;
  }

  private synchronized void endWait() {
    if (!over) {
      gone = true;
      waiting.interrupt();
    }
  }

  private boolean isBeingStarted() {
    return ProcessHandle.current().children().map(ProcessHandle::info).anyMatch(this::isStarter);
  }

  /// As root it is another program's argument first, which then becomes it.
  private boolean isStarter(ProcessHandle.Info child) {
    List<String> arguments = child.arguments().map(List::of).orElse(List.of());
    return arguments.contains(data.toString())
        && arguments.contains(START)
        && Stream.concat(child.command().stream(), arguments.stream())
            .anyMatch(program -> program.endsWith(STARTER));
  }

  /// Where that cannot be found out it is taken to be there.
  private boolean isThere() {
    try {
      return EmbeddedDatabase.isRunning(data);
    } catch (UncheckedIOException e) {
      return true;
    }
  }
}
