package io.gatepost.queue.log;

import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.event.OutcomeRecord;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.event.Topics;
import io.gatepost.contract.wire.OutcomeRecordCodec;
import io.gatepost.contract.wire.UnreadableFrameException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The generations that have been concluded: what makes `Defer` idempotent, over restarts as well.
/// The truth is the outcomes topic, which is cut where no record can be read again that its
/// outcomes are about, so this knows what stands in it: it is read when nobody can tell what the
/// last transaction came to, and what is written since is added.
final class ConcludedGenerations {

  private static final Logger log = LoggerFactory.getLogger(ConcludedGenerations.class);
  private static final Duration POLL = Duration.ofMillis(200);

  /// A transaction that somebody has left open, before which nothing is known, is over by then.
  private static final Duration PATIENCE = LogClients.TRANSACTION_TIMEOUT.plusSeconds(5);

  /// Some 40 MiB. The topic is cut every few seconds, so that it takes a stalled truncation to get
  /// there; then the oldest are forgotten.
  private static final int MOST = 200_000;

  private final Map<Integer, LinkedHashMap<Generation, Long>> offsets = new HashMap<>();
  private final Map<TopicPartition, Long> readTo = new HashMap<>();
  private final int most;
  private int count;

  /// A generation of a message.
  record Generation(QueueId id, int number) {}

  ConcludedGenerations() {
    this(MOST);
  }

  /// @param most to be remembered
  ConcludedGenerations(int most) {
    this.most = most;
  }

  /// Reads the outcomes on from where it stopped, to their present end, and no less than that: what
  /// stands behind an open transaction is waited for.
  ///
  /// @throws org.apache.kafka.common.KafkaException where that is not possible
  synchronized void read(LogClients clients) {
    try (Consumer<String, byte[]> consumer = clients.assignedConsumer()) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(Topics.OUTCOMES).stream()
              .map(each -> new TopicPartition(each.topic(), each.partition()))
              .toList();
      Map<TopicPartition, Long> ends = ends(clients, partitions);
      consumer.assign(partitions);
      Map<TopicPartition, Long> starts = consumer.beginningOffsets(partitions);
      for (TopicPartition partition : partitions) {
        long from =
            Math.max(readTo.getOrDefault(partition, 0L), starts.getOrDefault(partition, 0L));
        consumer.seek(partition, from);
      }
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (!reached(consumer, ends)) {
        if (System.nanoTime() - deadline > 0) {
          throw new TimeoutException("the outcomes cannot be read to their end: " + ends);
        }
        consumer.poll(POLL).forEach(this::read);
      }
      readTo.putAll(ends);
    }
  }

  /// Whether a generation has been concluded.
  synchronized boolean contains(Generation generation) {
    Map<Generation, Long> known = offsets.get(generation.id().partition());
    return known != null && known.containsKey(generation);
  }

  /// Takes a conclusion that has been written.
  ///
  /// @param offset where its outcome stands
  synchronized void add(Generation generation, long offset) {
    LinkedHashMap<Generation, Long> known =
        offsets.computeIfAbsent(generation.id().partition(), any -> new LinkedHashMap<>());
    if (known.put(generation, offset) == null && ++count > most) {
      removeFirst(known);
    }
  }

  /// The topic has been cut, or is about to be.
  ///
  /// @param positions the first offsets that are left
  synchronized void forgetBefore(Map<TopicPartition, Long> positions) {
    positions.forEach((partition, position) -> {
      LinkedHashMap<Generation, Long> known = offsets.get(partition.partition());
      while (known != null && !known.isEmpty() && known.firstEntry().getValue() < position) {
        removeFirst(known);
      }
    });
  }

  /// Where the outcomes of a partition ended when they were read.
  synchronized long readTo(TopicPartition partition) {
    return readTo.getOrDefault(partition, 0L);
  }

  private void removeFirst(LinkedHashMap<Generation, Long> known) {
    Iterator<Generation> first = known.keySet().iterator();
    first.next();
    first.remove();
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

  /// Of those that are served altogether delivery-service writes the outcomes itself, and asks
  /// nobody.
  private void read(ConsumerRecord<String, byte[]> record) {
    try {
      OutcomeRecord outcome = OutcomeRecordCodec.decode(record.value());
      if (outcome instanceof OutcomeRecord.Ended over
          && !over.outcomes().stream().allMatch(RecipientOutcome.Delivered.class::isInstance)) {
        add(new Generation(over.id(), over.generation()), record.offset());
      }
    } catch (UnreadableFrameException e) {
      log.error(
          "outcome {}@{} cannot be read: {}", record.partition(), record.offset(), e.getMessage());
    }
  }
}
