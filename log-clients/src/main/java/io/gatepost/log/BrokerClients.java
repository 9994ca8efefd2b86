package io.gatepost.log;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.core.ProducerFactory;

/// Makes the Kafka clients of one service. What the operator has set reaches each of them, and no
/// client is made, nor is a broker asked, before one is wanted (requirement G13).
public final class BrokerClients {

  private final ClientFactories factories;
  private final String service;
  private final OwnedProducers producers;
  private final Reading reading = new Reading();
  private final AtomicInteger made = new AtomicInteger();

  /// @param service tells its clients from those of another service in the same process
  public BrokerClients(ClientFactories factories, String service) {
    this.factories = factories;
    this.service = service;
    // The factory numbers its producers itself.
    this.producers =
        new OwnedProducers(named(factories.producers().getConfigurationProperties(), ""));
    factories.producers().getListeners().forEach(this::share);
  }

  /// Returns what is wrong with the broker's addresses; no client may be made before there is
  /// nothing. May take some seconds.
  public Optional<String> brokerTrouble() {
    return BrokerProbe.trouble(factories.admin().getConfigurationProperties());
  }

  /// Says why a broker that is there did not do what it was asked for, in words of the settings.
  public String trouble(Exception failure) {
    Throwable cause = cause(failure);
    return switch (cause) {
      case AuthenticationException _ ->
          "broker refuses the credentials of spring.kafka: " + cause.getMessage();
      case AuthorizationException _ -> "broker does not permit it: " + cause.getMessage();
      case TimeoutException _ ->
          "broker does not answer (spring.kafka.security.protocol = %s): %s"
              .formatted(protocol(), cause.getMessage());
      default -> "broker does not answer: " + cause;
    };
  }

  /// Whether the broker answers, and refuses these clients.
  public static boolean isRefusal(Exception failure) {
    return cause(failure) instanceof AuthenticationException
        || cause(failure) instanceof AuthorizationException;
  }

  private static Throwable cause(Exception failure) {
    return failure instanceof ExecutionException wrapped && wrapped.getCause() != null
        ? wrapped.getCause()
        : failure;
  }

  private Object protocol() {
    return factories
        .admin()
        .getConfigurationProperties()
        .getOrDefault(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG, "PLAINTEXT");
  }

  /// Makes a client that manages topics, groups and transactions.
  public Admin admin(ClientSettings settings) {
    return Admin.create(settings.around(numbered(factories.admin().getConfigurationProperties())));
  }

  /// Makes a producer that lives as long as its part of the service, with meters.
  public Producer<String, byte[]> producer(ClientSettings settings) {
    return producers.open(settings);
  }

  /// Makes a consumer that lives as long as its part of the service, with meters.
  public Consumer<String, byte[]> consumer(ClientSettings settings) {
    return consumers(settings).createConsumer();
  }

  /// Makes a consumer for one reading. It has no meters: they would cost more than the reading.
  public Consumer<String, byte[]> briefConsumer(ClientSettings settings) {
    return factory(settings).createConsumer();
  }

  /// Returns a factory of consumers of one role, for Spring's listener containers.
  public ConsumerFactory<String, byte[]> consumers(ClientSettings settings) {
    DefaultKafkaConsumerFactory<String, byte[]> factory = factory(settings);
    factories.consumers().getListeners().forEach(each -> share(factory, each));
    return factory;
  }

  /// Breaks off every read of these consumers that is under way: readers go on with clients that
  /// know nothing of the time before.
  public void beginAnew() {
    reading.consumers.forEach(Consumer::wakeup);
  }

  private DefaultKafkaConsumerFactory<String, byte[]> factory(ClientSettings settings) {
    DefaultKafkaConsumerFactory<String, byte[]> factory =
        new DefaultKafkaConsumerFactory<>(
            settings.around(numbered(factories.consumers().getConfigurationProperties())),
            StringDeserializer::new,
            ByteArrayDeserializer::new);
    factory.setBeanName("gatepost");
    factory.addListener(reading);
    return factory;
  }

  /// A listener of Boot's factories takes clients of any records.
  @SuppressWarnings("unchecked")
  private static void share(
      DefaultKafkaConsumerFactory<String, byte[]> factory, ConsumerFactory.Listener<?, ?> each) {
    factory.addListener((ConsumerFactory.Listener<String, byte[]>) each);
  }

  @SuppressWarnings("unchecked")
  private void share(ProducerFactory.Listener<?, ?> each) {
    producers.addListener((ProducerFactory.Listener<String, byte[]>) each);
  }

  private Map<String, Object> numbered(Map<String, Object> operators) {
    return named(operators, "-" + made.incrementAndGet());
  }

  /// The operator's settings; where a client id is among them, each client gets one of its own.
  private Map<String, Object> named(Map<String, Object> operators, String suffix) {
    Map<String, Object> named = new HashMap<>(operators);
    named.computeIfPresent(
        CommonClientConfigs.CLIENT_ID_CONFIG, (key, id) -> id + "-" + service + suffix);
    return named;
  }

  /// Consumers that are open.
  private static final class Reading implements ConsumerFactory.Listener<String, byte[]> {
    private final Set<Consumer<String, byte[]>> consumers = ConcurrentHashMap.newKeySet();

    @Override
    public void consumerAdded(String id, Consumer<String, byte[]> consumer) {
      consumers.add(consumer);
    }

    @Override
    public void consumerRemoved(@Nullable String id, Consumer<String, byte[]> consumer) {
      consumers.remove(consumer);
    }
  }
}
