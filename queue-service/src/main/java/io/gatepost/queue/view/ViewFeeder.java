package io.gatepost.queue.view;

import io.gatepost.database.SchemaMigration;
import io.gatepost.queue.log.append.LogClients;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.common.KafkaException;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.DataAccessException;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.kafka.listener.ListenerExecutionFailedException;
import org.springframework.kafka.listener.MessageListenerContainer;
import org.springframework.transaction.TransactionException;
import org.springframework.util.backoff.BackOffExecution;
import org.springframework.util.backoff.ExponentialBackOff;

/// Sees to it that the view is fed while queue-service runs: migrates the database, starts the
/// listener's container, and does both again, with growing pauses, where a failure has stopped it.
/// Each start takes up where the rows end, so a failure costs time and nothing else, and mail waits
/// for none of it (requirement G13).
public final class ViewFeeder implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(ViewFeeder.class);
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);
  private static final Duration LOOK = Duration.ofSeconds(1);

  private static final Duration LONGEST_END = Duration.ofSeconds(5);

  /// Above the longest time between two looks of the listener at a log in which nothing happens.
  private static final Duration UP_WITH_THE_LOG = Duration.ofSeconds(2);

  private static final Duration WORTH_A_REPORT = Duration.ofSeconds(20);
  private static final Duration TIDY_INTERVAL = Duration.ofMinutes(5);
  private static final Duration OVERDUE = Duration.ofHours(1);

  private final LogClients clients;
  private final SchemaMigration migration;
  private final DeferredView view;
  private final ViewListener listener;
  private final KafkaListenerEndpointRegistry containers;
  private final FailureStop failures;
  private final Thread thread = Thread.ofVirtual().name("view-feeder").unstarted(this::run);
  private BackOffExecution pauses = pauses();
  private long lastTidied = System.nanoTime();
  private boolean hasReported;
  private volatile boolean isBeginningAnew;
  private volatile boolean closing;

  ViewFeeder(
      LogClients clients,
      SchemaMigration migration,
      DeferredView view,
      ViewListener listener,
      KafkaListenerEndpointRegistry containers,
      FailureStop failures) {
    this.clients = clients;
    this.migration = migration;
    this.view = view;
    this.listener = listener;
    this.containers = containers;
    this.failures = failures;
  }

  /// Starts feeding; returns at once.
  public void start() {
    thread.start();
  }

  /// Returns for how long the view has not been up with the log; below a second or so where all is
  /// well.
  public Duration behind() {
    return listener.behind();
  }

  /// Has the log read by a client that knows nothing of the time before: the clock was set back.
  public void beginAnew() {
    if (thread.isAlive()) {
      isBeginningAnew = true;
      container().stop(() -> LockSupport.unpark(thread));
    }
  }

  @Override
  public void close() {
    closing = true;
    LockSupport.unpark(thread);
    try {
      // In milliseconds: with a Duration, a thread that was never started is an error.
      thread.join(Duration.ofSeconds(5).toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    while (!closing) {
      try {
        migration.run();
        follow();
      } catch (FlywayException | DataAccessException | TransactionException | KafkaException e) {
        report(() ->
            log.warn(
                "the operator's view is behind, mail goes on: {}",
                NestedExceptionUtils.getMostSpecificCause(e).toString()));
      } catch (RuntimeException e) {
        // Nothing of this kind is expected, but for a URL that no driver takes; the view goes on
        // when it is put right.
        report(() -> log.error("the operator's view is behind, mail goes on", e));
      }
      if (!closing) {
        LockSupport.parkNanos(Duration.ofMillis(pauses.nextBackOff()).toNanos());
      }
    }
  }

  /// Feeds until something stops the container; throws the failure where that is one.
  private void follow() {
    MessageListenerContainer container = container();
    failures.take();
    isBeginningAnew = false;
    try {
      container.start();
      while (!closing && container.isRunning() && container.isChildRunning()) {
        LockSupport.parkNanos(LOOK.toNanos());
        lookAround();
      }
    } finally {
      container.stop();
      awaitEnd(container);
    }
    Exception failure = failures.take();
    if (failure != null) {
      throw cause(failure);
    }
    if (!closing && !isBeginningAnew) {
      throw new KafkaException("the view's consumer has ended");
    }
  }

  /// A container that another thread has stopped may still have a consumer that ends.
  private static void awaitEnd(MessageListenerContainer container) {
    long begun = System.nanoTime();
    while (container.isChildRunning() && System.nanoTime() - begun < LONGEST_END.toNanos()) {
      LockSupport.parkNanos(LOOK.toNanos() / 10);
    }
  }

  /// Returns what the listener has thrown, without what Spring Kafka puts around it.
  private static RuntimeException cause(Exception failure) {
    Throwable cause = failure;
    while (cause instanceof ListenerExecutionFailedException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause instanceof RuntimeException known
        ? known
        : new IllegalStateException("the view's listener", failure);
  }

  private void lookAround() {
    if (behind().compareTo(UP_WITH_THE_LOG) < 0) {
      pauses = pauses();
      if (hasReported) {
        hasReported = false;
        log.info("the operator's view is up with the log again");
      }
    }
    if (System.nanoTime() - lastTidied > TIDY_INTERVAL.toNanos()) {
      lastTidied = System.nanoTime();
      tidy();
    }
  }

  private void tidy() {
    try {
      view.forgetOverdue(OVERDUE, clients.movedUpTo());
    } catch (DataAccessException | KafkaException e) {
      log.warn("the operator's view is not tidied, next time: {}", e.toString());
    }
  }

  /// An outage is reported once, and not at all where it is a database that is just being started.
  private void report(Runnable report) {
    if (!hasReported && !closing && behind().compareTo(WORTH_A_REPORT) > 0) {
      hasReported = true;
      report.run();
    }
  }

  private MessageListenerContainer container() {
    @Nullable MessageListenerContainer container = containers.getListenerContainer(ViewListener.ID);
    if (container == null) {
      throw new IllegalStateException("the view's listener is not registered");
    }
    return container;
  }

  private static BackOffExecution pauses() {
    ExponentialBackOff growing = new ExponentialBackOff(FIRST_PAUSE.toMillis(), 1.5);
    growing.setMaxInterval(LONGEST_PAUSE.toMillis());
    return growing.start();
  }
}
