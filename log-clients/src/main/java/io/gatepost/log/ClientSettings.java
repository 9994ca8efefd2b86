package io.gatepost.log;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/// Settings of one role's clients, by the names that Kafka gives them. [OperatorSettings] refuses
/// what the operator has set against a fixed one.
///
/// @param defaults hold where the operator has set nothing
/// @param fixed hold always: mail is lost, or the log blocks an event loop, without them
public record ClientSettings(Map<String, Object> defaults, Map<String, Object> fixed) {

  /// Largest record in octets, end to end; the broker refuses what is larger.
  public static final int MAX_RECORD_OCTETS = 8 * 1024 * 1024;

  /// Largest request of a producer in octets: a record, and what is around it.
  static final int MAX_REQUEST_OCTETS = MAX_RECORD_OCTETS + 1024 * 1024;

  /// Longest wait of a send in milliseconds, as senders are event loops.
  static final int MAX_BLOCK_MILLIS = 5_000;

  public ClientSettings {
    defaults = Map.copyOf(defaults);
    fixed = Map.copyOf(fixed);
  }

  /// Settings that all consumers share. They see committed records only, and begin where the log
  /// begins if nothing is committed.
  public static ClientSettings consumer() {
    return new ClientSettings(
        Map.of(),
        Map.of(
            ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
            false,
            ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
            "earliest",
            ConsumerConfig.ISOLATION_LEVEL_CONFIG,
            "read_committed",
            ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
            false,
            ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
            StringDeserializer.class,
            ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
            ByteArrayDeserializer.class));
  }

  /// Settings that all producers share: every copy counts, and records keep their order.
  ///
  /// @param deliveryTimeout how long a record is tried to get to the log
  public static ClientSettings producer(Duration deliveryTimeout) {
    return new ClientSettings(
            Map.of(
                ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                MAX_REQUEST_OCTETS,
                ProducerConfig.MAX_BLOCK_MS_CONFIG,
                MAX_BLOCK_MILLIS,
                ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG,
                500),
            Map.of(
                ProducerConfig.ACKS_CONFIG,
                "all",
                ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
                true,
                ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION,
                1,
                ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG,
                StringSerializer.class,
                ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG,
                ByteArraySerializer.class))
        // Metadata of a topic is not forgotten: a send must never wait for it.
        .always(ProducerConfig.METADATA_MAX_IDLE_CONFIG, Integer.MAX_VALUE)
        .always(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, millis(deliveryTimeout));
  }

  /// Returns these with a member's place in a consumer group. After a kill the instance takes its
  /// own place again, and does not wait until that has lapsed.
  public ClientSettings inGroup(String group, String instance) {
    return always(ConsumerConfig.GROUP_ID_CONFIG, group)
        .always(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, group + "." + instance)
        .unlessSet(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 10_000);
  }

  /// Returns these with a transactional id: a producer that begins fences its predecessor of the
  /// same role and instance.
  ///
  /// @param timeout how long a transaction may be open; past it the broker aborts it
  public ClientSettings transactional(String role, String instance, Duration timeout) {
    return always(ProducerConfig.TRANSACTIONAL_ID_CONFIG, "gatepost." + role + "." + instance)
        .always(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, millis(timeout));
  }

  /// Returns these with a default of the role.
  public ClientSettings unlessSet(String name, Object value) {
    return new ClientSettings(with(defaults, name, value), fixed);
  }

  /// Returns these with a setting that the operator cannot change.
  public ClientSettings always(String name, Object value) {
    return new ClientSettings(defaults, with(fixed, name, value));
  }

  /// Lays them around the operator's: defaults below, fixed ones above.
  public Map<String, Object> around(Map<String, Object> operators) {
    Map<String, Object> all = new HashMap<>(defaults);
    all.putAll(operators);
    all.putAll(fixed);
    return all;
  }

  private static Map<String, Object> with(Map<String, Object> some, String name, Object value) {
    Map<String, Object> more = new HashMap<>(some);
    more.put(name, value);
    return more;
  }

  private static int millis(Duration duration) {
    return (int) Math.min(duration.toMillis(), Integer.MAX_VALUE);
  }
}
