package io.gatepost.queue.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.event.Topics;
import io.gatepost.database.SchemaMigration;
import io.gatepost.queue.Messages;
import io.gatepost.queue.log.append.TestLog;
import io.gatepost.testkit.infrastructure.TestDatabase;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;

class ViewDatabaseIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration STEP = Duration.ofHours(1);

  @Test
  void thePoolIsAsLargeAsTheOperatorSays() throws SQLException {
    try (TestDatabase database = TestDatabase.start();
        ConfigurableApplicationContext process =
            ViewProcess.startOn(database, "spring.datasource.hikari.maximum-pool-size=2")) {
      HikariDataSource dataSource = process.getBean(HikariDataSource.class);
      try (Connection _ = dataSource.getConnection();
          Connection _ = dataSource.getConnection()) {
        HikariPoolMXBean pool = dataSource.getHikariPoolMXBean();

        assertThat(pool.getActiveConnections()).isEqualTo(2);
        assertThat(pool.getTotalConnections()).isEqualTo(2);
        assertThat(
                process
                    .getBean(MeterRegistry.class)
                    .get("hikaricp.connections.max")
                    .gauge()
                    .value())
            .isEqualTo(2);
      }
    }
  }

  @Test
  void flywaysHistoryHasTheNameThatTheOperatorGivesIt() {
    try (TestDatabase database = TestDatabase.start();
        ConfigurableApplicationContext process =
            ViewProcess.startOn(database, "spring.flyway.table=view_history")) {
      process.getBean(SchemaMigration.class).run();

      assertThat(
              process
                  .getBean(JdbcTemplate.class)
                  .queryForList(
                      "select version from queue.view_history where success and version is not null"
                          + " order by installed_rank",
                      String.class))
          .startsWith("1", "2");
    }
  }

  @Test
  void withoutFlywayTheOperatorMigrates() {
    try (TestDatabase database = TestDatabase.start();
        ConfigurableApplicationContext process =
            ViewProcess.startOn(database, "spring.flyway.enabled=false")) {
      assertThat(process.getBeanProvider(FlywayMigrationInitializer.class).getIfAvailable())
          .isNull();
      process.getBean(SchemaMigration.class).run();

      assertThat(process.getBean(SchemaMigration.class).isDone()).isTrue();
    }
  }

  @Test
  void theProcessStartsWithoutADatabaseAndTheViewIsThereWhenItComes() {
    try (TestDatabase database = TestDatabase.start();
        TestLog log = TestLog.empty(STEP);
        ConfigurableApplicationContext process = startOnStopped(database)) {
      SchemaMigration migration = process.getBean(SchemaMigration.class);
      assertThat(migration.status()).isEqualTo("not looked at yet");

      EnvelopeRecord waits = Messages.inline(Messages.id(), "x", "a@x.test");
      log.append(Topics.retry(STEP), waits);
      process.getBean(ViewFeeder.class).start();
      await().atMost(PATIENCE).until(() -> migration.status().startsWith("not ready: "));
      assertThat(migrated(process)).isZero();

      database.startAgain();
      DeferredView view = process.getBean(DeferredView.class);
      await().atMost(PATIENCE).until(() -> migration.status().equals("ok"));
      assertThat(migrated(process)).isEqualTo(1);
      await().atMost(PATIENCE).until(() -> view.find(waits.envelope().id()).isPresent());
      process.getBean(ViewFeeder.class).close();
    }
  }

  private static ConfigurableApplicationContext startOnStopped(TestDatabase database) {
    database.stop();
    return ViewProcess.startOn(database);
  }

  private static double migrated(ConfigurableApplicationContext process) {
    return process
        .getBean(MeterRegistry.class)
        .get("gatepost.database.migrated")
        .tag("schema", "queue")
        .gauge()
        .value();
  }
}
