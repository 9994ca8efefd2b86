package io.gatepost.system.crash.aborting;

import io.gatepost.log.BrokerClients;
import io.gatepost.log.ClientFactories;
import io.gatepost.log.ClientSettings;
import io.gatepost.queue.log.append.LogClients;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;

/// Where it is on the class path, every third transaction of the log's readers is aborted.
@AutoConfiguration
@ConditionalOnBean(LogClients.class)
public class AbortedReaders {

  private static final String READERS = "readers";

  @Bean
  @Primary
  LogClients abortingLogClients(
      ClientFactories factories, @Value("${gatepost.queue.instance:0}") String instance) {
    return new LogClients(new BrokerClients(factories, "queue"), instance, 1) {
      @Override
      protected Producer<String, byte[]> transactionalProducer(
          String role, ClientSettings settings) {
        return role.equals(READERS)
            ? new AbortingProducer(
                settings.around(factories.producers().getConfigurationProperties()))
            : super.transactionalProducer(role, settings);
      }
    };
  }

  private static final class AbortingProducer extends KafkaProducer<String, byte[]> {
    private int commits;

    AbortingProducer(Map<String, Object> settings) {
      super(settings, new StringSerializer(), new ByteArraySerializer());
    }

    @Override
    public void commitTransaction() {
      if (++commits % 3 == 0) {
        throw new KafkaException("aborted by the test");
      }
      super.commitTransaction();
    }
  }
}
