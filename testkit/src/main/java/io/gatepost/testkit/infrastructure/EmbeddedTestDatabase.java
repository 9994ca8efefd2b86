package io.gatepost.testkit.infrastructure;

import io.gatepost.embedded.EmbeddedDatabase;
import io.gatepost.embedded.FreePort;
import java.nio.file.Path;

/// The embedded database of this process.
final class EmbeddedTestDatabase implements TestDatabase {

  private final Path directory = OwnDirectory.create("database");
  private final int port = FreePort.find();
  private EmbeddedDatabase database = EmbeddedDatabase.start(directory, port);

  private EmbeddedTestDatabase() {}

  static EmbeddedTestDatabase start() {
    return new EmbeddedTestDatabase();
  }

  @Override
  public String jdbcUrl() {
    return database.jdbcUrl();
  }

  @Override
  public String username() {
    return database.username();
  }

  @Override
  public String password() {
    return database.password();
  }

  @Override
  public void stop() {
    database.close();
  }

  @Override
  public void startAgain() {
    database = EmbeddedDatabase.start(directory, port);
  }

  @Override
  public void close() {
    stop();
    OwnDirectory.delete(directory);
  }
}
