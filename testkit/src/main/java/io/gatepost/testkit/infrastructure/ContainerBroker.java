package io.gatepost.testkit.infrastructure;

import io.gatepost.embedded.BrokerSettings;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import org.testcontainers.kafka.KafkaContainer;

/// Apache's image of Kafka, set as the embedded broker is.
final class ContainerBroker implements TestBroker {

  static final String IMAGE = "apache/kafka:4.2.1";

  private static final Duration LONGEST_START = Duration.ofSeconds(90);

  private final KafkaContainer container;

  private ContainerBroker(KafkaContainer container) {
    this.container = container;
  }

  static ContainerBroker start() {
    OwnContainers.removeOrphans();
    KafkaContainer container =
        new KafkaContainer(IMAGE)
            .withEnv(environment())
            .withEnv("KAFKA_HEAP_OPTS", "-Xmx256m")
            .withLabels(OwnContainers.labels())
            .withStartupTimeout(LONGEST_START);
    container.start();
    return new ContainerBroker(container);
  }

  /// As the image takes settings: `log.dirs` as `KAFKA_LOG_DIRS`.
  private static Map<String, String> environment() {
    return BrokerSettings.ofSingleNode().entrySet().stream()
        .collect(
            Collectors.toMap(
                each ->
                    "KAFKA_" + each.getKey().toUpperCase(java.util.Locale.ROOT).replace('.', '_'),
                Map.Entry::getValue));
  }

  @Override
  public String bootstrapServers() {
    return container.getBootstrapServers();
  }

  @Override
  public void close() {
    container.stop();
  }
}
