package io.gatepost.database;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;

/// Makes the [SchemaMigration] of each service. A service's tables and its migration history are in
/// a schema that has its name, the scripts in `db/migration/` and its name on the class path.
public final class SchemaMigrations {

  private final @Nullable Flyway settings;
  private final DataSource dataSource;
  private final MeterRegistry registry;

  /// @param settings what the operator says of Flyway; none where the operator migrates
  SchemaMigrations(@Nullable Flyway settings, DataSource dataSource, MeterRegistry registry) {
    this.settings = settings;
    this.dataSource = dataSource;
    this.registry = registry;
  }

  /// Returns the migration of a schema, and registers its gauge; asks the database for nothing.
  ///
  /// @param schema the service's name, such as `queue`
  public SchemaMigration of(String schema) {
    SchemaMigration migration = new SchemaMigration(schema, flyway(schema));
    Gauge.builder("gatepost.database.migrated", migration, each -> each.isDone() ? 1 : 0)
        .description("1 once the tables of a service are those of this version")
        .tag("schema", schema)
        .register(registry);
    return migration;
  }

  private @Nullable Flyway flyway(String schema) {
    return settings == null
        ? null
        : Flyway.configure()
            .configuration(settings.getConfiguration())
            .dataSource(dataSource)
            .schemas(schema)
            .defaultSchema(schema)
            .locations("classpath:db/migration/" + schema)
            .load();
  }
}
