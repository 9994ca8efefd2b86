package io.gatepost.delivery.intake;

import io.gatepost.contract.event.CommitNote;
import io.gatepost.contract.event.LogBounds;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/// Offsets at which the next owner of partitions begins, by their commits.
final class StartingPoints {

  private final Map<Integer, Long> replayFrom = new HashMap<>();
  private final Map<Integer, LogBounds> readAgainFrom = new HashMap<>();
  private Duration hold = Duration.ZERO;

  /// @param commit of this partition; without one all of it is read
  void add(TopicPartition partition, @Nullable OffsetAndMetadata commit) {
    CommitNote note = CommitNote.parse(commit == null ? "" : commit.metadata());
    replayFrom.merge(partition.partition(), note.outcomesPosition(), Math::min);
    readAgainFrom.merge(
        partition.partition(),
        commit == null || commit.offset() == 0
            ? LogBounds.NOTHING
            : LogBounds.NOTHING.with(partition.topic(), commit.offset() - 1),
        LogBounds::union);
    if (note.hold().compareTo(hold) > 0) {
      hold = note.hold();
    }
  }

  /// Where the replay of each partition of `outcomes` begins.
  Map<Integer, Long> replayFrom() {
    return replayFrom;
  }

  /// From where each partition is read again.
  Map<Integer, LogBounds> readAgainFrom() {
    return readAgainFrom;
  }

  /// How much longer nothing expires.
  Duration hold() {
    return hold;
  }
}
