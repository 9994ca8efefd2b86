package io.gatepost.queue.log;

import io.gatepost.contract.event.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/// Makes the Kafka clients of the log. What comes while a sync runs is the next batch, which is the
/// group commit: so no lingering, large batches, one request in flight.
public class LogClients {

  /// Largest record, end to end.
  public static final int MAX_RECORD_OCTETS = 8 * 1024 * 1024;

  static final int PRODUCER_MEMORY_OCTETS = 32 * 1024 * 1024;

  private static final int MAX_BATCH_OCTETS = 1024 * 1024;

  /// Batches that a partition may hold at a time, one in the making and one in flight, each of
  /// `ready` and `due`: with half of the memory for them, a send finds room for one more.
  private static final int BATCHES_PER_PARTITION = 4;

  /// How long a transaction may be open; past it the broker aborts it.
  static final Duration TRANSACTION_TIMEOUT = Duration.ofSeconds(15);

  /// Of all partitions of one topic together: a batch of the reader, which does not wait for more
  /// then. What has been fetched of a partition and not taken stays in memory, and there are
  /// several topics.
  private static final int FETCHES_PER_TOPIC_OCTETS = 4 * 1024 * 1024;

  private static final int LEAST_FETCH_OCTETS = 16 * 1024;
  private static final int MAX_FETCH_OCTETS = 8 * 1024 * 1024;
  private static final int REQUEST_TIMEOUT_MILLIS = 5_000;
  private static final int DELIVERY_TIMEOUT_MILLIS = 10_000;

  private final String bootstrapServers;
  private final String instance;
  private final int batchOctets;
  private final int fetchOctets;
  private final Set<Consumer<String, byte[]>> reading = ConcurrentHashMap.newKeySet();

  /// @param instance tells queue-services apart in transactional ids and groups; stable over
  ///   restarts
  /// @param partitions of each envelope topic: a batch takes its memory whole, so that many
  ///   partitions need smaller ones
  public LogClients(String bootstrapServers, String instance, int partitions) {
    this.bootstrapServers = bootstrapServers;
    this.instance = instance;
    this.batchOctets =
        Math.min(
            MAX_BATCH_OCTETS, PRODUCER_MEMORY_OCTETS / 2 / (BATCHES_PER_PARTITION * partitions));
    this.fetchOctets = Math.max(FETCHES_PER_TOPIC_OCTETS / partitions, LEAST_FETCH_OCTETS);
  }

  Admin admin() {
    return Admin.create(
        Map.of(
            "bootstrap.servers", bootstrapServers,
            "request.timeout.ms", REQUEST_TIMEOUT_MILLIS,
            "default.api.timeout.ms", DELIVERY_TIMEOUT_MILLIS));
  }

  Producer<String, byte[]> producer() {
    return new KafkaProducer<>(
        producerSettings(), new StringSerializer(), new ByteArraySerializer());
  }

  Producer<String, byte[]> transactionalProducer(String role) {
    Map<String, Object> settings = producerSettings();
    settings.put("transactional.id", "gatepost." + role + "." + instance);
    settings.put("transaction.timeout.ms", Math.toIntExact(TRANSACTION_TIMEOUT.toMillis()));
    return transactionalProducer(role, settings);
  }

  /// A seam for tests that abort transactions.
  protected Producer<String, byte[]> transactionalProducer(
      String role, Map<String, Object> settings) {
    return new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer());
  }

  /// A consumer without a group, for reading where one is told to.
  public Consumer<String, byte[]> assignedConsumer() {
    return open(consumerSettings());
  }

  /// The same, which sees records of transactions that are open or were aborted as well, and fails
  /// where the log has been cut under it instead of going on behind the gap.
  Consumer<String, byte[]> uncommittedConsumer() {
    Map<String, Object> settings = consumerSettings();
    settings.put("auto.offset.reset", "none");
    settings.put("isolation.level", "read_uncommitted");
    return open(settings);
  }

  public Consumer<String, byte[]> consumer(String group, int maxRecords) {
    Map<String, Object> settings = consumerSettings();
    settings.put("group.id", group);
    // Who comes back after a kill takes its own place, and does not wait until it has lapsed.
    settings.put("group.instance.id", group + "." + instance);
    settings.put("max.poll.records", maxRecords);
    settings.put("session.timeout.ms", 10_000);
    return open(settings);
  }

  /// The place after the last record that the readers have moved out of each retry topic; throws
  /// [KafkaException] where the broker does not say.
  public List<RecordLocation> movedUpTo() {
    try (Admin admin = admin()) {
      return LogPositions.committed(admin, Topics.READERS_GROUP).entrySet().stream()
          .map(each ->
              new RecordLocation(
                  each.getKey().topic(), each.getKey().partition(), each.getValue().offset()))
          .toList();
    } catch (ExecutionException e) {
      throw new KafkaException("what the readers have committed is not known", e.getCause());
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }

  /// Makes every read fail that is under way: whoever reads begins anew, with clients that know
  /// nothing of the time before.
  public void beginAnew() {
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
    settings.put("max.partition.fetch.bytes", fetchOctets); // a record that is larger comes alone
    settings.put("fetch.max.bytes", MAX_FETCH_OCTETS);
    settings.put("metadata.max.age.ms", 10_000);
    settings.put("allow.auto.create.topics", false);
    return settings;
  }

  private Map<String, Object> producerSettings() {
    Map<String, Object> settings = new HashMap<>();
    settings.put("bootstrap.servers", bootstrapServers);
    settings.put("acks", "all");
    settings.put("linger.ms", 0);
    settings.put("batch.size", batchOctets);
    settings.put("buffer.memory", PRODUCER_MEMORY_OCTETS);
    settings.put("max.in.flight.requests.per.connection", 1);
    settings.put("max.request.size", MAX_RECORD_OCTETS + 1024 * 1024);
    settings.put("request.timeout.ms", REQUEST_TIMEOUT_MILLIS);
    settings.put("delivery.timeout.ms", DELIVERY_TIMEOUT_MILLIS);
    settings.put("max.block.ms", REQUEST_TIMEOUT_MILLIS);
    settings.put("reconnect.backoff.max.ms", 500);
    // What is known of a topic is not forgotten: a send must never wait for it.
    settings.put("metadata.max.idle.ms", Integer.MAX_VALUE);
    return settings;
  }
}
