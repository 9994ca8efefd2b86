package io.gatepost.queue.log.maintain;

import io.gatepost.contract.setting.SettingException;
import io.gatepost.log.BrokerClients;
import io.gatepost.queue.content.DiskReserve;
import io.gatepost.queue.log.append.LogAppender;
import io.gatepost.queue.log.append.LogClients;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Work around the log on timers: creating topics as soon as there is a broker, watching the broker
/// and the disk, and the tasks that it is given.
public final class LogMaintenance implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(LogMaintenance.class);
  private static final long DISK_MILLIS = 250;
  private static final long BROKER_MILLIS = 500;
  private static final Duration AFTER_REFUSAL = Duration.ofSeconds(10);

  private final LogClients clients;
  private final LogTopics topics;
  private final LogAppender appender;
  private final DiskReserve disk;
  private final List<MaintenanceTask.Periodic> tasks;

  /// One may be busy with a sweep for minutes, another with an audit.
  private final ScheduledExecutorService timers =
      Executors.newScheduledThreadPool(3, Thread.ofVirtual().name("log-care-", 0).factory());

  /// Made when there is a broker.
  private volatile @Nullable Admin admin;

  private volatile State state = State.UNKNOWN;
  private volatile String trouble = "not looked at yet";
  private volatile boolean closing;
  private volatile long refusedAt;
  private boolean started;

  private enum State {
    UNKNOWN,
    UP,
    AWAY,
    /// It is there, but does not let these clients in.
    REFUSED,
    /// The topics are not as the settings want them.
    MISFIT
  }

  public LogMaintenance(
      LogClients clients,
      LogTopics topics,
      LogAppender appender,
      DiskReserve disk,
      List<MaintenanceTask.Periodic> tasks) {
    this.clients = clients;
    this.topics = topics;
    this.appender = appender;
    this.disk = disk;
    this.tasks = List.copyOf(tasks);
  }

  /// Starts the timers. Where the broker is there already, the topics are when this returns.
  ///
  /// @param onReady called once, when the topics are there
  public void start(Runnable onReady) {
    watchBroker(onReady);
    timers.scheduleWithFixedDelay(disk::refresh, DISK_MILLIS, DISK_MILLIS, TimeUnit.MILLISECONDS);
    timers.scheduleWithFixedDelay(
        () -> watchBroker(onReady), BROKER_MILLIS, BROKER_MILLIS, TimeUnit.MILLISECONDS);
    for (MaintenanceTask.Periodic task : tasks) {
      long millis = task.interval().toMillis();
      timers.scheduleWithFixedDelay(() -> run(task), millis, millis, TimeUnit.MILLISECONDS);
    }
  }

  /// The clock was set back: all clients of the log are made anew, as those that wait may wait
  /// until it has caught up.
  public void clockWasSetBack() {
    clients.beginAnew();
    closeAdmin(Duration.ZERO); // whoever waits for an answer of it gets an error
    appender.beginAnew();
  }

  /// Returns the trouble with the log; empty where there is none.
  public String trouble() {
    return trouble;
  }

  /// Whether the broker answered when last asked, and its topics are as they should be.
  public boolean isBrokerUp() {
    return state == State.UP;
  }

  @Override
  public void close() {
    closing = true;
    timers.shutdownNow();
    closeAdmin(Duration.ofSeconds(2));
  }

  private synchronized Admin admin() {
    Admin present = admin;
    if (present == null) {
      present = clients.admin();
      admin = present;
    }
    return present;
  }

  private void closeAdmin(Duration timeout) {
    Admin old;
    synchronized (this) {
      old = admin;
      admin = null;
    }
    if (old != null) {
      old.close(timeout);
    }
  }

  private void watchBroker(Runnable onReady) {
    if (state == State.REFUSED && System.nanoTime() - refusedAt < AFTER_REFUSAL.toNanos()) {
      return; // a broker may lock an account out that keeps trying
    }
    try {
      if (!appender.isReady()) {
        Optional<String> missing = clients.brokerTrouble();
        if (missing.isPresent()) {
          told(State.AWAY, "broker does not answer: " + missing.get());
          return;
        }
        topics.createMissing(admin());
        appender.learnTopics();
      } else {
        admin().describeCluster().clusterId().get();
      }
      String missing = topics.missingCopies(admin(), appender.silence());
      told(missing.isEmpty() ? State.UP : State.AWAY, missing);
      if (!started && appender.isReady()) {
        started = true;
        onReady.run();
      }
    } catch (ExecutionException | KafkaException e) {
      refusedAt = System.nanoTime();
      told(BrokerClients.isRefusal(e) ? State.REFUSED : State.AWAY, clients.trouble(e));
    } catch (SettingException e) {
      told(State.MISFIT, String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      if (!closing) {
        log.error("the log cannot be looked after", e); // the timer must go on
      }
    }
  }

  private void told(State now, String why) {
    if (closing) {
      return; // what breaks off then is no news
    }
    trouble = why;
    appender.brokerIs(why);
    if (state != now) {
      state = now;
      if (now == State.UP) {
        log.info("broker answers");
      } else {
        log.error("{}", why);
      }
    }
  }

  private void run(MaintenanceTask.Periodic task) {
    if (!isBrokerUp()) {
      return;
    }
    try {
      task.task().run(admin());
    } catch (ExecutionException | KafkaException e) {
      if (closing) {
        return;
      }
      log.warn("{} failed, next time: {}", task.name(), e.toString());
    } catch (SettingException e) {
      log.error("{} failed, next time: {}", task.name(), e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      log.error("{} failed", task.name(), e); // the timer must go on
    }
  }
}
