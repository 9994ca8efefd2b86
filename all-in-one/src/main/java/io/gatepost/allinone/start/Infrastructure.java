package io.gatepost.allinone.start;

import io.gatepost.embedded.EmbeddedBroker;
import io.gatepost.embedded.EmbeddedDatabase;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The embedded broker and the embedded database, started side by side.
public final class Infrastructure implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Infrastructure.class);

  private final EmbeddedBroker broker;
  private final EmbeddedDatabase database;

  private Infrastructure(EmbeddedBroker broker, EmbeddedDatabase database) {
    this.broker = broker;
    this.database = database;
  }

  /// Starts both under a data directory, on ports of the loopback address; throws [StartFailure]
  /// where one does not start, with the other stopped again.
  public static Infrastructure start(Path data, int brokerPort, int databasePort) {
    Executor threads = task -> Thread.ofPlatform().name("infrastructure").start(task);
    CompletableFuture<EmbeddedBroker> broker =
        CompletableFuture.supplyAsync(
            () -> EmbeddedBroker.start(DataDirectory.kafka(data), brokerPort), threads);
    CompletableFuture<EmbeddedDatabase> database =
        CompletableFuture.supplyAsync(
            () -> EmbeddedDatabase.start(DataDirectory.postgres(data), databasePort), threads);
    try {
      CompletableFuture.allOf(broker, database).join();
      return new Infrastructure(broker.join(), database.join());
    } catch (CompletionException e) {
      log.error("broker or database does not start", e);
      broker.thenAccept(EmbeddedBroker::close);
      database.thenAccept(EmbeddedDatabase::close);
      throw new StartFailure(
          ExitCode.UNAVAILABLE,
          "the embedded broker or database under " + data + " does not start: " + e.getCause());
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
