package io.gatepost.queue.log.append;

import io.gatepost.contract.event.Topics;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/// Asks the broker where the log stands.
public final class LogPositions {

  /// Kafka's own; a group's partition comes from its name, as the clients find its coordinator.
  private static final String GROUP_OFFSETS = "__consumer_offsets";

  private LogPositions() {}

  /// Returns the offsets that a group has committed.
  public static Map<TopicPartition, OffsetAndMetadata> committed(Admin admin, String group)
      throws ExecutionException, InterruptedException {
    Map<TopicPartition, OffsetAndMetadata> committed = new HashMap<>();
    admin
        .listConsumerGroupOffsets(group)
        .partitionsToOffsetAndMetadata()
        .get()
        .forEach((partition, commit) -> {
          if (commit != null) {
            committed.put(partition, commit);
          }
        });
    return committed;
  }

  /// Where the broker keeps what groups have committed, as far as that is there yet.
  public static Set<TopicPartition> offsetsOf(Admin admin, Set<String> groups)
      throws ExecutionException, InterruptedException {
    if (!admin
        .listTopics(new ListTopicsOptions().listInternal(true))
        .names()
        .get()
        .contains(GROUP_OFFSETS)) {
      return Set.of();
    }
    int partitions = partitions(admin, GROUP_OFFSETS).size();
    return groups.stream()
        .map(group ->
            new TopicPartition(GROUP_OFFSETS, (group.hashCode() & Integer.MAX_VALUE) % partitions))
        .collect(Collectors.toSet());
  }

  /// The partitions of all topics that hold envelopes.
  public static Set<TopicPartition> envelopePartitions(Admin admin)
      throws ExecutionException, InterruptedException {
    List<String> topics =
        admin.listTopics().names().get().stream()
            .filter(name ->
                name.equals(Topics.READY) || name.equals(Topics.DUE) || Topics.isRetry(name))
            .toList();
    return partitions(admin, topics);
  }

  /// The partitions of a topic that is there.
  public static Set<TopicPartition> partitions(Admin admin, String topic)
      throws ExecutionException, InterruptedException {
    return partitions(admin, List.of(topic));
  }

  private static Set<TopicPartition> partitions(Admin admin, List<String> topics)
      throws ExecutionException, InterruptedException {
    return admin.describeTopics(topics).allTopicNames().get().values().stream()
        .flatMap(topic -> partitions(topic).stream())
        .collect(Collectors.toSet());
  }

  /// The first offset of each partition.
  public static Map<TopicPartition, Long> starts(Admin admin, Set<TopicPartition> partitions)
      throws ExecutionException, InterruptedException {
    return offsets(admin, partitions, OffsetSpec.earliest());
  }

  /// The offset after the last record of each partition.
  public static Map<TopicPartition, Long> ends(Admin admin, Set<TopicPartition> partitions)
      throws ExecutionException, InterruptedException {
    return offsets(admin, partitions, OffsetSpec.latest());
  }

  private static Map<TopicPartition, Long> offsets(
      Admin admin, Set<TopicPartition> partitions, OffsetSpec which)
      throws ExecutionException, InterruptedException {
    Map<TopicPartition, Long> offsets = new HashMap<>();
    for (Map.Entry<TopicPartition, ListOffsetsResultInfo> entry :
        admin
            .listOffsets(partitions.stream().collect(Collectors.toMap(each -> each, each -> which)))
            .all()
            .get()
            .entrySet()) {
      offsets.put(entry.getKey(), entry.getValue().offset());
    }
    return offsets;
  }

  private static List<TopicPartition> partitions(TopicDescription topic) {
    return topic.partitions().stream()
        .map(partition -> new TopicPartition(topic.name(), partition.partition()))
        .toList();
  }
}
