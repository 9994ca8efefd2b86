package io.gatepost.queue.log.retry;

import io.gatepost.contract.queue.Conclusion;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/// Destinations that take no mail: learned from the conclusions of attempts, forgotten soon, so
/// that the next envelope that comes due is tried again. While it is known, the log readers move a
/// destination's envelopes on without a dial. Safe for all threads.
public final class DestinationHolds {

  private static final int MAX_REMEMBERED = 100_000;

  /// For a busy destination: it will have room soon.
  private static final Duration BUSY = Duration.ofSeconds(1);

  private final Map<String, Hold> holds = new HashMap<>();
  private final Duration dead;
  private final LongSupplier nanos;

  private record Hold(Conclusion.Wait kind, long untilNanos) {}

  /// @param dead how long a destination that could not be reached is left alone
  /// @param nanos a monotonic clock
  public DestinationHolds(Duration dead, LongSupplier nanos) {
    this.dead = dead;
    this.nanos = nanos;
  }

  /// An attempt was held up by a destination.
  public synchronized void note(String destination, Conclusion.Wait kind) {
    if (holds.size() >= MAX_REMEMBERED) {
      forgetPast();
    }
    if (holds.size() < MAX_REMEMBERED) {
      Duration length =
          switch (kind) {
            case LADDER -> dead;
            case BUSY -> BUSY;
          };
      holds.put(destination, new Hold(kind, nanos.getAsLong() + length.toNanos()));
    }
  }

  /// How envelopes for a destination have to wait, where that is known.
  public synchronized Optional<Conclusion.Wait> of(String destination) {
    Hold hold = holds.get(destination);
    if (hold == null) {
      return Optional.empty();
    }
    if (nanos.getAsLong() - hold.untilNanos() >= 0) {
      holds.remove(destination);
      return Optional.empty();
    }
    return Optional.of(hold.kind());
  }

  /// How many destinations are known to take no mail.
  public synchronized int size() {
    forgetPast();
    return holds.size();
  }

  /// Whether nothing is remembered: a cheap answer for what asks all the time.
  synchronized boolean isEmpty() {
    return holds.isEmpty();
  }

  private void forgetPast() {
    long now = nanos.getAsLong();
    holds.values().removeIf(hold -> now - hold.untilNanos() >= 0);
  }
}
