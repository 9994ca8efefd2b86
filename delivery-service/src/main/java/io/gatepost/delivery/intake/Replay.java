package io.gatepost.delivery.intake;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.apache.kafka.common.TopicPartition;

/// How long what the replay of `outcomes` told is needed: until all that it is about has been read.
/// That is what was in the log when the partitions were assigned, and then a copy that their last
/// owner had on its way to the log. Belongs to the thread that reads.
final class Replay {

  /// The next step.
  enum Stage {
    /// Nothing: all has been read, and [#end] says so.
    OVER,
    /// Records that the replay is about are still being read, or there was no replay.
    READING,
    /// The log's ends, as no copy can come any more: [#lateCopiesUpTo] takes them.
    ASK_FOR_ENDS
  }

  private final long lateCopiesNanos;
  private final Map<Integer, Long> from = new HashMap<>();
  private final Map<TopicPartition, Long> upTo = new HashMap<>();
  private long assignedAt;
  private boolean lateCopiesAreIn;

  /// @param lateCopies how long a copy that an earlier owner has carried forward may take
  Replay(Duration lateCopies) {
    this.lateCopiesNanos = lateCopies.toNanos();
  }

  /// `outcomes` were replayed for partitions that have been assigned.
  ///
  /// @param positions where the replay began, by partition of `outcomes`
  /// @param ends of the partitions assigned, before the replay
  /// @param now in the terms of [System#nanoTime], like each `now` here
  void began(Map<Integer, Long> positions, Map<TopicPartition, Long> ends, long now) {
    positions.forEach((partition, position) -> from.merge(partition, position, Math::min));
    upTo.putAll(ends);
    assignedAt = now;
    lateCopiesAreIn = false;
  }

  /// Partitions that another reads now.
  void forget(Collection<TopicPartition> partitions) {
    upTo.keySet().removeAll(partitions);
  }

  /// Returns the next step.
  ///
  /// @param read up to which offset a partition has been read
  Stage stage(ToLongFunction<TopicPartition> read, long now) {
    if (upTo.isEmpty()
        || now - assignedAt < lateCopiesNanos
        || upTo.entrySet().stream()
            .anyMatch(end -> read.applyAsLong(end.getKey()) < end.getValue())) {
      return Stage.READING;
    }
    return lateCopiesAreIn ? Stage.OVER : Stage.ASK_FOR_ENDS;
  }

  /// Late copies stand before these offsets, if there are any.
  void lateCopiesUpTo(Map<TopicPartition, Long> ends) {
    upTo.clear();
    upTo.putAll(ends);
    lateCopiesAreIn = true;
  }

  /// Nothing that was replayed is needed any more.
  void end() {
    upTo.clear();
    from.clear();
  }

  /// From where on `outcomes` would have to be replayed again if the reader ended now; the greatest
  /// number where nothing would.
  long neededFrom(int partition) {
    return from.getOrDefault(partition, Long.MAX_VALUE);
  }
}
