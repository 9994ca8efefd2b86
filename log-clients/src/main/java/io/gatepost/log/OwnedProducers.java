package io.gatepost.log;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.ProducerFactory;

/// Spring's factory, with producers that belong to their caller. Its own ones are shared and
/// cached: closing one does not close it, and their transactional ids come from a counter, so that
/// they do not fence by instance.
final class OwnedProducers extends DefaultKafkaProducerFactory<String, byte[]> {

  /// @param operators what Boot's factory would give its producers
  OwnedProducers(Map<String, Object> operators) {
    super(operators, StringSerializer::new, ByteArraySerializer::new);
  }

  /// Makes a producer. Its transactions begin with `initTransactions`, which the caller calls.
  Producer<String, byte[]> open(ClientSettings settings) {
    return createRawProducer(settings.around(getProducerConfigs()));
  }

  @Override
  protected Producer<String, byte[]> createRawProducer(Map<String, Object> settings) {
    return new Owned(new HashMap<>(settings), getListeners());
  }

  /// A producer that tells when it comes and when it goes.
  private static final class Owned extends KafkaProducer<String, byte[]> {
    private final List<ProducerFactory.Listener<String, byte[]>> listeners;

    Owned(Map<String, Object> settings, List<ProducerFactory.Listener<String, byte[]>> listeners) {
      super(settings, new StringSerializer(), new ByteArraySerializer());
      this.listeners = listeners;
      tell(ProducerFactory.Listener::producerAdded);
    }

    @Override
    public void close(Duration timeout) {
      try {
        super.close(timeout);
      } finally {
        tell(ProducerFactory.Listener::producerRemoved);
      }
    }

    private void tell(Telling telling) {
      String id =
          metrics().keySet().stream()
              .map(metric -> metric.tags().get("client-id"))
              .filter(each -> each != null)
              .findFirst()
              .orElse("unknown");
      listeners.forEach(listener -> telling.tell(listener, "gatepost." + id, this));
    }

    private interface Telling {
      void tell(
          ProducerFactory.Listener<String, byte[]> listener,
          String id,
          Producer<String, byte[]> producer);
    }
  }
}
