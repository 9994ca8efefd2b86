package io.gatepost.allinone.start;

import io.gatepost.embedded.EmbeddedBroker;
import io.gatepost.embedded.KeptDatabase;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The embedded broker, and the embedded database that comes up beside it.
public final class Infrastructure implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Infrastructure.class);

  private final EmbeddedBroker broker;
  private final KeptDatabase database;

  private Infrastructure(EmbeddedBroker broker, KeptDatabase database) {
    this.broker = broker;
    this.database = database;
  }

  /// Starts both under a data directory, on ports of the loopback address, and returns when the
  /// broker is there; throws [StartFailure] where it does not start.
  public static Infrastructure start(Path data, int brokerPort, int databasePort) {
    KeptDatabase database = KeptDatabase.keep(DataDirectory.postgres(data), databasePort);
    try {
      return new Infrastructure(
          EmbeddedBroker.start(DataDirectory.kafka(data), brokerPort), database);
    } catch (RuntimeException e) {
      log.error("the broker does not start", e);
      database.close();
      throw new StartFailure(
          ExitCode.UNAVAILABLE, "the embedded broker under " + data + " does not start: " + e);
    }
  }

  /// What the services have to be told to find both.
  public List<String> settings() {
    return List.of(
        "spring.kafka.bootstrap-servers=" + broker.bootstrapServers(),
        "spring.datasource.url=" + database.jdbcUrl(),
        "spring.datasource.username=" + database.username());
  }

  /// Stops the database, then the broker; returns when both have stopped.
  @Override
  public void close() {
    try {
      database.close();
    } finally {
      broker.close();
    }
  }
}
