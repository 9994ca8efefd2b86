package io.gatepost.testkit.infrastructure;

import com.github.dockerjava.api.DockerClient;
import io.gatepost.embedded.FreePort;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.postgresql.PostgreSQLContainer;

/// The official image of PostgreSQL.
final class ContainerDatabase implements TestDatabase {

  static final String IMAGE = "postgres:18";

  private static final Duration LONGEST_START = Duration.ofSeconds(60);

  private final PostgreSQLContainer container;

  private ContainerDatabase(PostgreSQLContainer container) {
    this.container = container;
  }

  static ContainerDatabase start() {
    OwnContainers.removeOrphans();
    PostgreSQLContainer container =
        new PostgreSQLContainer(IMAGE)
            .withLabels(OwnContainers.labels())
            .withStartupTimeout(LONGEST_START);
    // A port of its own choice would be another one after a stop.
    container.setPortBindings(List.of(FreePort.find() + ":" + PostgreSQLContainer.POSTGRESQL_PORT));
    container.start();
    return new ContainerDatabase(container);
  }

  @Override
  public String jdbcUrl() {
    return container.getJdbcUrl();
  }

  @Override
  public String username() {
    return container.getUsername();
  }

  @Override
  public String password() {
    return container.getPassword();
  }

  @Override
  public void stop() {
    client().stopContainerCmd(container.getContainerId()).exec();
  }

  @Override
  public void startAgain() {
    client().startContainerCmd(container.getContainerId()).exec();
    Awaitility.await().atMost(LONGEST_START).until(this::answers);
  }

  @Override
  public void close() {
    container.stop();
  }

  private boolean answers() {
    try (Connection connection = DriverManager.getConnection(jdbcUrl(), username(), password())) {
      return connection.isValid(1);
    } catch (SQLException e) {
      return false; // not yet
    }
  }

  private static DockerClient client() {
    return DockerClientFactory.instance().client();
  }
}
