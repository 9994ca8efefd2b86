package io.gatepost.routing.chain;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/// Complaints of one source about its data in the log, a line a second at most: clients choose how
/// often an address is asked for. Any number of threads may tell at a time.
public final class Complaints {

  private static final long BETWEEN = Duration.ofSeconds(1).toNanos();

  private final LongSupplier nanoTime;
  private final AtomicLong told;
  private final AtomicLong untold = new AtomicLong();

  public Complaints() {
    this(System::nanoTime);
  }

  Complaints(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.told = new AtomicLong(nanoTime.getAsLong() - BETWEEN);
  }

  /// Tells, or counts where it is too early.
  ///
  /// @param line writes it; is given the words for the end of the line, how many were left out, or
  ///   nothing where none was
  public void tell(Consumer<String> line) {
    long before = told.get();
    long now = nanoTime.getAsLong();
    if (now - before < BETWEEN || !told.compareAndSet(before, now)) {
      untold.incrementAndGet();
      return;
    }
    long others = untold.getAndSet(0);
    line.accept(others == 0 ? "" : " (and " + others + " like it before)");
  }
}
