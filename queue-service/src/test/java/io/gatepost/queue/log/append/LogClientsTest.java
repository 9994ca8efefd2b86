package io.gatepost.queue.log.append;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.event.Topics;
import io.gatepost.log.ClientSettings;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.junit.jupiter.api.Test;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;

/// Settings of each role's clients where the operator has set nothing. The speed of mail depends on
/// them: a change of Boot's or Kafka's defaults shows here.
class LogClientsTest {

  private static final int MIB = 1024 * 1024;

  private final KafkaProperties operators = new KafkaProperties();
  private final LogClients clients = clients(1);

  private static LogClients clients(int partitions) {
    return new LogClients(TestLog.broker("127.0.0.1:1"), "0", partitions);
  }

  @Test
  void aNewMessageIsTriedForTenMinutes() {
    assertThat(effective(clients.producerSettings(Duration.ofMinutes(10))))
        .isEqualTo(producer(Map.of("delivery.timeout.ms", 600_000)));
  }

  @Test
  void aCarriedMessageIsTriedForTenSeconds() {
    assertThat(effective(clients.producerSettings(LogClients.DELIVERY_TIMEOUT)))
        .isEqualTo(producer(Map.of("delivery.timeout.ms", 10_000)));
  }

  @Test
  void manyPartitionsMeanSmallerBatchesAndFetches() {
    LogClients many = clients(64);

    assertThat(effective(many.producerSettings(LogClients.DELIVERY_TIMEOUT)))
        .isEqualTo(producer(Map.of("delivery.timeout.ms", 10_000, "batch.size", 64 * 1024)));
    assertThat(consumed(many.consumerSettings()))
        .isEqualTo(consumer(Map.of("max.partition.fetch.bytes", 64 * 1024)));
  }

  @Test
  void transactionsHaveAnIdThatFences() {
    assertThat(
            effective(
                clients
                    .producerSettings(LogClients.DELIVERY_TIMEOUT)
                    .transactional("readers", "0", LogClients.TRANSACTION_TIMEOUT)))
        .isEqualTo(
            producer(
                Map.of(
                    "delivery.timeout.ms",
                    10_000,
                    "transactional.id",
                    "gatepost.readers.0",
                    "transaction.timeout.ms",
                    15_000)));
  }

  @Test
  void membersOfAGroupKeepTheirPlace() {
    assertThat(consumed(clients.groupSettings(Topics.READERS_GROUP, 1000)))
        .isEqualTo(
            consumer(
                Map.of(
                    "group.id",
                    Topics.READERS_GROUP,
                    "group.instance.id",
                    Topics.READERS_GROUP + ".0",
                    "max.poll.records",
                    1000,
                    "session.timeout.ms",
                    10_000)));
  }

  @Test
  void readersWithoutAGroupSeeWhatIsCommitted() {
    assertThat(consumed(clients.consumerSettings())).isEqualTo(consumer(Map.of()));
  }

  @Test
  void sweepsSeeWhatIsNotCommittedAndFailAtAGap() {
    assertThat(consumed(clients.uncommittedSettings()))
        .isEqualTo(
            consumer(Map.of("isolation.level", "read_uncommitted", "auto.offset.reset", "none")));
  }

  @Test
  void theAdminClientGivesUpAfterTenSeconds() {
    assertThat(
            parsed(
                AdminClientConfig.configDef(),
                LogClients.adminSettings().around(operators.buildAdminProperties())))
        .isEqualTo(
            parsed(
                AdminClientConfig.configDef(),
                Map.of(
                    "bootstrap.servers",
                    "localhost:9092",
                    "request.timeout.ms",
                    5_000,
                    "default.api.timeout.ms",
                    10_000)));
  }

  @Test
  void theOperatorChangesWhatIsSafe() {
    operators.getProducer().getProperties().put("linger.ms", "5");
    operators.getProperties().put("metadata.max.age.ms", "60000");

    assertThat(effective(clients.producerSettings(LogClients.DELIVERY_TIMEOUT)))
        .containsEntry("linger.ms", 5L);
    assertThat(consumed(clients.consumerSettings())).containsEntry("metadata.max.age.ms", 60_000L);
  }

  private Map<String, Object> effective(ClientSettings settings) {
    return parsed(ProducerConfig.configDef(), settings.around(operators.buildProducerProperties()));
  }

  private Map<String, Object> consumed(ClientSettings settings) {
    return parsed(ConsumerConfig.configDef(), settings.around(operators.buildConsumerProperties()));
  }

  private static Map<String, Object> producer(Map<String, Object> role) {
    Map<String, Object> all = new HashMap<>();
    all.put("bootstrap.servers", List.of("localhost:9092"));
    all.put("key.serializer", "org.apache.kafka.common.serialization.StringSerializer");
    all.put("value.serializer", "org.apache.kafka.common.serialization.ByteArraySerializer");
    all.put("acks", "all");
    all.put("linger.ms", 0);
    all.put("batch.size", MIB);
    all.put("buffer.memory", 32 * MIB);
    all.put("max.in.flight.requests.per.connection", 1);
    all.put("max.request.size", 9 * MIB);
    all.put("request.timeout.ms", 5_000);
    all.put("max.block.ms", 5_000);
    all.put("reconnect.backoff.max.ms", 500);
    all.put("metadata.max.idle.ms", Integer.MAX_VALUE);
    all.putAll(role);
    return parsed(ProducerConfig.configDef(), all);
  }

  private static Map<String, Object> consumer(Map<String, Object> role) {
    Map<String, Object> all = new HashMap<>();
    all.put("bootstrap.servers", List.of("localhost:9092"));
    all.put("key.deserializer", "org.apache.kafka.common.serialization.StringDeserializer");
    all.put("value.deserializer", "org.apache.kafka.common.serialization.ByteArrayDeserializer");
    all.put("enable.auto.commit", false);
    all.put("auto.offset.reset", "earliest");
    all.put("isolation.level", "read_committed");
    all.put("max.partition.fetch.bytes", 4 * MIB);
    all.put("fetch.max.bytes", 8 * MIB);
    all.put("metadata.max.age.ms", 10_000);
    all.put("allow.auto.create.topics", false);
    all.putAll(role);
    return parsed(ConsumerConfig.configDef(), all);
  }

  private static Map<String, Object> parsed(ConfigDef form, Map<String, Object> settings) {
    return form.parse(settings);
  }
}
