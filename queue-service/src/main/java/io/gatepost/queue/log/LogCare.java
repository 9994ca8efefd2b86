package io.gatepost.queue.log;

import io.gatepost.contract.setting.SettingException;
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

  /// One may be busy with a sweep for minutes, another with an audit.
  private final ScheduledExecutorService timers =
      Executors.newScheduledThreadPool(3, Thread.ofVirtual().name("log-care-", 0).factory());

  private final Admin admin;
  private volatile State state = State.UNKNOWN;
  private volatile String trouble = "not looked at yet";
  private boolean started;

  private enum State {
    UNKNOWN,
    UP,
    AWAY,
    /// The topics are not as the settings want them.
    MISFIT
  }

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

  /// What is wrong with the log; empty where nothing is.
  public String trouble() {
    return trouble;
  }

  /// Whether the broker answered when last asked, and its topics are as they should be.
  public boolean isBrokerUp() {
    return state == State.UP;
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
      told(State.UP, "");
      if (!started && appender.isReady()) {
        started = true;
        onReady.run();
      }
    } catch (ExecutionException | KafkaException e) {
      told(State.AWAY, "broker does not answer: " + e);
    } catch (SettingException e) {
      told(State.MISFIT, String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      log.error("the log cannot be looked after", e); // the timer must go on
    }
  }

  private void told(State now, String why) {
    trouble = why;
    if (state != now) {
      state = now;
      if (now == State.UP) {
        log.info("broker answers");
      } else {
        log.error("{}", why);
      }
    }
  }

  private void run(LogTask.Periodic task) {
    if (!isBrokerUp()) {
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
