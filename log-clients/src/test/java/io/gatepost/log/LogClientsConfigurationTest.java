package io.gatepost.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.setting.SettingException;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.BeanCreationException;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.KafkaConnectionDetails;
import org.springframework.boot.kafka.autoconfigure.metrics.KafkaMetricsAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.KafkaAdmin;

class LogClientsConfigurationTest {

  /// Nothing listens there: a start that asked a broker would fail or wait.
  private static final String NOWHERE = "127.0.0.1:1";

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(
                  SslAutoConfiguration.class,
                  KafkaMetricsAutoConfiguration.class,
                  KafkaAutoConfiguration.class))
          .withUserConfiguration(LogClientsConfiguration.class)
          .withBean(MeterRegistry.class, SimpleMeterRegistry::new)
          .withPropertyValues("spring.kafka.bootstrap-servers=" + NOWHERE);

  private void started(Consumer<ApplicationContext> check, String... settings) {
    runner
        .withPropertyValues(settings)
        .run(context -> {
          assertThat(context).hasNotFailed();
          check.accept(context);
        });
  }

  private static Map<String, Object> consumer(ApplicationContext context) {
    return clients(context).consumers(ClientSettings.consumer()).getConfigurationProperties();
  }

  private static BrokerClients clients(ApplicationContext context) {
    return new BrokerClients(context.getBean(ClientFactories.class), "test");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "spring.kafka.producer.acks | 1 | all, or nothing",
        "spring.kafka.producer.acks | 0 | all, or nothing",
        "spring.kafka.producer.properties.acks | 1 | all, or nothing",
        "spring.kafka.properties.acks | 1 | all, or nothing",
        "spring.kafka.producer.properties.enable.idempotence | false | true, or nothing",
        "spring.kafka.producer.properties.max.in.flight.requests.per.connection | 5 | 1, or nothing",
        "spring.kafka.producer.transaction-id-prefix | tx- | nothing, as",
        "spring.kafka.producer.properties.transactional.id | tx | nothing, as",
        "spring.kafka.producer.properties.transaction.timeout.ms | 60000 | nothing, as",
        "spring.kafka.producer.properties.delivery.timeout.ms | 120000 | nothing, as",
        "spring.kafka.producer.retries | 3 | nothing, as",
        "spring.kafka.producer.batch-size | 16KB | nothing, as",
        "spring.kafka.producer.buffer-memory | 16MB | at least 33554432",
        "spring.kafka.producer.properties.max.request.size | 1048576 | at least 9437184",
        "spring.kafka.producer.properties.max.block.ms | 60000 | at most 5000",
        "spring.kafka.producer.properties.linger.ms | 5000 | at most 1000",
        "spring.kafka.properties.request.timeout.ms | 30000 | at most 8000",
        "spring.kafka.producer.value-serializer |"
            + " org.apache.kafka.common.serialization.StringSerializer | nothing, as",
        "spring.kafka.consumer.enable-auto-commit | true | false, or nothing",
        "spring.kafka.consumer.properties.enable.auto.commit | true | false, or nothing",
        "spring.kafka.consumer.isolation-level | read_uncommitted | read_committed, or nothing",
        "spring.kafka.consumer.auto-offset-reset | latest | earliest, or nothing",
        "spring.kafka.consumer.group-id | mine | nothing, as",
        "spring.kafka.consumer.properties.group.instance.id | a | nothing, as",
        "spring.kafka.consumer.properties.group.protocol | consumer | classic, or nothing",
        "spring.kafka.consumer.properties.allow.auto.create.topics | true | false, or nothing",
        "spring.kafka.consumer.bootstrap-servers | 192.0.2.1:9092 | 127.0.0.1:1 as",
        "spring.kafka.properties.bootstrap.servers | 192.0.2.1:9092 | 127.0.0.1:1 as",
        "spring.kafka.ssl.bundle | broker | the name of a bundle of spring.ssl.bundle",
        "spring.kafka.admin.auto-create | true | false, or nothing",
        "spring.kafka.admin.fail-fast | true | false, or nothing",
        "spring.kafka.producer.properties.linger.ms | soon | at most 1000",
        "spring.kafka.producer.compression-type | best | what Kafka takes",
        "spring.kafka.consumer.properties.fetch.max.bytes | -1 | what Kafka takes",
      })
  void whatContradictsTheLogStopsTheStart(String key, String value, String expected) {
    runner
        .withPropertyValues(key + "=" + value)
        .run(context ->
            assertThat(context)
                .getFailure()
                .isInstanceOf(BeanCreationException.class)
                .rootCause()
                .isInstanceOf(SettingException.class)
                .hasMessageStartingWith(key + " = \"" + value + "\" (expected: ")
                .hasMessageContaining(expected));
  }

  @Test
  void whatAgreesWithTheLogIsTaken() {
    started(
        context -> assertThat(context).isNotNull(),
        "spring.kafka.producer.acks=all",
        "spring.kafka.producer.buffer-memory=64MB",
        "spring.kafka.consumer.enable-auto-commit=false",
        "spring.kafka.consumer.isolation-level=read-committed",
        "spring.kafka.consumer.auto-offset-reset=earliest",
        "spring.kafka.consumer.bootstrap-servers=" + NOWHERE,
        "spring.kafka.admin.auto-create=false");
  }

  @Test
  void harmlessPropertiesReachEachClient() {
    started(
        context -> {
          try (var producer =
                  clients(context).producer(ClientSettings.producer(Duration.ofMinutes(1)));
              var admin =
                  clients(context).admin(new ClientSettings(Map.of("retries", 7), Map.of()))) {
            assertThat(producer).isNotNull();
            assertThat(admin).isNotNull();
          }
          assertThat(consumer(context))
              .containsEntry("client.rack", "r1")
              .containsEntry("max.poll.records", "7")
              .containsEntry("enable.auto.commit", false);
          Map<String, Object> producer =
              ClientSettings.producer(Duration.ofMinutes(1))
                  .unlessSet("linger.ms", 0)
                  .around(
                      context
                          .getBean(ClientFactories.class)
                          .producers()
                          .getConfigurationProperties());
          assertThat(producer)
              .containsEntry("client.rack", "r1")
              .containsEntry("linger.ms", "5")
              .containsEntry("acks", "all");
        },
        "spring.kafka.properties.client.rack=r1",
        "spring.kafka.consumer.properties.max.poll.records=7",
        "spring.kafka.producer.properties.linger.ms=5");
  }

  @Test
  void aClientIdIsMadeUniqueForEachClient() {
    started(
        context -> {
          BrokerClients clients = clients(context);
          try (var one = clients.consumer(ClientSettings.consumer());
              var two = clients.consumer(ClientSettings.consumer())) {
            assertThat(List.of(clientId(one), clientId(two)))
                .doesNotHaveDuplicates()
                .allMatch(id -> id.startsWith("mail-test-"));
          }
        },
        "spring.kafka.client-id=mail");
  }

  private static String clientId(org.apache.kafka.clients.consumer.Consumer<?, ?> consumer) {
    return consumer.metrics().keySet().iterator().next().tags().get("client-id");
  }

  @Test
  void clientsThatStayHaveMetersUntilTheyAreClosed() {
    started(context -> {
      MeterRegistry meters = context.getBean(MeterRegistry.class);
      BrokerClients clients = clients(context);
      try (var consumer = clients.consumer(ClientSettings.consumer());
          var producer = clients.producer(ClientSettings.producer(Duration.ofMinutes(1)))) {
        assertThat(consumer).isNotNull();
        assertThat(producer).isNotNull();
        assertThat(meters.find("kafka.consumer.connection.count").gauge()).isNotNull();
        assertThat(meters.find("kafka.producer.connection.count").gauge()).isNotNull();
      }

      assertThat(clientMeters(meters)).isEmpty();
      try (var brief = clients.briefConsumer(ClientSettings.consumer())) {
        assertThat(brief).isNotNull();
        assertThat(clientMeters(meters)).isEmpty();
      }
    });
  }

  private static List<String> clientMeters(MeterRegistry meters) {
    return meters.getMeters().stream()
        .map(meter -> meter.getId().getName())
        .filter(name -> name.startsWith("kafka."))
        .toList();
  }

  @Test
  void springsOwnFactoriesAreSafeToo() {
    started(context -> {
      assertThat(context.getBean(ConsumerFactory.class).getConfigurationProperties())
          .containsEntry("isolation.level", "read_committed")
          .containsEntry("enable.auto.commit", false);
      assertThat(context.getBean(ClientFactories.class).producers().getConfigurationProperties())
          .containsEntry("acks", "all");
    });
  }

  @Test
  void declaredTopicsAreNotCreatedAtTheStart() {
    runner
        .withBean(NewTopic.class, () -> new NewTopic("any", 1, (short) 1))
        .withPropertyValues("spring.kafka.admin.properties.default.api.timeout.ms=60000")
        .run(context -> {
          assertThat(context).hasNotFailed();
          assertThat(context.getBean(KafkaAdmin.class).getClusterId()).isNull();
        });
  }

  @Test
  void aServiceConnectionWins() {
    runner
        .withBean(KafkaConnectionDetails.class, () -> () -> List.of("192.0.2.7:9092"))
        .run(context -> {
          assertThat(context).hasNotFailed();
          assertThat(consumer(context))
              .containsEntry("bootstrap.servers", List.of("192.0.2.7:9092"));
        });
  }

  @Test
  void theProbeSpeaksToTheConfiguredAddress() {
    started(context ->
        assertThat(clients(context).brokerTrouble())
            .hasValueSatisfying(
                why -> assertThat(why).startsWith("no broker answers at 127.0.0.1:1 (PLAINTEXT)")));
  }
}
