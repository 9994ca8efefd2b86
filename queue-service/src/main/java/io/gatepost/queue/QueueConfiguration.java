package io.gatepost.queue;

import com.zaxxer.hikari.HikariDataSource;
import io.gatepost.contract.process.ClockWatch;
import io.gatepost.contract.queue.Queue;
import io.gatepost.contract.queue.QueueOperator;
import io.gatepost.queue.content.DiskReserve;
import io.gatepost.queue.content.FileContentStore;
import io.gatepost.queue.log.ConclusionWriter;
import io.gatepost.queue.log.LogAppender;
import io.gatepost.queue.log.LogAudit;
import io.gatepost.queue.log.LogCare;
import io.gatepost.queue.log.LogClients;
import io.gatepost.queue.log.LogConfiguration;
import io.gatepost.queue.log.LogMeters;
import io.gatepost.queue.log.LogOperator;
import io.gatepost.queue.log.LogReader;
import io.gatepost.queue.view.DeferredView;
import io.gatepost.queue.view.ViewFeeder;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/// Every part of queue-service and what it is made of.
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(QueueProperties.class)
@Import(LogConfiguration.class)
public class QueueConfiguration {

  private static final long DATABASE_TIMEOUT_MILLIS = 2_000;
  private static final int DATABASE_SILENCE_SECONDS = 30;

  @Bean
  LogClients logClients(
      @Value("${spring.kafka.bootstrap-servers:127.0.0.1:9092}") String bootstrapServers,
      QueueProperties properties) {
    return new LogClients(bootstrapServers, properties.instance(), properties.partitions());
  }

  @Bean
  ClockWatch queueClockWatch(LogClients clients) {
    return ClockWatch.start(clients::beginAnew);
  }

  @Bean
  FileContentStore contentStore(
      QueueProperties properties, @Value("${gatepost.data-dir:./data}") Path data) {
    return new FileContentStore(contentDirectory(properties, data));
  }

  private static Path contentDirectory(QueueProperties properties, Path data) {
    return properties.contentDir().isBlank()
        ? data.resolve("content")
        : Path.of(properties.contentDir());
  }

  @Bean
  DiskReserve diskReserve(
      QueueProperties properties,
      @Value("${gatepost.data-dir:./data}") Path data,
      MeterRegistry registry) {
    DiskReserve disk =
        new DiskReserve(
            data, contentDirectory(properties, data), properties.diskReserve().toBytes());
    Gauge.builder("gatepost.queue.disk.free", disk, DiskReserve::freeOctets)
        .baseUnit("bytes")
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

  /// Its own pool, and no auto-configured one: the database may be away when we start.
  @Bean
  HikariDataSource queueDataSource(
      @Value("${spring.datasource.url:jdbc:postgresql://127.0.0.1:5432/gatepost}") String url,
      @Value("${spring.datasource.username:gatepost}") String username,
      @Value("${spring.datasource.password:}") String password) {
    HikariDataSource dataSource = new HikariDataSource();
    dataSource.setPoolName("queue-view");
    dataSource.setJdbcUrl(url);
    dataSource.setUsername(username);
    dataSource.setPassword(password);
    dataSource.setMaximumPoolSize(4);
    dataSource.setMinimumIdle(0);
    dataSource.setConnectionTimeout(DATABASE_TIMEOUT_MILLIS);
    dataSource.setInitializationFailTimeout(-1);
    // A database host that vanishes says nothing: without these a question would wait for ever.
    dataSource.addDataSourceProperty("socketTimeout", DATABASE_SILENCE_SECONDS);
    dataSource.addDataSourceProperty("tcpKeepAlive", true);
    return dataSource;
  }

  @Bean
  DeferredView deferredView(HikariDataSource queueDataSource) {
    return new DeferredView(queueDataSource);
  }

  @Bean(destroyMethod = "") // the lifecycle closes it, in order
  ViewFeeder viewFeeder(LogClients clients, DeferredView view, MeterRegistry registry) {
    ViewFeeder feeder = new ViewFeeder(clients, view);
    TimeGauge.builder(
            "gatepost.queue.view.behind",
            feeder,
            TimeUnit.MILLISECONDS,
            each -> each.behind().toMillis())
        .register(registry);
    return feeder;
  }

  @Bean
  QueueLifecycle queueLifecycle(
      LogCare care, ConclusionWriter conclusions, LogReader reader, ViewFeeder feeder) {
    return new QueueLifecycle(care, conclusions, reader, feeder);
  }

  @Bean
  Queue queue(
      LogAppender appender,
      ConclusionWriter conclusions,
      FileContentStore contents,
      DiskReserve disk,
      LogMeters meters,
      QueueProperties properties) {
    return new LogQueue(
        appender, conclusions, contents, disk, meters, properties.durability().label());
  }

  @Bean
  QueueOperator queueOperator(LogAudit audit, DeferredView view, LogOperator operator) {
    return new ViewedQueue(audit, view, operator);
  }

  @Bean
  HealthIndicator queueHealthIndicator(LogCare care, DiskReserve disk) {
    return new QueueHealth(care, disk);
  }
}
