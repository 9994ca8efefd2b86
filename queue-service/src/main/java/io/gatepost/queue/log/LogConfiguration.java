package io.gatepost.queue.log;

import io.gatepost.contract.event.Topics;
import io.gatepost.queue.content.DiskReserve;
import io.gatepost.queue.content.FileContentStore;
import io.gatepost.queue.ladder.RetryLadder;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// Puts the log together.
@Configuration(proxyBeanMethods = false)
public class LogConfiguration {

  private static final Duration HANGING_INTERVAL = Duration.ofSeconds(30);

  /// What the log takes from the settings.
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
      Duration sweepAge) {}

  @Bean
  LogMeters logMeters(MeterRegistry registry) {
    return new LogMeters(registry);
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
        clients, new ConclusionRecords(settings.ladder(), contents), concluded, holds, meters);
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
    return new LogAudit(
        clients,
        settings.lifetime(),
        settings.ladder().steps().getLast(),
        InstantSource.system(),
        meters,
        registry);
  }

  @Bean(destroyMethod = "")
  LogCare logCare(
      LogClients clients,
      LogSettings settings,
      LogAppender appender,
      DiskReserve disk,
      LogAudit audit,
      FileContentStore contents,
      ConcludedGenerations concluded,
      LogMeters meters) {
    LogTopics topics =
        new LogTopics(
            settings.partitions(),
            settings.replicas(),
            settings.minInSync(),
            settings.ladder().all().stream().map(Topics::retry).toList());
    LogTruncation truncation = new LogTruncation(concluded);
    OrphanSweep sweep =
        new OrphanSweep(clients, contents, settings.sweepAge(), InstantSource.system(), meters);
    return new LogCare(
        clients,
        topics,
        appender,
        disk,
        List.of(
            new LogTask.Periodic("truncation", settings.truncationInterval(), truncation),
            new LogTask.Periodic("audit", settings.auditInterval(), audit),
            new LogTask.Periodic(
                "search for hanging transactions",
                HANGING_INTERVAL,
                new HangingTransactions(InstantSource.system())),
            new LogTask.Periodic("sweep", settings.sweepInterval(), truncation.keptOff(sweep))));
  }
}
