package io.gatepost.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// An embedded database under supervision: it is started in the background, and started again where
/// it is gone or did not start. It holds only the operator's view, so neither the start of the
/// suite nor mail waits for it (requirement G13); clients find it at its address when it is there.
public final class SupervisedDatabase implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(SupervisedDatabase.class);
  private static final Duration LOOK = Duration.ofSeconds(1);
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(2);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

  private final Path directory;
  private final int port;
  private final Thread thread =
      Thread.ofPlatform().name("database-supervisor").unstarted(this::run);
  private volatile boolean closing;
  private volatile boolean running;

  private SupervisedDatabase(Path directory, int port) {
    this.directory = directory;
    this.port = port;
  }

  /// Starts it and its supervision; returns at once. Its password is there by then; throws
  /// [UncheckedIOException] where that cannot be written.
  ///
  /// @param directory where data and binaries are, or shall be
  /// @param port of the loopback address
  public static SupervisedDatabase supervise(Path directory, int port) {
    SupervisedDatabase supervised = prepare(directory, port);
    supervised.start();
    return supervised;
  }

  /// Makes the password only, so that clients can be made before the database is started; throws
  /// [UncheckedIOException] where it cannot be written.
  public static SupervisedDatabase prepare(Path directory, int port) {
    try {
      DatabaseAccess.in(directory);
    } catch (IOException e) {
      throw new UncheckedIOException("the database's password in " + directory, e);
    }
    return new SupervisedDatabase(directory, port);
  }

  /// Starts what was prepared, and its supervision; returns at once.
  public void start() {
    thread.start();
  }

  /// The URL that clients connect to.
  public String jdbcUrl() {
    return EmbeddedDatabase.jdbcUrl(port);
  }

  /// Its user.
  public String username() {
    return DatabaseAccess.USERNAME;
  }

  /// The file with the password that the user is asked for; only its owner can read it.
  ///
  /// @param directory where data and binaries are, or shall be
  public static Path passwordFile(Path directory) {
    return DatabaseAccess.passwordFile(directory);
  }

  /// Whether its start is over and its end has not been seen. It may answer before this is true.
  boolean isRunning() {
    return running;
  }

  /// Stops it in order; returns when it has stopped.
  @Override
  public void close() {
    closing = true;
    LockSupport.unpark(thread);
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    Duration pause = FIRST_PAUSE;
    while (!closing) {
      EmbeddedDatabase database = start(pause);
      if (database == null) {
        sleep(pause);
        pause =
            pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0
                ? pause.multipliedBy(2)
                : LONGEST_PAUSE;
        continue;
      }
      pause = FIRST_PAUSE;
      running = true;
      while (!closing && isThere(database)) {
        LockSupport.parkNanos(LOOK.toNanos());
      }
      running = false;
      if (!closing) {
        log.warn("the database in {} has ended and is started again", directory);
      }
      stop(database);
    }
  }

  private @Nullable EmbeddedDatabase start(Duration pause) {
    try {
      return EmbeddedDatabase.start(directory, port);
    } catch (UncheckedIOException | IllegalStateException e) {
      log.error(
          "the database in {} does not start, mail goes on without the operator's view, next try"
              + " in {} s",
          directory,
          pause.toSeconds(),
          e);
      return null;
    }
  }

  /// Where that cannot be found out it is taken to be there: one that is gone is seen later.
  private boolean isThere(EmbeddedDatabase database) {
    try {
      return database.isRunning();
    } catch (UncheckedIOException e) {
      log.warn("whether the database in {} runs is not known: {}", directory, e.toString());
      return true;
    }
  }

  private void stop(EmbeddedDatabase database) {
    try {
      database.close();
    } catch (UncheckedIOException | IllegalStateException e) {
      log.warn("the database in {} does not stop: {}", directory, e.toString());
    }
  }

  private void sleep(Duration pause) {
    long until = System.nanoTime() + pause.toNanos();
    while (!closing && System.nanoTime() - until < 0) {
      LockSupport.parkNanos(until - System.nanoTime());
    }
  }
}
