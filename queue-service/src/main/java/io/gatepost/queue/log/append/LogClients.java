package io.gatepost.queue.log.append;

import io.gatepost.contract.event.Topics;
import io.gatepost.log.BrokerClients;
import io.gatepost.log.ClientSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.springframework.kafka.core.ConsumerFactory;

/// The roles that queue-service's Kafka clients have. What comes while a sync runs is the next
/// batch, which is the group commit: so no lingering, large batches, one request in flight.
public class LogClients {

  /// Largest record, end to end.
  public static final int MAX_RECORD_OCTETS = ClientSettings.MAX_RECORD_OCTETS;

  public static final int PRODUCER_MEMORY_OCTETS = 32 * 1024 * 1024;

  private static final int MAX_BATCH_OCTETS = 1024 * 1024;

  /// Batches that a partition may hold at a time, one in the making and one in flight, each of
  /// `ready` and `due`: with half of the memory for them, a send finds room for one more.
  private static final int BATCHES_PER_PARTITION = 4;

  /// How long a transaction may be open; past it the broker aborts it.
  public static final Duration TRANSACTION_TIMEOUT = Duration.ofSeconds(15);

  /// Of all partitions of one topic together: a batch of the reader, which does not wait for more
  /// then. What has been fetched of a partition and not taken stays in memory, and there are
  /// several topics.
  private static final int FETCHES_PER_TOPIC_OCTETS = 4 * 1024 * 1024;

  private static final int LEAST_FETCH_OCTETS = 16 * 1024;
  private static final int MAX_FETCH_OCTETS = 8 * 1024 * 1024;

  private static final int VIEW_RECORDS = 2_000;
  private static final int VIEW_FETCH_OCTETS = 1024 * 1024;
  private static final int VIEW_GATHERING_MILLIS = 300;

  private static final int REQUEST_TIMEOUT_MILLIS = 5_000;
  private static final int API_TIMEOUT_MILLIS = 10_000;

  /// How long a record is tried to get to the log.
  static final Duration DELIVERY_TIMEOUT = Duration.ofSeconds(10);

  private final BrokerClients clients;
  private final String instance;
  private final int batchOctets;
  private final int fetchOctets;

  /// @param instance tells queue-services apart in transactional ids and groups; stable over
  ///   restarts
  /// @param partitions of each envelope topic: a batch takes its memory whole, so that many
  ///   partitions need smaller ones
  public LogClients(BrokerClients clients, String instance, int partitions) {
    this.clients = clients;
    this.instance = instance;
    this.batchOctets =
        Math.min(
            MAX_BATCH_OCTETS, PRODUCER_MEMORY_OCTETS / 2 / (BATCHES_PER_PARTITION * partitions));
    this.fetchOctets = Math.max(FETCHES_PER_TOPIC_OCTETS / partitions, LEAST_FETCH_OCTETS);
  }

  /// Returns the trouble with the broker's addresses; no client may be made before there is none.
  public Optional<String> brokerTrouble() {
    return clients.brokerTrouble();
  }

  /// Why a broker that is there did not do what it was asked for.
  public String trouble(Exception failure) {
    return clients.trouble(failure);
  }

  public Admin admin() {
    return clients.admin(adminSettings());
  }

  /// @param deliveryTimeout how long it tries to get an answer for a record
  public Producer<String, byte[]> producer(Duration deliveryTimeout) {
    return clients.producer(producerSettings(deliveryTimeout));
  }

  public Producer<String, byte[]> transactionalProducer(String role) {
    return transactionalProducer(
        role,
        producerSettings(DELIVERY_TIMEOUT).transactional(role, instance, TRANSACTION_TIMEOUT));
  }

  /// A seam for tests that abort transactions.
  protected Producer<String, byte[]> transactionalProducer(String role, ClientSettings settings) {
    return clients.producer(settings);
  }

  /// A consumer without a group, for reading where one is told to.
  public Consumer<String, byte[]> assignedConsumer() {
    return clients.briefConsumer(consumerSettings());
  }

  /// The same, which sees records of transactions that are open or were aborted as well, and fails
  /// where the log has been cut under it instead of going on behind the gap.
  public Consumer<String, byte[]> uncommittedConsumer() {
    return clients.briefConsumer(uncommittedSettings());
  }

  public Consumer<String, byte[]> consumer(String group, int maxRecords) {
    return clients.consumer(groupSettings(group, maxRecords));
  }

  /// Returns a factory of the view's consumers, for Spring's listener containers. The broker
  /// gathers records for a moment, so that many of them share a transaction of the database.
  public ConsumerFactory<String, byte[]> viewConsumers() {
    return clients.consumers(
        groupSettings(Topics.VIEW_GROUP, VIEW_RECORDS)
            .unlessSet("fetch.min.bytes", VIEW_FETCH_OCTETS)
            .unlessSet("fetch.max.wait.ms", VIEW_GATHERING_MILLIS));
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
    clients.beginAnew();
  }

  static ClientSettings adminSettings() {
    return new ClientSettings(
        Map.of(
            "request.timeout.ms", REQUEST_TIMEOUT_MILLIS,
            "default.api.timeout.ms", API_TIMEOUT_MILLIS),
        Map.of());
  }

  ClientSettings groupSettings(String group, int maxRecords) {
    return consumerSettings().inGroup(group, instance).unlessSet("max.poll.records", maxRecords);
  }

  ClientSettings uncommittedSettings() {
    return consumerSettings()
        .always("auto.offset.reset", "none")
        .always("isolation.level", "read_uncommitted");
  }

  ClientSettings consumerSettings() {
    return ClientSettings.consumer()
        .unlessSet("max.partition.fetch.bytes", fetchOctets) // a record that is larger comes alone
        .unlessSet("fetch.max.bytes", MAX_FETCH_OCTETS)
        .unlessSet("metadata.max.age.ms", 10_000);
  }

  ClientSettings producerSettings(Duration deliveryTimeout) {
    return ClientSettings.producer(deliveryTimeout)
        .unlessSet("linger.ms", 0)
        .always("batch.size", batchOctets)
        .unlessSet("buffer.memory", PRODUCER_MEMORY_OCTETS)
        .unlessSet("request.timeout.ms", REQUEST_TIMEOUT_MILLIS);
  }
}
