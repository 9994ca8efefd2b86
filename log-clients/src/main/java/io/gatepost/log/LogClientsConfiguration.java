package io.gatepost.log;

import java.time.Duration;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.kafka.autoconfigure.DefaultKafkaConsumerFactoryCustomizer;
import org.springframework.boot.kafka.autoconfigure.DefaultKafkaProducerFactoryCustomizer;
import org.springframework.boot.kafka.autoconfigure.KafkaConnectionDetails;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.core.ProducerFactory;

/// Puts Spring Boot's Kafka at the services' disposal: its factories carry what keeps mail safe,
/// and contradicting settings stop the start. Boot's auto-configuration has to be there.
@Configuration(proxyBeanMethods = false)
public class LogClientsConfiguration {

  @Bean
  DefaultKafkaConsumerFactoryCustomizer safeConsumers() {
    return factory -> factory.updateConfigs(ClientSettings.consumer().fixed());
  }

  @Bean
  DefaultKafkaProducerFactoryCustomizer safeProducers() {
    return factory -> factory.updateConfigs(ClientSettings.producer(Duration.ofMinutes(2)).fixed());
  }

  /// The settings are looked at before a factory is made of them.
  @Bean
  ClientFactories clientFactories(
      KafkaProperties properties,
      KafkaConnectionDetails connection,
      ObjectProvider<SslBundles> bundles,
      Environment environment,
      ObjectProvider<ConsumerFactory<?, ?>> consumers,
      ObjectProvider<ProducerFactory<?, ?>> producers,
      ObjectProvider<KafkaAdmin> admins) {
    new OperatorSettings(properties, connection, environment).check(bundles.getIfAvailable());
    KafkaAdmin admin = admins.getObject();
    admin.setAutoCreate(false); // queue-service makes the topics, when there is a broker
    return new ClientFactories(consumers.getObject(), producers.getObject(), admin);
  }
}
