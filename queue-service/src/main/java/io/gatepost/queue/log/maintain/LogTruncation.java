package io.gatepost.queue.log.maintain;

import io.gatepost.contract.event.CommitNote;
import io.gatepost.contract.event.Topics;
import io.gatepost.queue.log.append.LogPositions;
import io.gatepost.queue.log.conclude.ConcludedGenerations;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DeletedRecords;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Cuts the log behind what is done with: reading is the garbage collection (requirement G12).
/// Never past a committed offset; outcomes never past where a replay would start.
public final class LogTruncation implements MaintenanceTask {

  private static final Logger log = LoggerFactory.getLogger(LogTruncation.class);

  private final ConcludedGenerations concluded;
  private final ReentrantLock cutting = new ReentrantLock();

  /// @param concluded told where the outcomes are cut
  public LogTruncation(ConcludedGenerations concluded) {
    this.concluded = concluded;
  }

  @Override
  public void run(Admin admin) throws ExecutionException, InterruptedException {
    if (!cutting.tryLock()) {
      return; // a sweep reads, for minutes perhaps: the disk and the broker have to be watched too
    }
    try {
      cut(admin);
    } finally {
      cutting.unlock();
    }
  }

  /// A task during which this truncation does not cut; another queue-service's still may.
  public MaintenanceTask keptOff(MaintenanceTask task) {
    return admin -> {
      cutting.lock();
      try {
        task.run(admin);
      } finally {
        cutting.unlock();
      }
    };
  }

  private void cut(Admin admin) throws ExecutionException, InterruptedException {
    Map<TopicPartition, OffsetAndMetadata> delivery =
        LogPositions.committed(admin, Topics.DELIVERY_GROUP);
    Map<TopicPartition, Long> behind = new HashMap<>();
    for (Map.Entry<TopicPartition, OffsetAndMetadata> each : delivery.entrySet()) {
      if (!each.getKey().topic().equals(Topics.OUTCOMES)) { // that is the fence's
        behind.put(each.getKey(), each.getValue().offset());
      }
    }
    LogPositions.committed(admin, Topics.READERS_GROUP)
        .forEach((partition, commit) -> behind.put(partition, commit.offset()));
    Map<TopicPartition, Long> outcomes = outcomes(delivery);
    behind.putAll(outcomes);
    delete(admin, behind);
    concluded.forgetBefore(outcomes);
  }

  /// Where the log begins is asked each time: a broker that was killed may have forgotten what was
  /// cut last. A partition that cannot be cut, say one whose topic has gone, does not keep the
  /// others.
  private static void delete(Admin admin, Map<TopicPartition, Long> behind)
      throws InterruptedException {
    Map<TopicPartition, OffsetSpec> earliest = new HashMap<>();
    behind.keySet().forEach(partition -> earliest.put(partition, OffsetSpec.earliest()));
    ListOffsetsResult starts = admin.listOffsets(earliest);
    Map<TopicPartition, RecordsToDelete> deletions = new HashMap<>();
    for (Map.Entry<TopicPartition, Long> each : behind.entrySet()) {
      try {
        if (each.getValue() > starts.partitionResult(each.getKey()).get().offset()) {
          deletions.put(each.getKey(), RecordsToDelete.beforeOffset(each.getValue()));
        }
      } catch (ExecutionException e) {
        log.warn("{} not truncated, next time: {}", each.getKey(), e.toString());
      }
    }
    if (deletions.isEmpty()) {
      return;
    }
    for (Map.Entry<TopicPartition, KafkaFuture<DeletedRecords>> result :
        admin.deleteRecords(deletions).lowWatermarks().entrySet()) {
      try {
        result.getValue().get();
      } catch (ExecutionException e) {
        log.warn("{} not truncated, next time: {}", result.getKey(), e.toString());
      }
    }
  }

  /// A partition of `ready` or `due` without a commit holds the outcomes of its number: they may
  /// still be needed from the start.
  private static Map<TopicPartition, Long> outcomes(
      Map<TopicPartition, OffsetAndMetadata> delivery) {
    Map<TopicPartition, Long> positions = new HashMap<>();
    delivery.forEach((partition, commit) -> {
      OffsetAndMetadata ready =
          delivery.get(new TopicPartition(Topics.READY, partition.partition()));
      OffsetAndMetadata due = delivery.get(new TopicPartition(Topics.DUE, partition.partition()));
      if (ready != null && due != null) {
        positions.put(
            new TopicPartition(Topics.OUTCOMES, partition.partition()),
            Math.min(note(ready), note(due)));
      }
    });
    return positions;
  }

  private static long note(OffsetAndMetadata commit) {
    return CommitNote.parse(commit.metadata()).outcomesPosition();
  }
}
