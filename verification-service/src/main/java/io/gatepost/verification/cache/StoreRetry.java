package io.gatepost.verification.cache;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Works on the store until it answers, with pauses that grow from 1 s to 30 s. An outage is told
/// once, at its third failure, as the database is often just being started; and so is the end of
/// one that was told. For one thread; [#answers] is for all.
final class StoreRetry {

  private static final Logger log = LoggerFactory.getLogger(StoreRetry.class);

  static final int WORTH_A_REPORT = 3;

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  private final Sleep sleep;
  private volatile boolean answers;
  private boolean hasAnswered;
  private int failures;

  /// Waits for some time.
  interface Sleep {
    /// Returns whether the process ends.
    boolean isEnd(Duration time);
  }

  StoreRetry(Sleep sleep) {
    this.sleep = sleep;
  }

  /// Whether the store has answered when last asked.
  boolean answers() {
    return answers;
  }

  /// Does it until it succeeds, or the process ends.
  ///
  /// @param what is done, such as `read`
  void untilDone(String what, Runnable work) {
    Duration pause = FIRST_PAUSE;
    while (!tried(what, work)) {
      if (sleep.isEnd(pause)) {
        return;
      }
      pause = pause.multipliedBy(2);
      pause = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
    }
  }

  private boolean tried(String what, Runnable work) {
    try {
      work.run();
    } catch (RuntimeException e) {
      answers = false;
      failures++;
      if (failures == WORTH_A_REPORT) {
        log.warn(
            "callout answers cannot be {}, memory is alone until the database is back: {}",
            what,
            e.toString());
      }
      return false;
    }
    if (!hasAnswered || failures >= WORTH_A_REPORT) {
      log.info("callout answers are kept in the database{}", hasAnswered ? " again" : "");
    }
    hasAnswered = true;
    failures = 0;
    answers = true;
    return true;
  }
}
