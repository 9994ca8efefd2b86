package io.gatepost.queue.view;

import io.gatepost.contract.event.Topics;
import io.gatepost.queue.log.LogClients;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;

/// Follows the log and keeps the view, a batch at a time. A message that is delivered at its first
/// attempt never reaches the database (requirement G13): its outcome's header is looked at, and
/// that is all.
public final class ViewFeeder implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(ViewFeeder.class);
  private static final Pattern TOPICS =
      Pattern.compile(Topics.RETRY_PATTERN + "|" + Pattern.quote(Topics.OUTCOMES));
  private static final int MAX_BATCH = 2000;
  private static final Duration POLL = Duration.ofMillis(500);

  /// So long it waits for more before it goes to the database again.
  private static final Duration GATHERING = Duration.ofMillis(300);

  private static final Duration AFTER_FAILURE = Duration.ofSeconds(2);
  private static final Duration WORTH_A_REPORT = Duration.ofSeconds(20);
  private static final Duration TIDY_INTERVAL = Duration.ofMinutes(5);
  private static final Duration OVERDUE = Duration.ofHours(1);

  private final LogClients clients;
  private final DeferredView view;
  private final Thread thread = Thread.ofPlatform().name("view-feeder").unstarted(this::run);
  private long lastTidied = System.nanoTime();
  private boolean hasReported;
  private volatile long upWithTheLog = System.nanoTime();
  private volatile boolean closing;

  public ViewFeeder(LogClients clients, DeferredView view) {
    this.clients = clients;
    this.view = view;
  }

  /// Starts following.
  public void start() {
    thread.start();
  }

  /// For how long the view has not been up with the log; below a second or so where all is well.
  public Duration behind() {
    return Duration.ofNanos(System.nanoTime() - upWithTheLog);
  }

  @Override
  public void close() {
    closing = true;
    LockSupport.unpark(thread);
    try {
      thread.join(Duration.ofSeconds(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    while (!closing) {
      try {
        view.migrate();
        follow();
      } catch (DataAccessException | org.flywaydb.core.api.FlywayException | KafkaException e) {
        fallBehind(() -> log.warn("the operator's view is behind, mail goes on: {}", e.toString()));
      } catch (RuntimeException e) {
        // Nothing of this kind is expected, but for a URL that no driver takes; the view goes on
        // when it is put right.
        fallBehind(() -> log.error("the operator's view is behind, mail goes on", e));
      }
    }
  }

  /// An outage is reported once, and not at all where it is a database that is just being started.
  private void fallBehind(Runnable report) {
    if (!hasReported && !closing && behind().compareTo(WORTH_A_REPORT) > 0) {
      hasReported = true;
      report.run();
    }
    LockSupport.parkNanos(AFTER_FAILURE.toNanos());
  }

  private void catchUp() {
    upWithTheLog = System.nanoTime();
    if (hasReported) {
      hasReported = false;
      log.info("the operator's view is up with the log again");
    }
  }

  private void follow() {
    try (Consumer<String, byte[]> consumer = clients.consumer(Topics.VIEW_GROUP, MAX_BATCH)) {
      consumer.subscribe(TOPICS);
      while (!closing) {
        ConsumerRecords<String, byte[]> records = consumer.poll(POLL);
        if (!records.isEmpty()) {
          ViewChanges changes = new ViewChanges();
          records.forEach(changes::add);
          changes.applyTo(view);
          consumer.commitSync();
        }
        tidy();
        if (isUpWithTheLog(consumer)) {
          catchUp();
        }
        if (records.count() < MAX_BATCH && !closing) {
          LockSupport.parkNanos(GATHERING.toNanos());
        }
      }
    }
  }

  /// By what the last fetches told of the ends, which is free.
  private static boolean isUpWithTheLog(Consumer<String, byte[]> consumer) {
    Set<TopicPartition> followed = consumer.assignment();
    return !followed.isEmpty()
        && followed.stream().allMatch(each -> consumer.currentLag(each).orElse(1) == 0);
  }

  private void tidy() {
    if (System.nanoTime() - lastTidied > TIDY_INTERVAL.toNanos()) {
      lastTidied = System.nanoTime();
      view.forgetOverdue(OVERDUE, clients.movedUpTo());
    }
  }
}
