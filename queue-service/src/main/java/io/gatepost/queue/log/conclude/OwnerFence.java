package io.gatepost.queue.log.conclude;

import io.gatepost.contract.event.Topics;
import io.gatepost.contract.queue.Conclusion;
import io.gatepost.contract.queue.GroupMember;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.FencedInstanceIdException;

/// Keeps conclusions of owners out of the log who have been replaced: their records are attempted
/// again. Each transaction commits an offset in the name of those who asked for it, in a partition
/// that delivery-service does not read, and the broker takes that from members of the group's
/// present generation only. The next owner asks for that offset, and is told once the transaction
/// has ended: so either he replays the conclusion, or it is never written.
final class OwnerFence {

  private OwnerFence() {}

  /// Passes the owners of conclusions, inside of a transaction.
  ///
  /// @param ends of the partitions of outcomes: what is committed there means nothing, and should
  ///   alarm nobody who looks at the lag
  /// @return the one who has been replaced, where there is one: then the transaction can only be
  ///   aborted
  static Optional<GroupMember> pass(
      Producer<String, byte[]> open,
      Collection<Conclusion> conclusions,
      ToLongFunction<TopicPartition> ends) {
    Map<GroupMember, Map<TopicPartition, OffsetAndMetadata>> offsets = new HashMap<>();
    for (Conclusion conclusion : conclusions) {
      TopicPartition partition = new TopicPartition(Topics.OUTCOMES, conclusion.id().partition());
      conclusion
          .owner()
          .ifPresent(owner ->
              offsets
                  .computeIfAbsent(owner, any -> new HashMap<>())
                  .computeIfAbsent(
                      partition, any -> new OffsetAndMetadata(ends.applyAsLong(partition))));
    }
    for (Map.Entry<GroupMember, Map<TopicPartition, OffsetAndMetadata>> each : offsets.entrySet()) {
      try {
        open.sendOffsetsToTransaction(each.getValue(), metadata(each.getKey()));
      } catch (CommitFailedException | FencedInstanceIdException e) {
        return Optional.of(each.getKey());
      }
    }
    return Optional.empty();
  }

  private static ConsumerGroupMetadata metadata(GroupMember member) {
    return new ConsumerGroupMetadata(
        Topics.DELIVERY_GROUP, member.generation(), member.id(), member.instance());
  }
}
