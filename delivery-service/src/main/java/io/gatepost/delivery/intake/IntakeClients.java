package io.gatepost.delivery.intake;

import io.gatepost.contract.event.Topics;
import io.gatepost.contract.wire.OutcomeRecordCodec;
import io.gatepost.contract.wire.UnreadableFrameException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes the Kafka clients of delivery, and replays outcomes with one of them.
public final class IntakeClients {

  private static final Logger log = LoggerFactory.getLogger(IntakeClients.class);
  private static final int MAX_RECORD_OCTETS = 9 * 1024 * 1024;

  /// Of one partition: what has been fetched and not taken stays in memory, and that of each. A
  /// record that is larger comes alone.
  private static final int MAX_FETCH_OCTETS = 512 * 1024;

  private static final int MAX_BATCH = 500;
  private static final Duration ENDS_TIMEOUT = Duration.ofMinutes(1);
  private static final Duration POLL = Duration.ofMillis(200);

  private final String bootstrapServers;
  private final String instance;
  private final Set<Consumer<String, byte[]>> reading = ConcurrentHashMap.newKeySet();

  /// @param instance tells delivery-services apart; stable over restarts
  public IntakeClients(String bootstrapServers, String instance) {
    this.bootstrapServers = bootstrapServers;
    this.instance = instance;
  }

  /// The consumer of `ready` and `due`; equal partition numbers of both go to one owner.
  Consumer<String, byte[]> consumer() {
    Map<String, Object> settings = consumerSettings();
    settings.put("group.id", Topics.DELIVERY_GROUP);
    // Who comes back after a kill takes its own place, and does not wait until it has lapsed.
    settings.put("group.instance.id", Topics.DELIVERY_GROUP + "." + instance);
    settings.put("partition.assignment.strategy", RangeAssignor.class.getName());
    settings.put("fetch.max.wait.ms", 500); // idle, it asks twice a second
    settings.put("max.poll.records", MAX_BATCH);
    settings.put("metadata.max.age.ms", 10_000);
    settings.put("session.timeout.ms", 10_000);
    return open(settings);
  }

  /// The producer of outcomes. They linger, so that many share one sync.
  Producer<String, byte[]> outcomesProducer() {
    Map<String, Object> settings = new HashMap<>();
    settings.put("bootstrap.servers", bootstrapServers);
    settings.put("acks", "all");
    settings.put("linger.ms", 20);
    settings.put("batch.size", 256 * 1024);
    settings.put("max.in.flight.requests.per.connection", 1);
    settings.put("max.request.size", MAX_RECORD_OCTETS);
    settings.put("delivery.timeout.ms", Integer.MAX_VALUE);
    settings.put("max.block.ms", 5_000); // of an event loop
    settings.put("reconnect.backoff.max.ms", 500);
    settings.put("metadata.max.idle.ms", Integer.MAX_VALUE);
    return new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer());
  }

  /// Where partitions end, with what belongs to transactions that are still open.
  Map<TopicPartition, Long> ends(Collection<TopicPartition> partitions) {
    return ends(partitions, ENDS_TIMEOUT);
  }

  /// The same; throws a Kafka [org.apache.kafka.common.errors.TimeoutException] where it takes too
  /// long.
  Map<TopicPartition, Long> ends(Collection<TopicPartition> partitions, Duration timeout) {
    Map<String, Object> settings = consumerSettings();
    settings.put("isolation.level", "read_uncommitted");
    try (Consumer<String, byte[]> consumer = open(settings)) {
      consumer.assign(partitions);
      return consumer.endOffsets(partitions, timeout);
    }
  }

  /// Reads the outcomes of partitions from a position to the present end. What stands behind an
  /// open transaction, say one of a killed process, counts as well: then this waits until that is
  /// decided.
  void replay(Map<Integer, Long> from, Dispatcher dispatcher) {
    Map<String, Object> settings = consumerSettings();
    settings.put(
        "auto.offset.reset", "earliest"); // truncated meanwhile: what is gone is not needed
    try (Consumer<String, byte[]> consumer = open(settings)) {
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
    reading.forEach(Consumer::wakeup);
  }

  private Consumer<String, byte[]> open(Map<String, Object> settings) {
    Consumer<String, byte[]> consumer =
        new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer()) {
          @Override
          public void close() {
            reading.remove(this);
            super.close();
          }
        };
    reading.add(consumer);
    return consumer;
  }

  private Map<String, Object> consumerSettings() {
    Map<String, Object> settings = new HashMap<>();
    settings.put("bootstrap.servers", bootstrapServers);
    settings.put("enable.auto.commit", false);
    settings.put("auto.offset.reset", "earliest");
    settings.put("isolation.level", "read_committed");
    settings.put("max.partition.fetch.bytes", MAX_FETCH_OCTETS);
    settings.put("fetch.max.bytes", MAX_FETCH_OCTETS * 16);
    settings.put("allow.auto.create.topics", false);
    return settings;
  }
}
