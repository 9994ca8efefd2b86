package io.gatepost.delivery.transport.smtp;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/// Messages that wait for a connection to one destination, oldest first. A burst may fill the
/// queue; a slow host may not, as its mail would take the room of all others. Guarded by its
/// destination's lock.
final class DestinationQueue {

  /// So many may wait for a slow host, or as many as it takes in [#PATIENCE], where its share of
  /// the room has place for them.
  private static final int SLOW = 100;

  /// A host is slow where the first has waited for so long.
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  /// Of a host that is slow for twice as long the others are put off; for as long where the room is
  /// used up.
  private static final long CROWDED_NANOS = PATIENCE.toNanos() * 2;

  /// A message that has waited for so long is put off: other recipients of it have waited enough.
  private static final Duration LONGEST = Duration.ofSeconds(30);

  private final ArrayDeque<Waiting> line = new ArrayDeque<>();
  private final int most;
  private final IntSupplier share;
  private boolean crowded;
  private int polled;
  private int pace;
  private long lookedAt;

  /// A message and since when it waits.
  private record Waiting(SmtpJob job, long sinceNanos) {}

  /// @param most that may wait
  /// @param share of the room that a slow destination may have, in messages
  DestinationQueue(int most, IntSupplier share, long nanos) {
    this.lookedAt = nanos;
    this.most = most;
    this.share = share;
  }

  boolean isEmpty() {
    return line.isEmpty();
  }

  int size() {
    return line.size();
  }

  /// Whether another may wait; one always may.
  boolean hasRoom(long nanos) {
    return line.isEmpty() || line.size() < (isSlow(nanos) ? mostOfSlow() : most);
  }

  /// Whether the host takes less than it is sent.
  boolean isSlow(long nanos) {
    return crowded || waited(nanos) >= PATIENCE.toNanos();
  }

  /// How long the first has waited, in nanoseconds; 0 where none waits.
  long waited(long nanos) {
    Waiting first = line.peek();
    return first == null ? 0 : nanos - first.sinceNanos();
  }

  void add(SmtpJob job, long nanos) {
    line.add(new Waiting(job, nanos));
  }

  /// Adds it before all others.
  void addFirst(SmtpJob job, long nanos) {
    line.addFirst(new Waiting(job, nanos));
  }

  @Nullable SmtpJob poll() {
    Waiting first = line.poll();
    if (first == null) {
      return null;
    }
    polled++;
    return first.job();
  }

  /// The host has caught up.
  void caughtUp() {
    crowded = false;
  }

  /// Takes all out.
  List<SmtpJob> removeAll() {
    List<SmtpJob> all = new ArrayList<>(line.size());
    line.forEach(each -> all.add(each.job()));
    line.clear();
    return all;
  }

  /// Takes out those that have waited for too long, and the last ones of those that are more than a
  /// slow host may have. Called every second or so: what was taken since then is the host's pace.
  List<SmtpJob> removeExcess(long nanos) {
    measure(nanos);
    List<SmtpJob> excess = new ArrayList<>(0);
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
