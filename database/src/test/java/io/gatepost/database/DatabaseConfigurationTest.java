package io.gatepost.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.gatepost.contract.setting.SettingException;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// No database is there in these tests.
class DatabaseConfigurationTest {

  private static final String FILE_KEY = "gatepost.database.password-file";
  private static final DatabasePassword NO_FILE = new DatabasePassword("");

  private final ApplicationContextRunner process =
      new ApplicationContextRunner()
          .withUserConfiguration(DatabaseConfiguration.class, Users.class)
          .withConfiguration(
              AutoConfigurations.of(
                  JdbcTemplateAutoConfiguration.class,
                  DataSourceTransactionManagerAutoConfiguration.class))
          .withBean(MeterRegistry.class, SimpleMeterRegistry::new);

  @Configuration(proxyBeanMethods = false)
  static class Users {
    @Bean
    DatabaseShare first() {
      return new DatabaseShare("first", 4);
    }

    @Bean
    DatabaseShare second() {
      return new DatabaseShare("second", 2);
    }
  }

  @Test
  void withoutSettingsThereAreDefaultsAndEachUserHasItsShare() {
    process.run(context -> {
      HikariDataSource pool = context.getBean(HikariDataSource.class);
      assertThat(pool.getJdbcUrl()).isEqualTo("jdbc:postgresql://127.0.0.1:5432/gatepost");
      assertThat(pool.getUsername()).isEqualTo("gatepost");
      assertThat(pool.getPassword()).isEmpty();
      assertThat(pool.getMaximumPoolSize()).isEqualTo(6);
      assertThat(pool.getDataSourceProperties()).containsEntry("socketTimeout", 30);
    });
  }

  @Test
  void springsKeysCount() {
    process
        .withPropertyValues(
            "spring.datasource.url=jdbc:postgresql://db.example/mail?sslmode=verify-full",
            "spring.datasource.username=mail",
            "spring.datasource.password=secret",
            "spring.datasource.hikari.maximum-pool-size=9",
            "spring.datasource.hikari.connection-timeout=5000",
            "spring.datasource.hikari.data-source-properties.socketTimeout=7")
        .run(context -> {
          HikariDataSource pool = context.getBean(HikariDataSource.class);
          assertThat(pool.getJdbcUrl())
              .isEqualTo("jdbc:postgresql://db.example/mail?sslmode=verify-full");
          assertThat(pool.getUsername()).isEqualTo("mail");
          assertThat(pool.getPassword()).isEqualTo("secret");
          assertThat(pool.getMaximumPoolSize()).isEqualTo(9);
          assertThat(pool.getConnectionTimeout()).isEqualTo(5000);
          assertThat(pool.getDataSourceProperties())
              .containsEntry("socketTimeout", "7")
              .containsEntry("tcpKeepAlive", true);
        });
  }

  @Test
  void anotherPlaceForTheTablesIsRefused() {
    for (String setting :
        new String[] {
          "spring.flyway.schemas=other",
          "spring.flyway.default-schema=other",
          "spring.flyway.locations=filesystem:/more"
        }) {
      process
          .withPropertyValues(setting)
          .run(context ->
              assertThat(context)
                  .getFailure()
                  .hasRootCauseInstanceOf(SettingException.class)
                  .rootCause()
                  .hasMessageContaining(setting.substring(0, setting.indexOf('='))));
    }
  }

  @Test
  void aPasswordFileThatIsNotThereIsRefused() {
    process
        .withPropertyValues(FILE_KEY + "=/no/such/file")
        .run(context ->
            assertThat(context).getFailure().rootCause().hasMessageContaining("/no/such/file"));
  }

  @Test
  void eachServiceHasASchemaOfItsOwnAndTheOperatorsOtherSettings() {
    process
        .withPropertyValues("spring.flyway.table=history")
        .run(context -> {
          SchemaMigrations migrations = context.getBean(SchemaMigrations.class);

          assertThat(context).hasSingleBean(Flyway.class);
          assertThat(migrations.of("queue").status()).isEqualTo("not looked at yet");
          assertThat(migrations.of("routing").schema()).isEqualTo("routing");
          assertThat(
                  context.getBean(MeterRegistry.class).find("gatepost.database.migrated").gauges())
              .extracting(gauge -> gauge.getId().getTag("schema"))
              .containsExactlyInAnyOrder("queue", "routing");
        });
  }

  @Test
  void thePasswordOfTheFileCountsWhereThereIsOne() {
    DatabasePassword file = new DatabasePassword("of-file");

    assertThat(file.checkedAgainst(settings(Map.of()))).isEqualTo("of-file");
    assertThat(file.checkedAgainst(settings(Map.of("spring.datasource.password", "of-file"))))
        .isEqualTo("of-file");
    assertThat(NO_FILE.checkedAgainst(settings(Map.of("spring.datasource.password", "other"))))
        .isEqualTo("other");
  }

  @Test
  void twoPasswordsThatDifferAreRefusedAndNotShown() {
    DatabasePassword file = new DatabasePassword("of-file");

    for (String key :
        new String[] {"spring.datasource.password", "spring.datasource.hikari.password"}) {
      assertThatThrownBy(() -> file.checkedAgainst(settings(Map.of(key, "other"))))
          .isInstanceOf(SettingException.class)
          .hasMessageContaining(key)
          .hasMessageContaining(FILE_KEY)
          .hasMessageNotContainingAny("of-file", "other");
    }
  }

  private static Binder settings(Map<String, String> settings) {
    return new Binder(new MapConfigurationPropertySource(settings));
  }
}
