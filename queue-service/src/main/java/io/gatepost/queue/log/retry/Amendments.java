package io.gatepost.queue.log.retry;

import io.gatepost.contract.event.Topics;
import io.gatepost.queue.log.append.LogClients;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;

/// The records of retry topics that an operator has superseded: when they come due they are
/// dropped. Named by where they lie, which is known without reading them. For the reader's thread.
final class Amendments {

  private static final Duration POLL = Duration.ofMillis(200);

  private final Set<String> superseded = new HashSet<>();

  /// The name of a record: topic, partition and offset.
  static String key(ConsumerRecord<String, byte[]> record) {
    return key(record.topic(), record.partition(), record.offset());
  }

  static String key(String topic, int partition, long offset) {
    return topic + "/" + partition + "/" + offset;
  }

  boolean isSuperseded(ConsumerRecord<String, byte[]> record) {
    return !superseded.isEmpty() && superseded.contains(key(record));
  }

  boolean isSuperseded(String key) {
    return superseded.contains(key);
  }

  void add(String key) {
    superseded.add(key);
  }

  void remove(String key) {
    superseded.remove(key);
  }

  /// Reads them all from the log; compaction keeps that short.
  void load(LogClients clients) {
    superseded.clear();
    try (Consumer<String, byte[]> consumer = clients.assignedConsumer()) {
      List<PartitionInfo> present = consumer.partitionsFor(Topics.AMENDMENTS);
      List<TopicPartition> partitions =
          present.stream().map(info -> new TopicPartition(info.topic(), info.partition())).toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
          if (record.value() == null) {
            superseded.remove(record.key());
          } else {
            superseded.add(record.key());
          }
        }
      }
    }
  }
}
