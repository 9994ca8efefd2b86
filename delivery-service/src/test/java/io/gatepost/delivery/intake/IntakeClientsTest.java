package io.gatepost.delivery.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.event.Topics;
import io.gatepost.log.BrokerClients;
import io.gatepost.log.ClientFactories;
import io.gatepost.log.ClientSettings;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.junit.jupiter.api.Test;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;

/// Settings of each role's clients where the operator has set nothing. The speed of mail depends on
/// them: a change of Boot's or Kafka's defaults shows here.
class IntakeClientsTest {

  private static final int KIB = 1024;

  private final KafkaProperties operators = new KafkaProperties();
  private final IntakeClients clients =
      new IntakeClients(
          new BrokerClients(
              ClientFactories.of(Map.of("bootstrap.servers", "127.0.0.1:1")), "delivery"),
          "0");

  @Test
  void theIntakeKeepsItsPlaceInTheGroup() {
    assertThat(consumed(clients.intakeSettings()))
        .isEqualTo(
            consumer(
                Map.of(
                    "group.id",
                    Topics.DELIVERY_GROUP,
                    "group.instance.id",
                    Topics.DELIVERY_GROUP + ".0",
                    "partition.assignment.strategy",
                    "org.apache.kafka.clients.consumer.RangeAssignor",
                    "fetch.max.wait.ms",
                    500,
                    "max.poll.records",
                    500,
                    "metadata.max.age.ms",
                    10_000,
                    "session.timeout.ms",
                    10_000)));
  }

  @Test
  void theReplaySeesWhatIsCommitted() {
    assertThat(consumed(clients.consumerSettings())).isEqualTo(consumer(Map.of()));
  }

  @Test
  void endsCountOpenTransactions() {
    assertThat(consumed(clients.endsSettings()))
        .isEqualTo(consumer(Map.of("isolation.level", "read_uncommitted")));
  }

  @Test
  void outcomesLingerAndAreTriedForEver() {
    Map<String, Object> all = new HashMap<>();
    all.put("bootstrap.servers", List.of("localhost:9092"));
    all.put("key.serializer", "org.apache.kafka.common.serialization.StringSerializer");
    all.put("value.serializer", "org.apache.kafka.common.serialization.ByteArraySerializer");
    all.put("acks", "all");
    all.put("linger.ms", 20);
    all.put("batch.size", 256 * KIB);
    all.put("max.in.flight.requests.per.connection", 1);
    all.put("max.request.size", 9 * KIB * KIB);
    all.put("delivery.timeout.ms", Integer.MAX_VALUE);
    all.put("max.block.ms", 5_000);
    all.put("reconnect.backoff.max.ms", 500);
    all.put("metadata.max.idle.ms", Integer.MAX_VALUE);

    assertThat(
            ProducerConfig.configDef()
                .parse(clients.outcomesSettings().around(operators.buildProducerProperties())))
        .isEqualTo(ProducerConfig.configDef().parse(all));
  }

  @Test
  void theOperatorChangesWhatIsSafe() {
    operators.getConsumer().getProperties().put("session.timeout.ms", "30000");
    operators.getConsumer().setMaxPollRecords(50);

    assertThat(consumed(clients.intakeSettings()))
        .containsEntry("session.timeout.ms", 30_000)
        .containsEntry("max.poll.records", 50)
        .containsEntry("group.id", Topics.DELIVERY_GROUP);
  }

  private Map<String, Object> consumed(ClientSettings settings) {
    return ConsumerConfig.configDef().parse(settings.around(operators.buildConsumerProperties()));
  }

  private static Map<String, Object> consumer(Map<String, Object> role) {
    Map<String, Object> all = new HashMap<>();
    all.put("bootstrap.servers", List.of("localhost:9092"));
    all.put("key.deserializer", "org.apache.kafka.common.serialization.StringDeserializer");
    all.put("value.deserializer", "org.apache.kafka.common.serialization.ByteArrayDeserializer");
    all.put("enable.auto.commit", false);
    all.put("auto.offset.reset", "earliest");
    all.put("isolation.level", "read_committed");
    all.put("max.partition.fetch.bytes", 512 * KIB);
    all.put("fetch.max.bytes", 8 * KIB * KIB);
    all.put("allow.auto.create.topics", false);
    all.putAll(role);
    return ConsumerConfig.configDef().parse(all);
  }
}
