package io.gatepost.queue.log.maintain;

import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.event.Topics;
import io.gatepost.contract.wire.EnvelopeRecordCodec;
import io.gatepost.contract.wire.UnreadableFrameException;
import io.gatepost.queue.content.FileContentStore;
import io.gatepost.queue.log.append.LogClients;
import io.gatepost.queue.log.append.LogMeters;
import io.gatepost.queue.log.append.LogPositions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Deletes content that no envelope refers to: a crash between content and log leaves such files.
/// The order is its rule: files are listed first, then all envelope topics are read from the starts
/// to the ends that they had after the listing. A record that is moved meanwhile is found where it
/// was; should it have been cut there, the reading fails, and nothing is deleted. What is young may
/// still be on its way to the log and is left alone. Where a record cannot be read nothing is
/// deleted, and the content of one that was set aside stays. Without old files it reads nothing.
public class OrphanSweep implements MaintenanceTask {

  private static final Logger log = LoggerFactory.getLogger(OrphanSweep.class);
  private static final Duration POLL = Duration.ofMillis(200);

  private final LogClients clients;
  private final FileContentStore contents;
  private final Duration minAge;
  private final InstantSource clock;
  private final LogMeters meters;

  /// @param minAge longer than a client can take from the first octet to the reply
  public OrphanSweep(
      LogClients clients,
      FileContentStore contents,
      Duration minAge,
      InstantSource clock,
      LogMeters meters) {
    this.clients = clients;
    this.contents = contents;
    this.minAge = minAge;
    this.clock = clock;
    this.meters = meters;
  }

  @Override
  public void run(Admin admin) throws ExecutionException, InterruptedException {
    Instant before = clock.instant().minus(minAge);
    Set<QueueId> orphans = contents.olderThan(before);
    if (orphans.isEmpty()) {
      return;
    }
    Set<TopicPartition> partitions = new HashSet<>(LogPositions.envelopePartitions(admin));
    partitions.addAll(LogPositions.partitions(admin, Topics.UNDECODABLE));
    Map<TopicPartition, Long> starts = LogPositions.starts(admin, partitions);
    Map<TopicPartition, Long> ends = LogPositions.ends(admin, partitions);
    listed();
    if (!withoutReferred(orphans, starts, ends)) {
      return;
    }
    int swept = 0;
    for (QueueId orphan : orphans) {
      try {
        if (contents.deleteOlder(orphan, before)) {
          log.info("qid={} content is referred to by no envelope and is deleted", orphan);
          swept++;
        }
      } catch (CompletionException e) {
        log.warn(
            "qid={} orphaned content stays, next time: {}", orphan, String.valueOf(e.getCause()));
      }
    }
    meters.swept(swept);
  }

  /// A seam for the test of what happens to the log in this moment.
  void listed() {}

  /// Reads the log and takes out what an envelope refers to, also one of an open transaction.
  private boolean withoutReferred(
      Set<QueueId> orphans, Map<TopicPartition, Long> starts, Map<TopicPartition, Long> ends) {
    try (Consumer<String, byte[]> consumer = clients.uncommittedConsumer()) {
      consumer.assign(ends.keySet());
      starts.forEach(consumer::seek);
      while (!orphans.isEmpty()
          && ends.entrySet().stream()
              .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
          keep(record, orphans);
        }
      }
      return true;
    } catch (OffsetOutOfRangeException e) {
      log.info("content is not swept this time, as the log was cut meanwhile: {}", e.getMessage());
      return false;
    } catch (UnreadableFrameException e) {
      log.error("content is not swept, as a record cannot be read: {}", e.getMessage());
      return false;
    }
  }

  /// Takes out what a record needs. Of one that was set aside, as it cannot be read, only the key
  /// is known; a person may still want to send it.
  private static void keep(ConsumerRecord<String, byte[]> record, Set<QueueId> orphans) {
    if (record.topic().equals(Topics.UNDECODABLE)) {
      orphans.removeIf(orphan -> orphan.text().equals(record.key()));
    } else if (EnvelopeRecordCodec.decode(record.value()).envelope().content()
        instanceof ContentRef.Stored stored) {
      orphans.remove(stored.key());
    }
  }
}
