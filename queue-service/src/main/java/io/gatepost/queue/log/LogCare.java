package io.gatepost.queue.log;

import io.gatepost.queue.content.DiskReserve;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What has to be done around the log on timers: creating topics as soon as there is a broker,
/// truncation, watching the broker and the disk.
public final class LogCare implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(LogCare.class);
  private static final long DISK_MILLIS = 250;
  private static final long BROKER_MILLIS = 500;

  private final LogClients clients;
  private final LogTopics topics;
  private final ReadyAppender appender;
  private final DiskReserve disk;
  private final Duration truncationInterval;
  private final Runnable onReady;
  private final LogTruncation truncation = new LogTruncation();
  private final ScheduledExecutorService timers =
      Executors.newScheduledThreadPool(2, Thread.ofVirtual().name("log-care-", 0).factory());
  private final Admin admin;
  private volatile boolean brokerUp;
  private boolean started;

  /// @param onReady called once, when the topics are there
  public LogCare(
      LogClients clients,
      LogTopics topics,
      ReadyAppender appender,
      DiskReserve disk,
      Duration truncationInterval,
      Runnable onReady) {
    this.clients = clients;
    this.topics = topics;
    this.appender = appender;
    this.disk = disk;
    this.truncationInterval = truncationInterval;
    this.onReady = onReady;
    this.admin = this.clients.admin();
  }

  /// Starts the timers. Where the broker is there already, the topics are when this returns.
  public void start() {
    watchBroker();
    timers.scheduleWithFixedDelay(disk::refresh, DISK_MILLIS, DISK_MILLIS, TimeUnit.MILLISECONDS);
    timers.scheduleWithFixedDelay(
        this::watchBroker, BROKER_MILLIS, BROKER_MILLIS, TimeUnit.MILLISECONDS);
    timers.scheduleWithFixedDelay(
        this::truncate,
        truncationInterval.toMillis(),
        truncationInterval.toMillis(),
        TimeUnit.MILLISECONDS);
  }

  /// Whether the broker answered when last asked.
  public boolean isBrokerUp() {
    return brokerUp;
  }

  @Override
  public void close() {
    timers.shutdownNow();
    admin.close(Duration.ofSeconds(2));
  }

  private void watchBroker() {
    try {
      if (!appender.isReady()) {
        topics.createMissing(admin);
        appender.learnTopic();
      } else {
        admin.describeCluster().clusterId().get();
      }
      told(true, "");
      if (!started && appender.isReady()) {
        started = true;
        onReady.run();
      }
    } catch (ExecutionException | KafkaException e) {
      told(false, e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void told(boolean up, String why) {
    if (brokerUp != up) {
      brokerUp = up;
      if (up) {
        log.info("broker answers");
      } else {
        log.error("broker does not answer: {}", why);
      }
    }
  }

  private void truncate() {
    if (!brokerUp) {
      return;
    }
    try {
      truncation.run(admin);
    } catch (ExecutionException | KafkaException e) {
      log.warn("log not truncated, next time: {}", e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
