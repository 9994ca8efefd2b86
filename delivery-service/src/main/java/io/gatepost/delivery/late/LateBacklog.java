package io.gatepost.delivery.late;

import io.gatepost.contract.delivery.LateScansState;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.QueueId;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/// The messages of this instance that are known to owe a scan, wherever in the log they wait. A
/// restart forgets them, and learns of each again when it is read: within seconds, at most within
/// the first step of the retry ladder. Bounds what is accepted unscanned; nothing else rests on it.
/// Safe for all threads.
public final class LateBacklog {

  /// More are not told apart: the bounds on the backlog are below that.
  public static final int MAX_KNOWN = 100_000;

  /// A message that has not come by for so long has gone another way: an operator has cancelled it.
  private static final Duration FORGOTTEN = Duration.ofMinutes(30);

  private final Map<QueueId, Owing> known = new HashMap<>();
  private long octets;

  private record Owing(long octets, Instant arrivedAt, long seenNanos) {}

  /// A message owes its scan, still or from now on.
  ///
  /// @param nanos this moment on a monotonic clock
  synchronized void owes(EnvelopeRecord message, long nanos) {
    QueueId id = message.envelope().id();
    if (known.size() >= MAX_KNOWN && !known.containsKey(id)) {
      return;
    }
    long size = message.envelope().content().octets();
    Owing before = known.put(id, new Owing(size, message.envelope().arrivedAt(), nanos));
    octets += size - (before == null ? 0 : before.octets());
  }

  /// A message owes none any more.
  synchronized void settled(QueueId id) {
    Owing before = known.remove(id);
    octets -= before == null ? 0 : before.octets();
  }

  /// Those of other partitions are another's now.
  public synchronized void keepOnly(Set<Integer> partitions) {
    known.keySet().removeIf(id -> !partitions.contains(id.partition()));
    octets = known.values().stream().mapToLong(Owing::octets).sum();
  }

  /// Forgets those that have not come by for long.
  synchronized void forget(long nanos) {
    if (known.values().removeIf(each -> nanos - each.seenNanos() > FORGOTTEN.toNanos())) {
      octets = known.values().stream().mapToLong(Owing::octets).sum();
    }
  }

  /// How much it is, and how old.
  public synchronized LateScansState state(Instant now) {
    Instant oldest =
        known.values().stream().map(Owing::arrivedAt).min(Instant::compareTo).orElse(now);
    return new LateScansState(
        known.size(), octets, oldest.isAfter(now) ? Duration.ZERO : Duration.between(oldest, now));
  }
}
