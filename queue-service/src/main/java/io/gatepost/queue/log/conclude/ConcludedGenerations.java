package io.gatepost.queue.log.conclude;

import io.gatepost.contract.envelope.Generation;
import io.gatepost.contract.event.OutcomeRecord;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.event.Topics;
import io.gatepost.contract.wire.OutcomeRecordCodec;
import io.gatepost.contract.wire.UnreadableFrameException;
import io.gatepost.queue.log.append.LogClients;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The generations that have been concluded: what makes `Conclude` idempotent, over restarts as
/// well. The truth is the outcomes topic, which is cut where no record can be read again that its
/// outcomes are about, so this knows what stands in it: it is read when nobody can tell what the
/// last transaction came to, and what is written since is added. One thread reads and adds; any may
/// say what has been cut.
public final class ConcludedGenerations {

  private static final Logger log = LoggerFactory.getLogger(ConcludedGenerations.class);
  private static final Duration POLL = Duration.ofMillis(200);

  /// For reading on by one record: a transaction that somebody has left open is over by then.
  private static final Duration PATIENCE = LogClients.TRANSACTION_TIMEOUT.plusSeconds(5);

  /// Some 40 MiB. The topic is cut every few seconds, so that it takes a stalled truncation to get
  /// there; then the oldest are forgotten.
  private static final int MOST = 200_000;

  private final Map<Integer, LinkedHashMap<Generation, Long>> offsets = new HashMap<>();
  private final Map<Integer, Long> ends = new HashMap<>();
  private final int most;
  private int count;

  /// A generation of a message.
  public ConcludedGenerations() {
    this(MOST);
  }

  /// @param most to be remembered
  public ConcludedGenerations(int most) {
    this.most = most;
  }

  /// Reads the outcomes on from where it stopped, to their present end, and no less than that: what
  /// stands behind an open transaction is waited for. Where it fails, what has been read stays.
  ///
  /// @throws org.apache.kafka.common.KafkaException where that is not possible
  void read(LogClients clients) {
    try (Consumer<String, byte[]> consumer = clients.assignedConsumer()) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(Topics.OUTCOMES).stream()
              .map(each -> new TopicPartition(each.topic(), each.partition()))
              .toList();
      Map<TopicPartition, Long> present = ends(clients, partitions);
      consumer.assign(partitions);
      consumer
          .beginningOffsets(partitions)
          .forEach((partition, start) -> consumer.seek(partition, Math.max(start, end(partition))));
      long moved = System.nanoTime();
      while (!reached(consumer, present)) {
        if (System.nanoTime() - moved > PATIENCE.toNanos()) {
          throw new TimeoutException("the outcomes cannot be read to their end: " + present);
        }
        ConsumerRecords<String, byte[]> records = consumer.poll(POLL);
        records.forEach(this::read);
        for (TopicPartition partition : partitions) {
          if (moveOn(partition.partition(), consumer.position(partition))) {
            moved = System.nanoTime();
          }
        }
      }
    }
  }

  /// Whether a generation has been concluded.
  public synchronized boolean contains(Generation generation) {
    Map<Generation, Long> known = offsets.get(generation.id().partition());
    return known != null && known.containsKey(generation);
  }

  /// Takes a conclusion that has been written.
  ///
  /// @param offset where its outcome stands
  public synchronized void add(Generation generation, long offset) {
    int partition = generation.id().partition();
    moveOn(partition, offset + 1);
    LinkedHashMap<Generation, Long> known =
        offsets.computeIfAbsent(partition, any -> new LinkedHashMap<>());
    if (known.put(generation, offset) == null && ++count > most) {
      // One whose notes stand still does not make the others forget.
      removeFirst(Collections.max(offsets.values(), Comparator.comparingInt(LinkedHashMap::size)));
    }
  }

  /// The topic has been cut, or is about to be.
  ///
  /// @param positions the first offsets that are left
  public synchronized void forgetBefore(Map<TopicPartition, Long> positions) {
    positions.forEach((partition, position) -> {
      LinkedHashMap<Generation, Long> known = offsets.get(partition.partition());
      while (known != null && !known.isEmpty() && known.firstEntry().getValue() < position) {
        removeFirst(known);
      }
    });
  }

  /// The end of a partition of the outcomes, as far as it has been seen here.
  synchronized long end(TopicPartition partition) {
    return ends.getOrDefault(partition.partition(), 0L);
  }

  private synchronized boolean moveOn(int partition, long end) {
    Long before = ends.put(partition, Math.max(end, ends.getOrDefault(partition, 0L)));
    return before == null || before < end;
  }

  private void removeFirst(LinkedHashMap<Generation, Long> known) {
    known.pollFirstEntry();
    count--;
  }

  private static Map<TopicPartition, Long> ends(
      LogClients clients, Collection<TopicPartition> partitions) {
    try (Consumer<String, byte[]> consumer = clients.uncommittedConsumer()) {
      consumer.assign(partitions);
      return consumer.endOffsets(partitions);
    }
  }

  private static boolean reached(
      Consumer<String, byte[]> consumer, Map<TopicPartition, Long> ends) {
    return ends.entrySet().stream()
        .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
  }

  /// Delivery-service writes outcomes of its own, of those that are served altogether. An outcome
  /// of an earlier version does not say that it is a conclusion's.
  private void read(ConsumerRecord<String, byte[]> record) {
    try {
      OutcomeRecord outcome = OutcomeRecordCodec.decode(record.value());
      if (outcome instanceof OutcomeRecord.Ended over
          && (record.headers().lastHeader(Topics.CONCLUSION) != null
              || !over.outcomes().stream().allMatch(RecipientOutcome::isServed))) {
        add(new Generation(over.id(), over.generation()), record.offset());
      }
    } catch (UnreadableFrameException e) {
      log.error(
          "outcome {}@{} cannot be read: {}", record.partition(), record.offset(), e.getMessage());
    }
  }
}
