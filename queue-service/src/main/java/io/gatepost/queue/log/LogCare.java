package io.gatepost.queue.log;

import io.gatepost.queue.content.DiskReserve;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What has to be done around the log on timers: creating topics as soon as there is a broker,
/// watching the broker and the disk, and the tasks that it is given.
public final class LogCare implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(LogCare.class);
  private static final long DISK_MILLIS = 250;
  private static final long BROKER_MILLIS = 500;

  private final LogTopics topics;
  private final LogAppender appender;
  private final DiskReserve disk;
  private final List<LogTask.Periodic> tasks;
  private final ScheduledExecutorService timers =
      Executors.newScheduledThreadPool(2, Thread.ofVirtual().name("log-care-", 0).factory());
  private final Admin admin;
  private volatile boolean brokerUp;
  private boolean started;

  LogCare(
      LogClients clients,
      LogTopics topics,
      LogAppender appender,
      DiskReserve disk,
      List<LogTask.Periodic> tasks) {
    this.topics = topics;
    this.appender = appender;
    this.disk = disk;
    this.tasks = List.copyOf(tasks);
    this.admin = clients.admin();
  }

  /// Starts the timers. Where the broker is there already, the topics are when this returns.
  ///
  /// @param onReady called once, when the topics are there
  public void start(Runnable onReady) {
    watchBroker(onReady);
    timers.scheduleWithFixedDelay(disk::refresh, DISK_MILLIS, DISK_MILLIS, TimeUnit.MILLISECONDS);
    timers.scheduleWithFixedDelay(
        () -> watchBroker(onReady), BROKER_MILLIS, BROKER_MILLIS, TimeUnit.MILLISECONDS);
    for (LogTask.Periodic task : tasks) {
      long millis = task.interval().toMillis();
      timers.scheduleWithFixedDelay(() -> run(task), millis, millis, TimeUnit.MILLISECONDS);
    }
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

  private void watchBroker(Runnable onReady) {
    try {
      if (!appender.isReady()) {
        topics.createMissing(admin);
        appender.learnTopics();
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

  private void run(LogTask.Periodic task) {
    if (!brokerUp) {
      return;
    }
    try {
      task.task().run(admin);
    } catch (ExecutionException | KafkaException e) {
      log.warn("{} failed, next time: {}", task.name(), e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      log.error("{} failed", task.name(), e); // the timer must go on
    }
  }
}
