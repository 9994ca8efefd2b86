package io.gatepost.database;

import io.gatepost.contract.setting.SettingException;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.flyway.autoconfigure.FlywayConfigurationCustomizer;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.data.jdbc.core.dialect.JdbcDialect;
import org.springframework.data.jdbc.core.dialect.JdbcPostgresDialect;
import org.springframework.data.jdbc.repository.config.AbstractJdbcConfiguration;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcOperations;

/// The database of a process, made so that it may be away when the process starts (requirement
/// G13): the pool opens its first connection when it is first asked, and each service migrates its
/// own schema later, see [SchemaMigrations]. Boot's auto-configuration of the data source is off in
/// all processes of the suite; its Flyway, with `spring.flyway.*`, is imported behind the pool.
///
/// A service that has tables imports this, names its [DatabaseShare], takes its [SchemaMigration]
/// and enables its Spring Data JDBC repositories (`@EnableJdbcRepositories`). In one process all
/// services share the pool. Spring Data asks the database for nothing at the start: its dialect is
/// given.
@Configuration(proxyBeanMethods = false)
@Import({PoolConfiguration.class, FlywayAutoConfiguration.class})
public class DatabaseConfiguration extends AbstractJdbcConfiguration {

  /// Boot migrates while the context starts; each service does it when the database answers.
  @Bean
  FlywayMigrationStrategy migrationAfterTheStart() {
    return _ -> {};
  }

  /// Statements of the services name their schemas, so their places are no setting.
  @Bean
  FlywayConfigurationCustomizer schemasAreOfTheServices(Environment environment) {
    Binder binder = Binder.get(environment);
    for (String key :
        List.of(
            "spring.flyway.schemas", "spring.flyway.default-schema", "spring.flyway.locations")) {
      refuse(binder, key);
    }
    return _ -> {};
  }

  /// Migrations with what `spring.flyway.*` says; where `spring.flyway.enabled` is `false` the
  /// operator migrates.
  @Bean
  SchemaMigrations schemaMigrations(
      ObjectProvider<Flyway> flyway, DataSource dataSource, MeterRegistry registry) {
    return new SchemaMigrations(flyway.getIfAvailable(), dataSource, registry);
  }

  @Bean
  @Override
  public JdbcDialect jdbcDialect(NamedParameterJdbcOperations operations) {
    return JdbcPostgresDialect.INSTANCE;
  }

  private static void refuse(Binder binder, String key) {
    List<String> given = binder.bind(key, Bindable.listOf(String.class)).orElse(List.of());
    if (!given.isEmpty()) {
      throw new SettingException(
          key, String.join(",", given), "none, as each service has a schema of its own");
    }
  }
}
