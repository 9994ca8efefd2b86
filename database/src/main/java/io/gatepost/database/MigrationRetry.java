package io.gatepost.database;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.util.backoff.BackOffExecution;
import org.springframework.util.backoff.ExponentialBackOff;

/// Runs a [SchemaMigration] on a virtual thread until it is done, with pauses that grow from 1 s to
/// 15 s while the database is away. As a bean it begins when the process has started, and ends with
/// it.
public final class MigrationRetry implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(MigrationRetry.class);
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);
  private static final int WORTH_A_REPORT = 3;
  private static final Duration LONGEST_END = Duration.ofSeconds(5);

  private final SchemaMigration migration;
  private final Thread thread;
  private volatile boolean closing;

  public MigrationRetry(SchemaMigration migration) {
    this.migration = migration;
    this.thread =
        Thread.ofVirtual().name("migrate-" + migration.schema()).unstarted(this::untilDone);
  }

  @Override
  public void start() {
    thread.start();
  }

  @Override
  public boolean isRunning() {
    return thread.isAlive();
  }

  @Override
  public void stop() {
    closing = true;
    LockSupport.unpark(thread);
    try {
      thread.join(LONGEST_END.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void untilDone() {
    ExponentialBackOff growing = new ExponentialBackOff(FIRST_PAUSE.toMillis(), 1.5);
    growing.setMaxInterval(LONGEST_PAUSE.toMillis());
    BackOffExecution pauses = growing.start();
    int failures = 0;
    while (!closing) {
      try {
        migration.run();
        return;
      } catch (RuntimeException e) { // a database that is away, or a URL that no driver takes
        failures++;
        // Told once, and not at the first failure: the database is often just being started.
        if (failures == WORTH_A_REPORT) {
          log.warn("database: schema {} is {}", migration.schema(), migration.status());
        }
      }
      LockSupport.parkNanos(Duration.ofMillis(pauses.nextBackOff()).toNanos());
    }
  }
}
