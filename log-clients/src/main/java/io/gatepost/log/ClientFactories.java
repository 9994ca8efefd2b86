package io.gatepost.log;

import java.util.Map;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.core.ProducerFactory;

/// Factories that Spring Boot has made from `spring.kafka.*`, SSL bundles and service connections.
public record ClientFactories(
    ConsumerFactory<?, ?> consumers, ProducerFactory<?, ?> producers, KafkaAdmin admin) {

  /// Factories of a broker that asks for nothing, outside of a Spring context.
  ///
  /// @param settings by Kafka's names, such as `bootstrap.servers`
  public static ClientFactories of(Map<String, Object> settings) {
    return new ClientFactories(
        new DefaultKafkaConsumerFactory<>(settings),
        new DefaultKafkaProducerFactory<>(settings),
        new KafkaAdmin(settings));
  }
}
