package io.gatepost.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import io.gatepost.gate.Gate;
import io.gatepost.gate.GateLimits;
import io.gatepost.gate.GateRefusedException;
import io.gatepost.gate.Waiting;
import io.gatepost.testkit.infrastructure.TestDatabase;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Two services in one process on one PostgreSQL.
class SharedDatabaseIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static TestDatabase database;

  @Configuration(proxyBeanMethods = false)
  @Import(DatabaseConfiguration.class)
  @ImportAutoConfiguration({
    JdbcTemplateAutoConfiguration.class,
    DataSourceTransactionManagerAutoConfiguration.class
  })
  static class TwoServices {

    @Bean
    MeterRegistry meters() {
      return new SimpleMeterRegistry();
    }

    @Bean
    SchemaMigration first(SchemaMigrations migrations) {
      return migrations.of("first");
    }

    @Bean
    SchemaMigration second(SchemaMigrations migrations) {
      return migrations.of("second");
    }

    @Bean
    MigrationRetry retry(SchemaMigration first) {
      return new MigrationRetry(first);
    }

    @Bean
    DatabaseShare share() {
      return new DatabaseShare("first", 2);
    }
  }

  @BeforeAll
  static void start() {
    database = TestDatabase.start();
  }

  @AfterAll
  static void stop() {
    database.close();
  }

  @Test
  void aDatabaseThatComesLaterIsMigratedThenEachServiceByItself() {
    database.stop();
    try (ConfigurableApplicationContext process = process()) {
      SchemaMigration first = process.getBean("first", SchemaMigration.class);
      SchemaMigration second = process.getBean("second", SchemaMigration.class);
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(first.status()).startsWith("not ready: "));

      database.startAgain();
      await().atMost(PATIENCE).untilAsserted(() -> assertThat(first.status()).isEqualTo("ok"));
      assertThat(second.isDone()).isFalse();
      second.run();

      assertThat(
              process
                  .getBean(JdbcTemplate.class)
                  .queryForList(
                      "select table_schema || '.' || table_name from information_schema.tables"
                          + " where table_schema in ('first', 'second')",
                      String.class))
          .containsExactlyInAnyOrder(
              "first.thing",
              "first.flyway_schema_history",
              "second.thing",
              "second.flyway_schema_history");
    }
  }

  @Test
  void callsRunOnVirtualThreadsAndKeepToTheirShare() {
    Gate gate = new Gate("first", GateLimits.of(2, 100));
    try (ConfigurableApplicationContext process = process();
        DatabaseCalls calls = new DatabaseCalls(gate)) {
      HikariDataSource pool = process.getBean(HikariDataSource.class);
      JdbcTemplate jdbc = process.getBean(JdbcTemplate.class);

      List<Boolean> virtual =
          Flux.range(0, 50)
              .flatMap(
                  _ ->
                      calls.call(
                          Waiting.PLAIN,
                          () -> {
                            jdbc.execute("select pg_sleep(0.01)");
                            return Thread.currentThread().isVirtual();
                          }),
                  50)
              .collectList()
              .block(PATIENCE);

      assertThat(virtual).hasSize(50).containsOnly(true);
      assertThat(pool.getHikariPoolMXBean().getTotalConnections()).isLessThanOrEqualTo(2);
      assertThat(gate.running()).isZero();
    }
  }

  @Test
  void aCallThatWaitsTooLongIsNotMade() {
    Gate gate = new Gate("first", GateLimits.of(1, 1));
    try (DatabaseCalls calls = new DatabaseCalls(gate)) {
      Mono<Boolean> slow =
          calls.call(
              Waiting.PLAIN,
              () -> {
                Thread.sleep(Duration.ofSeconds(1));
                return true;
              });
      slow.subscribe();

      assertThatThrownBy(
              () -> calls.call(Waiting.atMost(Duration.ofMillis(20)), () -> true).block(PATIENCE))
          .isInstanceOf(GateRefusedException.class);
    }
  }

  private static ConfigurableApplicationContext process() {
    return new SpringApplicationBuilder(TwoServices.class)
        .web(WebApplicationType.NONE)
        .run(
            "--spring.datasource.url=" + database.jdbcUrl(),
            "--spring.datasource.username=" + database.username(),
            "--spring.datasource.password=" + database.password(),
            "--spring.main.banner-mode=off");
  }
}
