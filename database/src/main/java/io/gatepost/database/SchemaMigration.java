package io.gatepost.database;

import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.output.MigrateResult;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings the tables of one service to this version, when the database answers; the start and the
/// mail do not wait for it (requirement G13). A service runs it itself, as part of a loop that it
/// has anyway, or leaves it to [MigrationRetry].
public final class SchemaMigration {

  private static final Logger log = LoggerFactory.getLogger(SchemaMigration.class);

  private final String schema;
  private final @Nullable Flyway flyway;
  private volatile State state = new Waiting();

  /// How far it has come.
  private sealed interface State {}

  private record Waiting() implements State {}

  private record Failed(String why) implements State {}

  private record Done() implements State {}

  /// @param flyway none where `spring.flyway.enabled` is `false`: the operator migrates
  SchemaMigration(String schema, @Nullable Flyway flyway) {
    this.schema = schema;
    this.flyway = flyway;
  }

  /// Migrates what is left to migrate; blocks. Throws `FlywayException` where the database does not
  /// answer or refuses it: it may be called again.
  public void run() {
    if (flyway == null) {
      state = new Done();
      return;
    }
    try {
      MigrateResult result = flyway.migrate();
      if (result.migrationsExecuted > 0) {
        log.info("database: schema {} is at version {}", schema, result.targetSchemaVersion);
      }
      state = new Done();
    } catch (RuntimeException e) { // Flyway's, or a URL that no driver takes
      state = new Failed(firstLine(e));
      throw e;
    }
  }

  /// The schema that it migrates.
  public String schema() {
    return schema;
  }

  /// Whether the tables were as this version wants them when last looked at.
  public boolean isDone() {
    return state instanceof Done;
  }

  /// The state for the operator: `ok`, or what is waited for.
  public String status() {
    return switch (state) {
      case Waiting _ -> "not looked at yet";
      case Failed failed -> "not ready: " + failed.why();
      case Done _ -> "ok";
    };
  }

  private static String firstLine(RuntimeException e) {
    return String.valueOf(e.getMessage())
        .lines()
        .filter(line -> !line.isBlank())
        .findFirst()
        .orElse(e.toString());
  }
}
