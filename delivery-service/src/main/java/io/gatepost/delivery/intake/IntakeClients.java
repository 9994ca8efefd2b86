package io.gatepost.delivery.intake;

import io.gatepost.contract.event.Topics;
import io.gatepost.contract.wire.OutcomeRecordCodec;
import io.gatepost.contract.wire.UnreadableFrameException;
import io.gatepost.log.BrokerClients;
import io.gatepost.log.ClientSettings;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The roles that delivery's Kafka clients have, and the replay of outcomes with one of them.
public final class IntakeClients {

  private static final Logger log = LoggerFactory.getLogger(IntakeClients.class);

  /// Of one partition: what has been fetched and not taken stays in memory, and that of each. A
  /// record that is larger comes alone.
  private static final int MAX_FETCH_OCTETS = 512 * 1024;

  private static final int MAX_BATCH = 500;
  private static final Duration ENDS_TIMEOUT = Duration.ofMinutes(1);
  private static final Duration POLL = Duration.ofMillis(200);

  private final BrokerClients clients;
  private final String instance;

  /// @param instance tells delivery-services apart; stable over restarts
  public IntakeClients(BrokerClients clients, String instance) {
    this.clients = clients;
    this.instance = instance;
  }

  /// Returns the trouble with the broker's addresses; no client may be made before there is none.
  Optional<String> brokerTrouble() {
    return clients.brokerTrouble();
  }

  /// The consumer of `ready` and `due`; equal partition numbers of both go to one owner.
  Consumer<String, byte[]> consumer() {
    return clients.consumer(intakeSettings());
  }

  /// The producer of outcomes. They linger, so that many share one sync.
  Producer<String, byte[]> outcomesProducer() {
    return clients.producer(outcomesSettings());
  }

  /// Where partitions end, with what belongs to transactions that are still open.
  Map<TopicPartition, Long> ends(Collection<TopicPartition> partitions) {
    return ends(partitions, ENDS_TIMEOUT);
  }

  /// The same; throws a Kafka [org.apache.kafka.common.errors.TimeoutException] where it takes too
  /// long.
  Map<TopicPartition, Long> ends(Collection<TopicPartition> partitions, Duration timeout) {
    try (Consumer<String, byte[]> consumer = clients.briefConsumer(endsSettings())) {
      consumer.assign(partitions);
      return consumer.endOffsets(partitions, timeout);
    }
  }

  /// Reads the outcomes of partitions from a position to the present end. What stands behind an
  /// open transaction, say one of a killed process, counts as well: then this waits until that is
  /// decided.
  void replay(Map<Integer, Long> from, Dispatcher dispatcher) {
    // Truncated meanwhile: what is gone is not needed, and it reads on from the earliest.
    try (Consumer<String, byte[]> consumer = clients.briefConsumer(consumerSettings())) {
      List<TopicPartition> partitions =
          from.keySet().stream()
              .map(number -> new TopicPartition(Topics.OUTCOMES, number))
              .toList();
      consumer.assign(partitions);
      Map<TopicPartition, Long> ends = ends(partitions);
      Map<TopicPartition, Long> starts = consumer.beginningOffsets(partitions);
      partitions.forEach(partition ->
          consumer.seek(
              partition,
              Math.max(
                  from.getOrDefault(partition.partition(), 0L),
                  starts.getOrDefault(partition, 0L))));
      int count = 0;
      while (partitions.stream()
          .anyMatch(partition -> consumer.position(partition) < ends.getOrDefault(partition, 0L))) {
        for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
          note(record, dispatcher);
          count++;
        }
      }
      ends.forEach((partition, end) -> dispatcher.outcomesReach(partition.partition(), end));
      log.info("outcomes replayed: partitions={} records={}", from.keySet(), count);
    }
  }

  private static void note(ConsumerRecord<String, byte[]> record, Dispatcher dispatcher) {
    try {
      dispatcher.replayed(OutcomeRecordCodec.decode(record.value()), record.offset());
    } catch (UnreadableFrameException e) {
      log.error(
          "outcome {}@{} cannot be read: {}", record.partition(), record.offset(), e.getMessage());
    }
  }

  /// Makes every read fail that is under way: whoever reads begins anew, with clients that know
  /// nothing of the time before.
  void beginAnew() {
    clients.beginAnew();
  }

  ClientSettings intakeSettings() {
    return consumerSettings()
        .inGroup(Topics.DELIVERY_GROUP, instance)
        .always("partition.assignment.strategy", RangeAssignor.class.getName())
        .unlessSet("fetch.max.wait.ms", 500) // idle, it asks twice a second
        .unlessSet("max.poll.records", MAX_BATCH)
        .unlessSet("metadata.max.age.ms", 10_000);
  }

  ClientSettings endsSettings() {
    return consumerSettings().always("isolation.level", "read_uncommitted");
  }

  ClientSettings consumerSettings() {
    return ClientSettings.consumer()
        .unlessSet("max.partition.fetch.bytes", MAX_FETCH_OCTETS)
        .unlessSet("fetch.max.bytes", MAX_FETCH_OCTETS * 16);
  }

  ClientSettings outcomesSettings() {
    return ClientSettings.producer(Duration.ofMillis(Integer.MAX_VALUE))
        .unlessSet("linger.ms", 20)
        .always("batch.size", 256 * 1024);
  }
}
