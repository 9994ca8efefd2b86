package io.gatepost.queue.quarantine;

import io.gatepost.queue.log.release.ReleaseLog;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.NestedExceptionUtils;

/// Care of the quarantine on timers: releases that were broken off go on, and messages of which the
/// time is over are deleted. A step that fails is tried again the next time.
final class QuarantineCare implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(QuarantineCare.class);

  /// How often it looks.
  static final Duration INTERVAL = Duration.ofSeconds(15);

  /// Of a quarantine that is switched off and empty, one round in so many is made.
  private static final int SELDOM = 20;

  private static final Duration SWEEP_INTERVAL = Duration.ofHours(1);
  private static final int WORTH_A_REPORT = 3;

  /// After the log, which it writes to.
  private static final int PHASE = 200;

  private final HeldMessages messages;
  private final ReleaseLog releases;
  private final QuarantineLimits limits;
  private final Duration interval;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofVirtual().name("quarantine-care-", 0).factory());
  private volatile boolean running;
  private int failures;
  private int rounds;
  private boolean isUnused;
  private long swept = System.nanoTime();

  /// @param interval from the end of one round to the start of the next
  QuarantineCare(
      HeldMessages messages, ReleaseLog releases, QuarantineLimits limits, Duration interval) {
    this.messages = messages;
    this.releases = releases;
    this.limits = limits;
    this.interval = interval;
  }

  @Override
  public void start() {
    timer.scheduleWithFixedDelay(
        this::run, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
    running = true;
  }

  @Override
  public void stop() {
    running = false;
    timer.shutdownNow();
    releases.close();
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public int getPhase() {
    return PHASE;
  }

  /// Does all of it once.
  private void run() {
    if (isUnused && ++rounds % SELDOM != 0) {
      return;
    }
    try {
      isUnused = messages.look().messages() == 0 && !limits.enabled();
      messages.expire();
      messages.finishReleases();
      if (System.nanoTime() - swept > SWEEP_INTERVAL.toNanos()) {
        messages.sweep();
        swept = System.nanoTime();
      }
      if (failures >= WORTH_A_REPORT) {
        log.info("the quarantine is looked after again");
      }
      failures = 0;
    } catch (RuntimeException e) { // the timer must go on
      failures++;
      // Told once, and not at the first failure: the database is often just being started.
      if (failures == WORTH_A_REPORT && limits.enabled() && running) {
        log.warn(
            "the quarantine cannot be looked after, mail for it is deferred: {}",
            NestedExceptionUtils.getMostSpecificCause(e).toString());
      }
    }
  }
}
