package io.gatepost.queue;

import io.gatepost.contract.process.ClockWatch;
import io.gatepost.contract.queue.Queue;
import io.gatepost.contract.queue.QueueOperator;
import io.gatepost.database.DatabaseCalls;
import io.gatepost.database.SchemaMigration;
import io.gatepost.log.BrokerClients;
import io.gatepost.log.ClientFactories;
import io.gatepost.log.LogClientsConfiguration;
import io.gatepost.queue.content.DiskReserve;
import io.gatepost.queue.content.FileContentStore;
import io.gatepost.queue.log.LogConfiguration;
import io.gatepost.queue.log.LogOperator;
import io.gatepost.queue.log.append.LogAppender;
import io.gatepost.queue.log.append.LogClients;
import io.gatepost.queue.log.append.LogMeters;
import io.gatepost.queue.log.conclude.ConclusionWriter;
import io.gatepost.queue.log.maintain.LogAudit;
import io.gatepost.queue.log.maintain.LogMaintenance;
import io.gatepost.queue.log.retry.LogReader;
import io.gatepost.queue.quarantine.QuarantineConfiguration;
import io.gatepost.queue.quarantine.QuarantineConfiguration.HeldContent;
import io.gatepost.queue.quarantine.QuarantineIntake;
import io.gatepost.queue.quarantine.QuarantineLimits;
import io.gatepost.queue.view.DeferredView;
import io.gatepost.queue.view.ViewConfiguration;
import io.gatepost.queue.view.ViewFeeder;
import io.gatepost.rpc.process.SuiteSettings;
import io.gatepost.rpc.trace.Traces;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/// Every part of queue-service and what it is made of.
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(QueueProperties.class)
@Import({
  LogClientsConfiguration.class,
  LogConfiguration.class,
  ViewConfiguration.class,
  QuarantineConfiguration.class,
  SuiteSettings.Bound.class
})
public class QueueConfiguration {

  @Bean
  LogClients logClients(ClientFactories factories, QueueProperties properties) {
    return new LogClients(
        new BrokerClients(factories, "queue"), properties.instance(), properties.partitions());
  }

  @Bean
  ClockWatch queueClockWatch(LogMaintenance care, ViewFeeder feeder) {
    return ClockWatch.start(() -> {
      care.clockWasSetBack();
      feeder.beginAnew();
    });
  }

  @Bean
  FileContentStore contentStore(QueueProperties properties, SuiteSettings suite) {
    return new FileContentStore(contentDirectory(properties, suite.data()));
  }

  /// Inside of the content store's directory, so that both are on one file system; the sweep of
  /// mail does not look there.
  @Bean
  HeldContent heldContent(QueueProperties properties, SuiteSettings suite) {
    return new HeldContent(
        new FileContentStore(contentDirectory(properties, suite.data()).resolve("quarantine")));
  }

  @Bean
  QuarantineLimits quarantineLimits(QueueProperties properties) {
    return properties.quarantine().limits();
  }

  private static Path contentDirectory(QueueProperties properties, Path data) {
    return properties.contentDir().isBlank()
        ? data.resolve("content")
        : Path.of(properties.contentDir());
  }

  @Bean
  DiskReserve diskReserve(QueueProperties properties, SuiteSettings suite, MeterRegistry registry) {
    DiskReserve disk =
        new DiskReserve(
            suite.data(),
            contentDirectory(properties, suite.data()),
            properties.diskReserve().toBytes());
    Gauge.builder("gatepost.queue.disk.free", disk, DiskReserve::freeOctets)
        .baseUnit("bytes")
        .register(registry);
    Gauge.builder("gatepost.queue.disk.reserve", disk, DiskReserve::reserveOctets)
        .baseUnit("bytes")
        .description("Free space below which nothing is accepted")
        .register(registry);
    return disk;
  }

  @Bean
  LogConfiguration.LogSettings logSettings(QueueProperties properties) {
    boolean replicated = properties.durability() == QueueProperties.Durability.REPLICATED;
    return new LogConfiguration.LogSettings(
        properties.retryLadder(),
        properties.lifetime(),
        properties.partitions(),
        (short) (replicated ? 3 : 1),
        replicated ? 2 : 1,
        properties.releaseRate(),
        properties.deadDestinationPause(),
        properties.truncationInterval(),
        properties.auditInterval(),
        properties.sweepInterval(),
        properties.sweepAge());
  }

  @Bean
  QueueLifecycle queueLifecycle(
      LogMaintenance care, ConclusionWriter conclusions, LogReader reader, ViewFeeder feeder) {
    return new QueueLifecycle(care, conclusions, reader, feeder);
  }

  @Bean
  Queue queue(
      LogAppender appender,
      ConclusionWriter conclusions,
      FileContentStore contents,
      DiskReserve disk,
      LogMeters meters,
      QueueProperties properties,
      QuarantineIntake quarantine,
      ObjectProvider<Traces> traces) {
    return new LogQueue(
        appender,
        conclusions,
        contents,
        disk,
        meters,
        properties.durability(),
        quarantine,
        traces.getIfAvailable(() -> Traces.OFF));
  }

  @Bean
  QueueOperator queueOperator(
      LogAudit audit,
      DeferredView view,
      LogOperator operator,
      @Qualifier("viewCalls") DatabaseCalls viewCalls) {
    return new ViewedQueue(audit, view, operator, viewCalls);
  }

  @Bean
  HealthIndicator queueHealthIndicator(
      LogMaintenance care,
      DiskReserve disk,
      @Qualifier("viewMigration") SchemaMigration migration) {
    return new QueueHealth(care, disk, migration);
  }
}
