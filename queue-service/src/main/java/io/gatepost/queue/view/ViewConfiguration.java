package io.gatepost.queue.view;

import io.gatepost.database.DatabaseCalls;
import io.gatepost.database.DatabaseConfiguration;
import io.gatepost.database.DatabaseShare;
import io.gatepost.database.SchemaMigration;
import io.gatepost.database.SchemaMigrations;
import io.gatepost.gate.Gate;
import io.gatepost.gate.GateLimits;
import io.gatepost.queue.log.append.LogClients;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.task.VirtualThreadTaskExecutor;
import org.springframework.data.jdbc.repository.config.EnableJdbcRepositories;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/// The operator's view and what it has of the database.
@Configuration(proxyBeanMethods = false)
@Import(DatabaseConfiguration.class)
@EnableJdbcRepositories(basePackageClasses = DeferredRows.class)
public class ViewConfiguration {

  static final String SCHEMA = "queue";

  /// Operator's questions that are asked at a time, and those that wait.
  private static final GateLimits QUESTIONS = GateLimits.of(2, 100);

  /// Beside the questions, one for the listener and one for its feeder, which tidies up.
  private static final int CONNECTIONS = QUESTIONS.slots() + 2;

  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration SHUTDOWN = Duration.ofSeconds(4);

  @Bean
  DatabaseShare viewShare() {
    return new DatabaseShare("queue-view", CONNECTIONS);
  }

  @Bean
  Gate viewGate() {
    return new Gate("queue-view", QUESTIONS);
  }

  @Bean
  DatabaseCalls viewCalls(@Qualifier("viewGate") Gate viewGate) {
    return new DatabaseCalls(viewGate);
  }

  @Bean
  DeferredView deferredView(JdbcTemplate jdbc, DeferredRows rows) {
    return new DeferredView(jdbc, rows);
  }

  @Bean
  SchemaMigration viewMigration(SchemaMigrations migrations) {
    return migrations.of(SCHEMA);
  }

  @Bean
  ViewListener viewListener(DeferredView view, PlatformTransactionManager transactions) {
    return new ViewListener(view, new TransactionTemplate(transactions));
  }

  @Bean
  FailureStop viewFailures() {
    return new FailureStop();
  }

  /// The listener's container. Nothing is committed to Kafka, as the database holds the places.
  @Bean
  ConcurrentKafkaListenerContainerFactory<String, byte[]> viewContainers(
      LogClients clients, FailureStop failures) {
    ConcurrentKafkaListenerContainerFactory<String, byte[]> containers =
        new ConcurrentKafkaListenerContainerFactory<>();
    containers.setConsumerFactory(clients.viewConsumers());
    containers.setConcurrency(1);
    containers.setCommonErrorHandler(failures);
    ContainerProperties properties = containers.getContainerProperties();
    properties.setAckMode(ContainerProperties.AckMode.MANUAL);
    properties.setAssignmentCommitOption(ContainerProperties.AssignmentCommitOption.NEVER);
    properties.setListenerTaskExecutor(new VirtualThreadTaskExecutor("view-listener-"));
    properties.setPollTimeout(POLL.toMillis());
    properties.setIdleEventInterval(POLL.toMillis());
    properties.setShutdownTimeout(SHUTDOWN.toMillis());
    return containers;
  }

  @Bean(destroyMethod = "") // the lifecycle closes it, in order
  ViewFeeder viewFeeder(
      LogClients clients,
      @Qualifier("viewMigration") SchemaMigration migration,
      DeferredView view,
      ViewListener listener,
      KafkaListenerEndpointRegistry containers,
      FailureStop failures,
      MeterRegistry registry) {
    ViewFeeder feeder = new ViewFeeder(clients, migration, view, listener, containers, failures);
    TimeGauge.builder(
            "gatepost.queue.view.behind",
            feeder,
            TimeUnit.MILLISECONDS,
            each -> each.behind().toMillis())
        .register(registry);
    return feeder;
  }
}
