package io.gatepost.log;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Partitions that end before the offset that is committed: the log has lost its tail, as a cluster
/// may that loses power without syncs. What is appended from then on would be taken for what was
/// done, so these are read again from their beginning.
public final class LostTails {

  private static final Logger log = LoggerFactory.getLogger(LostTails.class);

  private LostTails() {}

  /// Moves a consumer and its group to the beginning of each partition that has lost its tail.
  ///
  /// @param committed offsets of the group; null where there is none
  /// @param ends of the partitions that are looked at, with what open transactions have written
  /// @return the offsets that are committed instead; empty where nothing is lost
  public static Map<TopicPartition, OffsetAndMetadata> readAgain(
      Consumer<?, ?> consumer,
      Map<TopicPartition, OffsetAndMetadata> committed,
      Map<TopicPartition, Long> ends) {
    List<TopicPartition> lost = new ArrayList<>();
    ends.forEach((partition, end) -> {
      OffsetAndMetadata commit = committed.get(partition);
      if (commit != null && commit.offset() > end) {
        log.error(
            "{} ends at {}, but {} is committed: the log has lost records, and is read again",
            partition,
            end,
            commit.offset());
        lost.add(partition);
      }
    });
    Map<TopicPartition, OffsetAndMetadata> beginnings = new HashMap<>();
    if (!lost.isEmpty()) {
      consumer.seekToBeginning(lost);
      lost.forEach(each -> beginnings.put(each, new OffsetAndMetadata(consumer.position(each))));
      consumer.commitSync(beginnings);
    }
    return beginnings;
  }
}
