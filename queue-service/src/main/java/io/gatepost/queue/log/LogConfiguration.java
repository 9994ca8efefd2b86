package io.gatepost.queue.log;

import io.gatepost.contract.event.Topics;
import io.gatepost.queue.content.DiskReserve;
import io.gatepost.queue.content.FileContentStore;
import io.gatepost.queue.ladder.RetryLadder;
import io.gatepost.queue.log.append.LogAppender;
import io.gatepost.queue.log.append.LogClients;
import io.gatepost.queue.log.append.LogMeters;
import io.gatepost.queue.log.conclude.ConcludedGenerations;
import io.gatepost.queue.log.conclude.ConclusionRecords;
import io.gatepost.queue.log.conclude.ConclusionWriter;
import io.gatepost.queue.log.maintain.HangingTransactions;
import io.gatepost.queue.log.maintain.LogAudit;
import io.gatepost.queue.log.maintain.LogMaintenance;
import io.gatepost.queue.log.maintain.LogTopics;
import io.gatepost.queue.log.maintain.LogTruncation;
import io.gatepost.queue.log.maintain.MaintenanceTask;
import io.gatepost.queue.log.maintain.OrphanSweep;
import io.gatepost.queue.log.retry.DestinationHolds;
import io.gatepost.queue.log.retry.LogReader;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.apache.kafka.clients.admin.NewTopic;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.core.KafkaAdmin;

/// Puts the log together.
@Configuration(proxyBeanMethods = false)
public class LogConfiguration {

  private static final Duration HANGING_INTERVAL = Duration.ofSeconds(30);
  private static final Duration TOPICS_INTERVAL = Duration.ofMinutes(1);

  /// Settings of the log.
  ///
  /// @param replicas of every record
  /// @param minInSync how many must have it before it counts
  public record LogSettings(
      RetryLadder ladder,
      Duration lifetime,
      int partitions,
      short replicas,
      int minInSync,
      int releaseRate,
      Duration deadDestinationPause,
      Duration truncationInterval,
      Duration auditInterval,
      Duration sweepInterval,
      Duration sweepAge) {

    /// Octets of content that stay in the record of a deferred message. A file has one copy, so
    /// where records have more of them content stays in its record.
    public int maxRetryInlineOctets() {
      return replicas > 1 ? Integer.MAX_VALUE : ConclusionRecords.SMALL_OCTETS;
    }
  }

  @Bean
  LogMeters logMeters(LogSettings settings, MeterRegistry registry) {
    return LogMeters.of(registry, settings.ladder());
  }

  @Bean
  LogAppender logAppender(LogClients clients, MeterRegistry registry) {
    LogAppender appender = new LogAppender(clients);
    Gauge.builder("gatepost.queue.records.per.sync", appender, LogAppender::recordsPerSync)
        .register(registry);
    return appender;
  }

  @Bean
  DestinationHolds destinationHolds(LogSettings settings, MeterRegistry registry) {
    DestinationHolds holds =
        new DestinationHolds(settings.deadDestinationPause(), System::nanoTime);
    Gauge.builder("gatepost.queue.destinations.held", holds, DestinationHolds::size)
        .register(registry);
    return holds;
  }

  @Bean
  ConcludedGenerations concludedGenerations() {
    return new ConcludedGenerations();
  }

  @Bean(destroyMethod = "") // the lifecycle closes it, in order
  ConclusionWriter conclusionWriter(
      LogClients clients,
      LogSettings settings,
      FileContentStore contents,
      ConcludedGenerations concluded,
      DestinationHolds holds,
      LogMeters meters) {
    return new ConclusionWriter(
        clients,
        new ConclusionRecords(settings.ladder(), contents, settings.maxRetryInlineOctets()),
        concluded,
        holds,
        meters);
  }

  @Bean(destroyMethod = "")
  LogReader logReader(
      LogClients clients, LogSettings settings, DestinationHolds holds, LogMeters meters) {
    return new LogReader(
        clients,
        InstantSource.system(),
        settings.ladder(),
        settings.lifetime(),
        holds,
        settings.releaseRate(),
        meters);
  }

  @Bean
  LogOperator logOperator(LogClients clients, LogReader reader) {
    return new LogOperator(clients, reader);
  }

  @Bean
  LogAudit logAudit(
      LogClients clients, LogSettings settings, LogMeters meters, MeterRegistry registry) {
    LogAudit audit =
        new LogAudit(
            clients,
            settings.lifetime(),
            settings.ladder().steps().getLast(),
            InstantSource.system(),
            meters,
            registry);
    audit.showEmpty(settings.ladder(), settings.partitions());
    return audit;
  }

  @Bean
  LogTopics logTopics(LogSettings settings) {
    return new LogTopics(
        settings.partitions(),
        settings.replicas(),
        settings.minInSync(),
        settings.ladder().all().stream().map(Topics::retry).toList());
  }

  @Bean
  KafkaAdmin.NewTopics declaredTopics(LogTopics topics) {
    return new KafkaAdmin.NewTopics(topics.declared().toArray(NewTopic[]::new));
  }

  @Bean(destroyMethod = "")
  LogMaintenance logCare(
      LogClients clients,
      LogSettings settings,
      LogTopics topics,
      LogAppender appender,
      DiskReserve disk,
      LogAudit audit,
      FileContentStore contents,
      ConcludedGenerations concluded,
      LogMeters meters) {
    LogTruncation truncation = new LogTruncation(concluded);
    OrphanSweep sweep =
        new OrphanSweep(clients, contents, settings.sweepAge(), InstantSource.system(), meters);
    return new LogMaintenance(
        clients,
        topics,
        appender,
        disk,
        List.of(
            new MaintenanceTask.Periodic("truncation", settings.truncationInterval(), truncation),
            new MaintenanceTask.Periodic("audit", settings.auditInterval(), audit),
            new MaintenanceTask.Periodic("look at the topics' settings", TOPICS_INTERVAL, topics),
            new MaintenanceTask.Periodic(
                "search for hanging transactions",
                HANGING_INTERVAL,
                new HangingTransactions(InstantSource.system())),
            new MaintenanceTask.Periodic(
                "sweep", settings.sweepInterval(), truncation.keptOff(sweep))));
  }
}
