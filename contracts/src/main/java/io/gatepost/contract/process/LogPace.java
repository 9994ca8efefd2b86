package io.gatepost.contract.process;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/// Keeps equal lines from filling the log while something is away: one is written a second, with
/// the number of those that it stands for.
public final class LogPace {

  private static final long PAUSE = Duration.ofSeconds(1).toNanos();

  private final LongSupplier nanoTime;
  private final AtomicLong nextAt;
  private final AtomicLong unsaid = new AtomicLong();

  public LogPace() {
    this(System::nanoTime);
  }

  /// @param nanoTime a monotonic clock
  LogPace(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.nextAt = new AtomicLong(nanoTime.getAsLong());
  }

  /// Writes a line now, or counts it for the next.
  ///
  /// @param line writes it; its argument ends the line, and is empty where it stands for itself
  ///   only
  public void tell(Consumer<String> line) {
    long now = nanoTime.getAsLong();
    long next = nextAt.get();
    if (now - next < 0 || !nextAt.compareAndSet(next, now + PAUSE)) {
      unsaid.incrementAndGet();
      return;
    }
    long others = unsaid.getAndSet(0);
    line.accept(others == 0 ? "" : " (and " + others + " more since the last line)");
  }
}
