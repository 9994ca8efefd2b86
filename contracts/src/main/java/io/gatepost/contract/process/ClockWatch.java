package io.gatepost.contract.process;

import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Notices when the wall clock is set back. Kafka's clients reckon their waits by it: one that
/// waits in that moment waits longer by as much as the clock was set back, and has to be told.
public final class ClockWatch implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(ClockWatch.class);
  private static final Duration LOOK = Duration.ofSeconds(1);

  /// Less is worth no beginning anew: a wait that is longer by so much is over soon.
  private static final Duration TOLERANCE = Duration.ofSeconds(2);

  private final InstantSource clock;
  private final LongSupplier nanos;
  private final Runnable setBack;
  private final Thread thread =
      Thread.ofPlatform().daemon().name("clock-watch").unstarted(this::watch);
  private long lastMillis;
  private long lastNanos;
  private volatile boolean closing;

  /// @param nanos a monotonic clock
  /// @param setBack called after it was, on a thread of its own
  public ClockWatch(InstantSource clock, LongSupplier nanos, Runnable setBack) {
    this.clock = clock;
    this.nanos = nanos;
    this.setBack = setBack;
    this.lastMillis = clock.millis();
    this.lastNanos = nanos.getAsLong();
  }

  /// One that watches this process's clock.
  public static ClockWatch start(Runnable setBack) {
    ClockWatch watch = new ClockWatch(InstantSource.system(), System::nanoTime, setBack);
    watch.thread.start();
    return watch;
  }

  @Override
  public void close() {
    closing = true;
    LockSupport.unpark(thread);
  }

  private void watch() {
    while (!closing) {
      LockSupport.parkNanos(LOOK.toNanos());
      look();
    }
  }

  /// Compares the clocks.
  void look() {
    long nowMillis = clock.millis();
    long nowNanos = nanos.getAsLong();
    Duration passed = Duration.ofNanos(nowNanos - lastNanos);
    Duration shown = Duration.ofMillis(nowMillis - lastMillis);
    lastMillis = nowMillis;
    lastNanos = nowNanos;
    Duration back = passed.minus(shown);
    if (back.compareTo(TOLERANCE) > 0) {
      log.warn("the clock was set back by {}; the log's clients begin anew", back);
      try {
        setBack.run();
      } catch (RuntimeException e) {
        log.error("not everybody was told that the clock was set back", e); // the watch must go on
      }
    }
  }
}
