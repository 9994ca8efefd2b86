package io.gatepost.queue;

import com.zaxxer.hikari.HikariDataSource;
import io.gatepost.contract.event.Topics;
import io.gatepost.contract.queue.Queue;
import io.gatepost.queue.content.DiskReserve;
import io.gatepost.queue.content.FileContentStore;
import io.gatepost.queue.log.ConclusionWriter;
import io.gatepost.queue.log.LogCare;
import io.gatepost.queue.log.LogClients;
import io.gatepost.queue.log.LogMeters;
import io.gatepost.queue.log.LogReader;
import io.gatepost.queue.log.LogTopics;
import io.gatepost.queue.log.ReadyAppender;
import io.gatepost.queue.view.DeferredView;
import io.gatepost.queue.view.ViewFeeder;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.time.InstantSource;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// Every part of queue-service and what it is made of.
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(QueueProperties.class)
public class QueueConfiguration {

  private static final long DATABASE_TIMEOUT_MILLIS = 2_000;

  @Bean
  LogClients logClients(
      @Value("${spring.kafka.bootstrap-servers:127.0.0.1:9092}") String bootstrapServers,
      @Value("${gatepost.queue-instance:0}") String instance) {
    return new LogClients(bootstrapServers, instance);
  }

  @Bean
  LogMeters logMeters(MeterRegistry registry) {
    return new LogMeters(registry);
  }

  @Bean
  FileContentStore contentStore(
      QueueProperties properties, @Value("${gatepost.data-dir:./data}") Path data) {
    return new FileContentStore(
        properties.contentDir().isBlank()
            ? data.resolve("content")
            : Path.of(properties.contentDir()));
  }

  @Bean
  DiskReserve diskReserve(
      QueueProperties properties,
      @Value("${gatepost.data-dir:./data}") Path data,
      MeterRegistry registry) {
    DiskReserve disk = new DiskReserve(data, properties.diskReserve().toBytes());
    Gauge.builder("gatepost.queue.disk.free", disk, DiskReserve::freeOctets)
        .baseUnit("bytes")
        .register(registry);
    return disk;
  }

  @Bean
  ReadyAppender readyAppender(LogClients clients) {
    return new ReadyAppender(clients);
  }

  @Bean(destroyMethod = "") // the lifecycle closes it, in order
  ConclusionWriter conclusionWriter(
      LogClients clients, QueueProperties properties, FileContentStore contents, LogMeters meters) {
    return new ConclusionWriter(clients, properties.retryLadder(), contents, meters);
  }

  @Bean(destroyMethod = "")
  LogReader logReader(LogClients clients, QueueProperties properties, LogMeters meters) {
    return new LogReader(clients, InstantSource.system(), properties.releaseRate(), meters);
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
    return dataSource;
  }

  @Bean
  DeferredView deferredView(HikariDataSource queueDataSource) {
    return new DeferredView(queueDataSource);
  }

  @Bean(destroyMethod = "")
  ViewFeeder viewFeeder(LogClients clients, DeferredView view) {
    return new ViewFeeder(clients, view);
  }

  @Bean(destroyMethod = "")
  LogCare logCare(
      LogClients clients,
      QueueProperties properties,
      ReadyAppender appender,
      DiskReserve disk,
      LogReader reader,
      ViewFeeder feeder) {
    boolean replicated = properties.durability() == QueueProperties.Durability.REPLICATED;
    LogTopics topics =
        new LogTopics(
            properties.partitions(),
            (short) (replicated ? 3 : 1),
            replicated ? 2 : 1,
            properties.retryLadder().all().stream().map(Topics::retry).toList());
    return new LogCare(
        clients,
        topics,
        appender,
        disk,
        properties.truncationInterval(),
        () -> {
          reader.start();
          feeder.start();
        });
  }

  @Bean
  QueueLifecycle queueLifecycle(
      LogCare care, ConclusionWriter conclusions, LogReader reader, ViewFeeder feeder) {
    return new QueueLifecycle(care, conclusions, reader, feeder);
  }

  @Bean
  Queue queue(
      ReadyAppender appender,
      ConclusionWriter conclusions,
      FileContentStore contents,
      DiskReserve disk,
      DeferredView view,
      LogMeters meters,
      QueueProperties properties) {
    return new LogQueue(
        appender, conclusions, contents, disk, view, meters, properties.durability().label());
  }

  @Bean
  HealthIndicator queueHealthIndicator(LogCare care, DiskReserve disk) {
    return new QueueHealth(care, disk);
  }
}
