package io.gatepost.queue.quarantine;

import io.gatepost.contract.queue.QuarantineOperator;
import io.gatepost.database.DatabaseCalls;
import io.gatepost.database.DatabaseConfiguration;
import io.gatepost.database.DatabaseShare;
import io.gatepost.gate.Gate;
import io.gatepost.gate.GateLimits;
import io.gatepost.gate.Waiting;
import io.gatepost.queue.content.FileContentStore;
import io.gatepost.queue.log.append.LogClients;
import io.gatepost.queue.log.release.ReleaseLog;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.data.jdbc.repository.config.EnableJdbcRepositories;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;

/// The quarantine and what it has of the database. Its tables are migrated with those of the view.
@Configuration(proxyBeanMethods = false)
@Import(DatabaseConfiguration.class)
@EnableJdbcRepositories(basePackageClasses = QuarantineRows.class)
public class QuarantineConfiguration {

  static final String SCHEMA = "queue";

  /// Messages that are put aside at a time, and those that wait.
  private static final GateLimits INTAKE = GateLimits.of(4, 1_000);

  private static final GateLimits QUESTIONS = GateLimits.of(2, 100);

  /// Beside these, one for what is done on timers.
  private static final int CONNECTIONS = INTAKE.slots() + QUESTIONS.slots() + 1;

  private static final Waiting PATIENCE = Waiting.atMost(Duration.ofSeconds(5));

  /// Where the content of messages that are put aside is.
  ///
  /// @param held by no other name than this, as there is one of messages on the log too
  public record HeldContent(FileContentStore held) implements AutoCloseable {
    @Override
    public void close() {
      held.close();
    }
  }

  @Bean
  DatabaseShare quarantineShare() {
    return new DatabaseShare("quarantine", CONNECTIONS);
  }

  @Bean
  Gate quarantineIntakeGate() {
    return new Gate("quarantine-intake", INTAKE);
  }

  @Bean
  Gate quarantineGate() {
    return new Gate("quarantine", QUESTIONS);
  }

  @Bean
  DatabaseCalls quarantineIntakeCalls(@Qualifier("quarantineIntakeGate") Gate gate) {
    return new DatabaseCalls(gate);
  }

  @Bean
  DatabaseCalls quarantineCalls(@Qualifier("quarantineGate") Gate gate) {
    return new DatabaseCalls(gate);
  }

  @Bean
  QuarantineIndex quarantineIndex(
      JdbcTemplate jdbc, QuarantineRows rows, PlatformTransactionManager transactions) {
    return new QuarantineIndex(jdbc, rows, transactions);
  }

  @Bean(destroyMethod = "") // the care closes it, in order
  ReleaseLog releaseLog(LogClients clients) {
    return new ReleaseLog(clients);
  }

  @Bean
  HeldMessages heldMessages(
      QuarantineIndex index,
      HeldContent held,
      FileContentStore contentStore,
      ReleaseLog releases,
      QuarantineLimits limits,
      MeterRegistry registry) {
    return new HeldMessages(
        index,
        held.held(),
        contentStore,
        releases,
        limits,
        new QuarantineMeters(registry),
        InstantSource.system());
  }

  @Bean
  QuarantineCare quarantineCare(
      HeldMessages messages, ReleaseLog releases, QuarantineLimits limits) {
    return new QuarantineCare(messages, releases, limits, QuarantineCare.INTERVAL);
  }

  @Bean
  QuarantineIntake quarantineIntake(
      HeldMessages messages,
      QuarantineLimits limits,
      @Qualifier("quarantineIntakeCalls") DatabaseCalls calls) {
    return limits.enabled()
        ? new GatedIntake(messages, new Calls(calls, PATIENCE))
        : QuarantineIntake.OFF;
  }

  @Bean
  QuarantineOperator quarantineOperator(
      HeldMessages messages,
      QuarantineIndex index,
      HeldContent held,
      QuarantineLimits limits,
      @Qualifier("quarantineCalls") DatabaseCalls calls) {
    return new OperatedQuarantine(messages, index, held.held(), limits, new Calls(calls, PATIENCE));
  }
}
