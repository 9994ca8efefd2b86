package io.gatepost.delivery.early;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Destinations where attempts did not end while their clients could wait. Their mail goes straight
/// to the queue, but for one message now and then, which shows whether they are quick again. Safe
/// for all threads.
public final class SlowDestinations {

  /// Between trials of a slow one; twice as long after each that has failed, up to [#LONGEST].
  static final Duration PAUSE = Duration.ofSeconds(10);

  static final Duration LONGEST = Duration.ofMinutes(5);

  /// The most that are remembered; beyond them nothing more is.
  static final int MOST = 10_000;

  /// A destination of which nothing was heard for this long is forgotten.
  static final Duration STALE = Duration.ofHours(1);

  /// One late attempt may have any reason; a second one counts, where fewer than `2 * LATE - SLOW +
  /// 1` were in time since. In the long run one in five may be late.
  private static final int LATE = 4;

  private static final int SLOW = 5;

  private static final Logger log = LoggerFactory.getLogger(SlowDestinations.class);

  private final ConcurrentMap<String, Standing> known = new ConcurrentHashMap<>();
  private final LongSupplier nanos;

  /// Those that are not remembered are quick.
  ///
  /// @param score late attempts, less those in time
  /// @param pauseNanos until the next trial; 0 where it is not slow
  /// @param dueNanos when that is
  /// @param isTried whether a trial has begun since the last one ended
  /// @param heardNanos when something was last heard of it
  private record Standing(
      int score, long pauseNanos, long dueNanos, boolean isTried, long heardNanos) {

    boolean isSlow() {
      return pauseNanos > 0;
    }

    boolean isLeftAlone(long now) {
      return isSlow() && now - dueNanos < 0;
    }

    Standing tried(long now) {
      return new Standing(score, pauseNanos, now + pauseNanos, true, now);
    }

    static Standing slow(long pause, long now) {
      return new Standing(0, pause, now + pause, false, now);
    }
  }

  /// @param nanos a monotonic clock
  public SlowDestinations(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /// Whether a message for all of these may be attempted while its client waits. Where one of them
  /// is slow and its trial is due, this is the trial.
  public boolean mayTry(Collection<String> destinations) {
    if (known.isEmpty()) {
      return true;
    }
    long now = nanos.getAsLong();
    for (String destination : destinations) {
      Standing standing = known.get(destination);
      if (standing != null && standing.isLeftAlone(now)) {
        return false;
      }
    }
    return destinations.stream().allMatch(each -> claim(each, now));
  }

  private boolean claim(String destination, long now) {
    Standing standing = known.get(destination);
    if (standing == null || !standing.isSlow()) {
      return true;
    }
    // The second one finds another standing, or one that is not due.
    return !standing.isLeftAlone(now) && known.replace(destination, standing, standing.tried(now));
  }

  /// An attempt at it has ended while its client waited, however it ended.
  public void inTime(String destination) {
    if (known.containsKey(destination)) {
      boolean wasSlow = isSlow(destination);
      known.computeIfPresent(destination, (_, standing) -> better(standing));
      if (wasSlow && !isSlow(destination)) {
        log.info("{} is quick again: clients wait for their deliveries to it", destination);
      }
    }
  }

  /// An attempt at it has not ended in time.
  public void late(String destination) {
    boolean wasSlow = isSlow(destination);
    change(destination, this::worse);
    if (!wasSlow && isSlow(destination)) {
      log.warn(
          "{} is slow: its mail goes to the queue, and is tried again in {} s with one client that"
              + " waits",
          destination,
          PAUSE.toSeconds());
    }
  }

  private @Nullable Standing better(Standing standing) {
    if (standing.isSlow()) {
      return standing.isTried() ? null : standing; // otherwise it was begun before
    }
    return standing.score() <= 1
        ? null
        : new Standing(standing.score() - 1, 0, 0, false, nanos.getAsLong());
  }

  private Standing worse(@Nullable Standing standing) {
    long now = nanos.getAsLong();
    if (standing == null) {
      return new Standing(LATE, 0, 0, false, now);
    }
    if (!standing.isSlow()) {
      int score = standing.score() + LATE;
      return score >= SLOW
          ? Standing.slow(PAUSE.toNanos(), now)
          : new Standing(score, 0, 0, false, now);
    }
    return standing.isTried()
        ? Standing.slow(Math.min(2 * standing.pauseNanos(), LONGEST.toNanos()), now)
        : standing; // it was begun before
  }

  private void change(String destination, UnaryOperator<@Nullable Standing> change) {
    if (known.size() >= MOST && !known.containsKey(destination)) {
      return;
    }
    known.compute(destination, (_, standing) -> change.apply(standing));
  }

  /// Forgets what is of no use any more; to be called now and then.
  public void forget() {
    long now = nanos.getAsLong();
    known.values().removeIf(each -> now - each.heardNanos() > STALE.toNanos());
  }

  /// Whether its mail goes to the queue.
  public boolean isSlow(String destination) {
    Standing standing = known.get(destination);
    return standing != null && standing.isSlow();
  }

  /// Those whose mail goes to the queue.
  List<String> names() {
    return known.entrySet().stream()
        .filter(each -> each.getValue().isSlow())
        .map(Map.Entry::getKey)
        .toList();
  }

  /// How many there are.
  public long slow() {
    return known.values().stream().filter(Standing::isSlow).count();
  }
}
