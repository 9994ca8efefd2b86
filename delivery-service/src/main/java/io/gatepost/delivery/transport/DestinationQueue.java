package io.gatepost.delivery.transport;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Messages that wait for one destination, oldest first: for a connection to a host, or for the
/// scanners. A burst may fill the queue; a slow destination may not, as its mail would take the
/// room of all others. Guarded by its destination's lock.
///
/// @param <J> the jobs that wait
public final class DestinationQueue<J> {

  /// Messages that may wait for a slow host; or as many as it takes in [#PATIENCE], where its share
  /// of the room has place for them.
  private static final int SLOW = 100;

  /// A host is slow where the first has waited for so long.
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  /// Of a host that is slow for twice as long the others are put off; for as long where the room is
  /// used up.
  private static final long CROWDED_NANOS = PATIENCE.toNanos() * 2;

  /// A message that has waited for so long is put off: other recipients of it have waited enough.
  private static final Duration LONGEST = Duration.ofSeconds(30);

  private final ArrayDeque<Waiting<J>> line = new ArrayDeque<>();
  private final int most;
  private final IntSupplier share;
  private boolean crowded;
  private int polled;
  private int pace;
  private long lookedAt;

  /// A message and since when it waits.
  private record Waiting<J>(J job, long sinceNanos) {}

  /// @param most that may wait
  /// @param share of the room that a slow destination may have, in messages
  public DestinationQueue(int most, IntSupplier share, long nanos) {
    this.lookedAt = nanos;
    this.most = most;
    this.share = share;
  }

  /// Whether none waits.
  public boolean isEmpty() {
    return line.isEmpty();
  }

  /// How many wait.
  public int size() {
    return line.size();
  }

  /// Whether another may wait; one always may.
  public boolean hasRoom(long nanos) {
    return line.isEmpty() || line.size() < (isSlow(nanos) ? mostOfSlow() : most);
  }

  /// Whether the host takes less than it is sent.
  public boolean isSlow(long nanos) {
    return crowded || waited(nanos) >= PATIENCE.toNanos();
  }

  /// How long the first has waited, in nanoseconds; 0 where none waits.
  public long waited(long nanos) {
    Waiting<J> first = line.peek();
    return first == null ? 0 : nanos - first.sinceNanos();
  }

  /// Adds it behind all others, whether or not there is room.
  public void add(J job, long nanos) {
    line.add(new Waiting<>(job, nanos));
  }

  /// Adds it before all others.
  public void addFirst(J job, long nanos) {
    line.addFirst(new Waiting<>(job, nanos));
  }

  /// Takes the first out.
  public @Nullable J poll() {
    Waiting<J> first = line.poll();
    if (first == null) {
      return null;
    }
    polled++;
    return first.job();
  }

  /// The host has caught up.
  public void caughtUp() {
    crowded = false;
  }

  /// Takes all out.
  public List<J> removeAll() {
    List<J> all = new ArrayList<>(line.size());
    line.forEach(each -> all.add(each.job()));
    line.clear();
    return all;
  }

  /// Takes out all such.
  public List<J> removeIf(Predicate<J> isSuch) {
    List<J> removed = new ArrayList<>(0);
    line.removeIf(each -> isSuch.test(each.job()) && removed.add(each.job()));
    return removed;
  }

  /// Whether one more would have to wait for long: the host is slow, or more wait than it takes in
  /// [#PATIENCE], as far as that is known.
  ///
  /// @param least that may wait of any host
  public boolean isLong(int least, long nanos) {
    return line.size() >= Math.min(most, Math.max(least, pace)) || isSlow(nanos);
  }

  /// Takes out those that have waited for too long, and the last ones of those that are more than a
  /// slow host may have. Called every second or so: what was taken since then is the host's pace.
  public List<J> removeExcess(long nanos) {
    measure(nanos);
    List<J> excess = new ArrayList<>(0);
    int place = share.getAsInt();
    long waited = waited(nanos);
    if (waited >= CROWDED_NANOS || (place == 0 && waited >= PATIENCE.toNanos())) {
      int keep = mostOfSlow();
      while (line.size() > keep) {
        crowded = pace <= SLOW; // a quick one only has too much at once
        excess.add(line.removeLast().job());
      }
    }
    while (waited(nanos) > LONGEST.toNanos()) {
      crowded = true;
      excess.add(line.remove().job());
    }
    return excess;
  }

  private void measure(long nanos) {
    long elapsed = nanos - lookedAt;
    if (elapsed > 0) {
      pace = (int) Math.min(most, polled * PATIENCE.toNanos() / elapsed);
      polled = 0;
      lookedAt = nanos;
    }
  }

  private int mostOfSlow() {
    return Math.clamp(share.getAsInt(), 1, Math.min(Math.max(SLOW, pace), most));
  }
}
