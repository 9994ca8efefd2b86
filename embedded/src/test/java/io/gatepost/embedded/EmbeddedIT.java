package io.gatepost.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedIT {

  @TempDir Path directory;

  @Test
  void theBrokersTopicsOutliveIt() throws InterruptedException, ExecutionException {
    try (EmbeddedBroker broker = EmbeddedBroker.start(directory);
        Admin admin = admin(broker)) {
      admin.createTopics(List.of(new NewTopic("kept", 1, (short) 1))).all().get();
    }

    try (EmbeddedBroker broker = EmbeddedBroker.start(directory);
        Admin admin = admin(broker)) {
      assertThat(admin.listTopics().names().get()).contains("kept");
    }
  }

  @Test
  void theDatabaseStartsOverAnOrphanOfAKilledRun() throws Exception {
    Process killed =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                System.getProperty("java.class.path"),
                DatabaseToBeKilled.class.getName(),
                directory.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(killed.inputReader().readLine()).isEqualTo("ready");
    killed.destroyForcibly().waitFor();
    long orphan =
        Long.parseLong(Files.readAllLines(directory.resolve("data/postmaster.pid")).getFirst());

    try (EmbeddedDatabase next = EmbeddedDatabase.start(directory);
        Connection connection = DriverManager.getConnection(next.jdbcUrl(), next.username(), "");
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select count(*) from kept")) {
      assertThat(rows.next()).isTrue();
    }
    assertThat(ProcessHandle.of(orphan).filter(ProcessHandle::isAlive)).isEmpty();
  }

  /// A process that starts a database, makes a table, and is killed.
  static final class DatabaseToBeKilled {
    public static void main(String[] arguments) throws Exception {
      EmbeddedDatabase database = EmbeddedDatabase.start(Path.of(arguments[0]));
      try (Connection connection =
              DriverManager.getConnection(database.jdbcUrl(), database.username(), "");
          Statement statement = connection.createStatement()) {
        statement.execute("create table kept (id int)");
      }
      System.out.println("ready");
      Thread.currentThread().join(); // until it is killed
    }
  }

  private static Admin admin(EmbeddedBroker broker) {
    return Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
  }
}
