package io.gatepost.allinone.start;

import io.gatepost.cli.exit.CommandFailure;
import io.gatepost.cli.exit.ExitCode;
import io.gatepost.database.DatabaseProperties;
import io.gatepost.embedded.EmbeddedBroker;
import io.gatepost.embedded.SupervisedDatabase;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.ClassUtils;

/// The embedded broker, and the embedded database that comes up beside it.
public final class Infrastructure implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Infrastructure.class);

  private final Path data;
  private final int brokerPort;
  private final SupervisedDatabase database;
  private volatile @Nullable EmbeddedBroker broker;

  private Infrastructure(Path data, int brokerPort, SupervisedDatabase database) {
    this.data = data;
    this.brokerPort = brokerPort;
    this.database = database;
  }

  /// Whether this installation has them: the image of the services alone leaves their libraries
  /// out.
  public static boolean isIncluded() {
    return ClassUtils.isPresent(
        "io.gatepost.embedded.EmbeddedBroker", Infrastructure.class.getClassLoader());
  }

  /// Throws [CommandFailure] where this installation has none of them.
  public static void checkIncluded() {
    if (!isIncluded()) {
      throw new CommandFailure(
          ExitCode.UNAVAILABLE,
          "this image has no broker and no database (expected: the all-in-one image, or"
              + " `gatepost service` with one of the six services and settings that name both)");
    }
  }

  /// Starts both under a data directory, on ports of the loopback address, and returns when the
  /// broker is there; throws [CommandFailure] where it does not start.
  public static Infrastructure start(Path data, int brokerPort, int databasePort) {
    Infrastructure infrastructure = prepare(data, brokerPort, databasePort);
    infrastructure.start();
    return infrastructure;
  }

  /// Settles where both will be, so that clients can be made before anything is started.
  public static Infrastructure prepare(Path data, int brokerPort, int databasePort) {
    return new Infrastructure(
        data, brokerPort, SupervisedDatabase.prepare(DataDirectory.postgres(data), databasePort));
  }

  /// Starts both, once, and returns when the broker is there; throws [CommandFailure] where it does
  /// not start.
  public void start() {
    database.start();
    try {
      broker = EmbeddedBroker.start(DataDirectory.kafka(data), brokerPort);
    } catch (RuntimeException e) {
      log.error("the broker does not start", e);
      database.close();
      throw new CommandFailure(
          ExitCode.UNAVAILABLE, "the embedded broker under " + data + " does not start: " + e);
    }
  }

  /// The setting that tells services the password of the database under a data directory.
  public static String databasePassword(Path data) {
    return DatabaseProperties.PASSWORD_FILE
        + "="
        + SupervisedDatabase.passwordFile(DataDirectory.postgres(data));
  }

  /// The settings by which services find both, but for [#databasePassword]. The embedded broker
  /// speaks plain, whatever the settings say of another.
  public List<String> settings() {
    return List.of(
        "spring.kafka.bootstrap-servers=127.0.0.1:" + brokerPort,
        "spring.kafka.security.protocol=PLAINTEXT",
        "spring.kafka.consumer.security.protocol=PLAINTEXT",
        "spring.kafka.producer.security.protocol=PLAINTEXT",
        "spring.kafka.admin.security.protocol=PLAINTEXT",
        "spring.datasource.url=" + database.jdbcUrl(),
        "spring.datasource.username=" + database.username());
  }

  /// Stops the database, then the broker; returns when both have stopped.
  @Override
  public void close() {
    try {
      database.close();
    } finally {
      EmbeddedBroker running = broker;
      if (running != null) {
        running.close();
      }
    }
  }
}
