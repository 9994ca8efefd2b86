package io.gatepost.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.allinone.AllInOneApplication;
import io.gatepost.allinone.start.Settings;
import io.gatepost.queue.QueueProperties;
import io.gatepost.rpc.RpcProperties;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Settings of services in Compose, read by the product's own reader.
class ComposeSettingsTest {

  private static final Compose COMPOSE = Compose.read("docker-compose.yml");

  /// Variables of the launcher and of the commands, which no service reads.
  private static final Set<String> NO_SETTINGS = Set.of("GATEPOST_HEAP", "GATEPOST_TOKEN_FILE");

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"docker-compose.yml", Compose.BROKERS, Compose.BALANCER})
  void theProductTakesTheSettings(String file) {
    Compose compose = Compose.read(file);

    for (String service : Release.SERVICES) {
      if (compose.containers().containsKey(service)) {
        assertThat(compose.environment(service).keySet())
            .filteredOn(variable -> !NO_SETTINGS.contains(variable))
            .allSatisfy(
                variable -> assertThat(SettingKeys.ofVariable(variable)).as(variable).isPresent());
        settings(compose, service);
      }
    }
  }

  @Test
  void theSecretsAreSettings() {
    for (String service : Release.SERVICES) {
      COMPOSE
          .secrets(service)
          .forEach((key, from) -> {
            if (key.startsWith("gatepost.")) {
              settings(COMPOSE, service, key + "=0123456789abcdef0123456789abcdef");
            } else if (!key.startsWith("/")) {
              assertThat(SettingKeys.isKnown(key)).as(key).isTrue();
            } else {
              assertThat(key).endsWith("/verification/" + from);
            }
          });
      assertThat(COMPOSE.environment(service))
          .containsEntry("SPRING_CONFIG_IMPORT", "configtree:/run/secrets/");
    }
  }

  @Test
  void callsGoToTheNamesOfTheServicesAtTheirPorts() {
    for (String service : Release.SERVICES) {
      RpcProperties rpc = settings(COMPOSE, service).of(RpcProperties.class);

      assertThat(
              List.of(
                  rpc.routing(), rpc.verification(), rpc.scanner(), rpc.queue(), rpc.delivery()))
          .allSatisfy(uri ->
              assertThat(COMPOSE.environment(uri.getHost()))
                  .containsEntry("GATEPOST_HTTP_PORT", String.valueOf(uri.getPort())))
          .extracting(uri -> uri.getHost())
          .containsExactly(
              "routing-service",
              "verification-service",
              "scanner-gateway",
              "queue-service",
              "delivery-service");
    }
  }

  @Test
  void threeBrokersKeepThreeCopies() {
    Compose brokers = Compose.read(Compose.BROKERS);

    assertThat(settings(brokers, "queue-service").of(QueueProperties.class).durability())
        .hasToString("REPLICATED");
    for (String service : List.of("queue-service", "delivery-service")) {
      assertThat(brokers.environment(service))
          .containsEntry("SPRING_KAFKA_BOOTSTRAP_SERVERS", "kafka:9092,kafka-2:9092,kafka-3:9092");
    }
    Map<String, String> first = new TreeMap<>(COMPOSE.environment("kafka"));
    first.putAll(brokers.environment("kafka"));
    assertThat(first)
        .containsEntry("KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR", "3")
        .containsEntry("KAFKA_MIN_INSYNC_REPLICAS", "2");
    for (String node : List.of("2", "3")) {
      Map<String, String> other = brokers.environment("kafka-" + node);
      assertThat(other).containsOnlyKeys(first.keySet()).containsEntry("KAFKA_NODE_ID", node);
      assertThat(first)
          .allSatisfy((key, value) ->
              assertThat(other.get(key))
                  .as(key)
                  .isIn(value, node, "PLAINTEXT://kafka-" + node + ":9092"));
    }
  }

  private Settings settings(Compose compose, String service, String... more) {
    List<String> overrides = new ArrayList<>(Arrays.asList(more));
    compose
        .environment(service)
        .forEach((variable, value) -> {
          if (!NO_SETTINGS.contains(variable)) {
            overrides.add(
                SettingKeys.ofVariable(variable).orElseThrow()
                    + "="
                    + value.replaceAll("\\$\\{[^}]*:-([^}]*)}", "$1"));
          }
        });
    return Settings.read(
        AllInOneApplication.class,
        Optional.of(Chart.HOME.resolve("deploy/gatepost.yaml")),
        Optional.of(directory),
        overrides);
  }
}
