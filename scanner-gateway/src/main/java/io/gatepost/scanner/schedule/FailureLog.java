package io.gatepost.scanner.schedule;

import io.gatepost.contract.envelope.QueueId;
import io.gatepost.scanner.plan.ScanOutcome.Failed;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Failures of one scanner in the log: one line a second at most, with the number of those that it
/// stands for.
final class FailureLog {

  private static final Logger log = LoggerFactory.getLogger(FailureLog.class);
  private static final long PAUSE = Duration.ofSeconds(1).toNanos();

  private final String name;
  private final LongSupplier nanoTime;
  private final AtomicLong nextAt;
  private final AtomicLong unsaid = new AtomicLong();

  FailureLog(String name, LongSupplier nanoTime) {
    this.name = name;
    this.nanoTime = nanoTime;
    this.nextAt = new AtomicLong(nanoTime.getAsLong());
  }

  /// Tells of a failure now, or counts it for the next line; says which.
  boolean failed(QueueId id, Failed failed) {
    long now = nanoTime.getAsLong();
    long next = nextAt.get();
    if (now - next < 0 || !nextAt.compareAndSet(next, now + PAUSE)) {
      unsaid.incrementAndGet();
      return false;
    }
    long others = unsaid.getAndSet(0);
    log.warn(
        "qid={} scanner={} failure={}: {}{}",
        id,
        name,
        failed.failure().label(),
        failed.words(),
        others == 0 ? "" : " (and " + others + " more since the last line)");
    return true;
  }
}
