package io.gatepost.embedded;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Has the broker started again where its group coordinator has failed for good. Kafka 4.2 can lose
/// it at the start after a kill: leadership is taken, lost and taken again, the end of the first
/// load of the offsets is taken for the end of the second, what is written in between does not fit
/// the log, and the unloading that should mend that fails as well. The broker then answers
/// everything but its consumers, for ever; what it has acknowledged is not touched.
final class CoordinatorWatch implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(CoordinatorWatch.class);

  private final Broker broker;
  private final Duration interval;
  private final Duration patience;
  private final Thread thread =
      Thread.ofPlatform().daemon().name("coordinator-watch").unstarted(this::run);
  private volatile boolean closing;

  /// The broker that is watched. Calls may block for some seconds.
  interface Broker {

    /// Whether it answers at all.
    boolean answers();

    /// Whether it answers a consumer group.
    boolean answersGroups();

    /// Stops it and starts it again.
    void restart();
  }

  /// Starts to watch.
  ///
  /// @param interval between two looks
  /// @param patience how long groups may go without an answer while the broker answers: longer than
  ///   it takes to load the offsets
  static CoordinatorWatch start(Broker broker, Duration interval, Duration patience) {
    CoordinatorWatch watch = new CoordinatorWatch(broker, interval, patience);
    watch.thread.start();
    return watch;
  }

  private CoordinatorWatch(Broker broker, Duration interval, Duration patience) {
    this.broker = broker;
    this.interval = interval;
    this.patience = patience;
  }

  /// Stops watching; returns when no restart is under way any more.
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
    long wellSince = System.nanoTime();
    boolean isDown = false; // stopped for a restart that has failed: nobody else starts it
    while (!closing) {
      LockSupport.parkNanos(interval.toNanos());
      if (isDown && !closing) {
        isDown = !restart();
        wellSince = System.nanoTime();
      } else if (closing || broker.answersGroups() || !broker.answers()) {
        wellSince = System.nanoTime();
      } else if (System.nanoTime() - wellSince > patience.toNanos()) {
        log.error(
            "the broker has not answered consumer groups for {} s and is started again",
            patience.toSeconds());
        isDown = !restart();
        wellSince = System.nanoTime();
      }
    }
  }

  /// Whether it has started.
  private boolean restart() {
    try {
      broker.restart();
      return true;
    } catch (Exception e) { // Kafka is not Java, and throws checked ones without saying so
      log.error("the broker does not start again, next try in {} s", interval.toSeconds(), e);
      return false;
    }
  }
}
