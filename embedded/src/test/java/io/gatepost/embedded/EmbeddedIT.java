package io.gatepost.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class EmbeddedIT {

  private static final Duration PATIENCE = Duration.ofMinutes(1);

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
  void aBrokerThatIsStartedAgainHasItsTopicsAtItsAddress() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(directory);
        Admin admin = admin(broker)) {
      admin.createTopics(List.of(new NewTopic("kept", 1, (short) 1))).all().get();

      broker.restart();

      await()
          .atMost(PATIENCE)
          .ignoreExceptions() // until it answers again
          .until(() -> admin.listTopics().names().get().contains("kept"));
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
        Connection connection = connect(next);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select count(*) from kept")) {
      assertThat(rows.next()).isTrue();
    }
    assertThat(ProcessHandle.of(orphan).filter(ProcessHandle::isAlive)).isEmpty();
  }

  @Test
  void theDatabaseStartsOverTheLockOfAStartThatFailed() throws Exception {
    Path data = Files.createDirectories(directory.resolve("data"));
    try (FileChannel lock =
            FileChannel.open(
                data.resolve("epg-lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock left = lock.lock();
        EmbeddedDatabase database = EmbeddedDatabase.start(directory);
        Connection connection = connect(database)) {
      assertThat(left.isValid()).isTrue();
      assertThat(connection.isValid(1)).isTrue();
    }
  }

  @Test
  void aSupervisedDatabaseThatIsKilledIsThereAgain() throws Exception {
    try (SupervisedDatabase database = SupervisedDatabase.supervise(directory, FreePort.find())) {
      await().atMost(PATIENCE).until(database::isRunning);
      ProcessHandle killed = postmaster();

      killed.destroyForcibly();

      await()
          .atMost(PATIENCE)
          .ignoreExceptions() // while there is no pid file
          .until(() -> postmaster().pid() != killed.pid());
      awaitAnswer(database);
    }
    assertThat(directory.resolve("data/postmaster.pid")).doesNotExist();
  }

  /// A start that does not come to its end: the server waits for a log that is to be fetched.
  @Test
  void aSupervisedDatabaseThatIsKilledInItsStartIsThereAgain() throws Exception {
    EmbeddedDatabase.start(directory).close();
    Path data = directory.resolve("data");
    Path recovery = Files.createFile(data.resolve("recovery.signal"));
    Path settings = data.resolve("postgresql.auto.conf");
    String before = Files.readString(settings);
    Path fetched = directory.resolve("fetched");
    Files.writeString(
        settings, before + "restore_command = 'touch " + fetched + "; exec sleep 3600'\n");
    try (SupervisedDatabase database = SupervisedDatabase.supervise(directory, FreePort.find())) {
      await().atMost(PATIENCE).until(() -> Files.exists(fetched));
      List<ProcessHandle> killed =
          Stream.concat(Stream.of(postmaster()), postmaster().descendants()).toList();
      Files.delete(recovery);
      Files.writeString(settings, before);

      killed.forEach(ProcessHandle::destroyForcibly);

      awaitAnswer(database);
    }
  }

  @Test
  void aDatabaseIsSupervisedThoughItsProcessCannotBeLookedFor() throws Exception {
    ListAppender<ILoggingEvent> said = new ListAppender<>();
    said.start();
    ((Logger) LoggerFactory.getLogger(SupervisedDatabase.class)).addAppender(said);
    Path pidFile = directory.resolve("data/postmaster.pid");
    try (SupervisedDatabase database = SupervisedDatabase.supervise(directory, FreePort.find())) {
      await().atMost(PATIENCE).until(database::isRunning);
      Path aside = Files.move(pidFile, directory.resolve("aside"));
      Files.createDirectory(pidFile); // which cannot be read as a file
      await().atMost(PATIENCE).until(() -> !said.list.isEmpty());
      assertThat(said.list.getFirst().getFormattedMessage()).contains("is not known");
      Files.delete(pidFile);
      Files.move(aside, pidFile);

      ProcessHandle killed = postmaster();
      killed.destroyForcibly();

      await()
          .atMost(PATIENCE)
          .ignoreExceptions() // while there is no pid file
          .until(() -> postmaster().pid() != killed.pid());
      awaitAnswer(database);
    }
  }

  @Test
  void aSupervisedDatabaseThatDoesNotStartIsTriedAgain() throws Exception {
    Path data = Files.createFile(directory.resolve("data")); // where its directory should be
    ListAppender<ILoggingEvent> said = new ListAppender<>();
    said.start();
    ((Logger) LoggerFactory.getLogger(SupervisedDatabase.class)).addAppender(said);
    try (SupervisedDatabase database = SupervisedDatabase.supervise(directory, FreePort.find())) {
      await().atMost(PATIENCE).until(() -> !said.list.isEmpty());
      assertThat(said.list.getFirst().getFormattedMessage()).contains("does not start");
      Files.delete(data);

      awaitAnswer(database);
    }
  }

  @Test
  void nobodyGetsIntoTheDatabaseWithoutItsPassword() throws Exception {
    int port = FreePort.find();
    try (EmbeddedDatabase database = EmbeddedDatabase.start(directory, port)) {
      try (Connection connection = connect(database)) {
        assertThat(connection.isValid(1)).isTrue();
      }
      for (String guess : List.of("", "postgres")) {
        assertRejected(database, database.username(), guess);
      }
      assertRejected(database, "gatepost", database.password());
      assertThat(Files.getPosixFilePermissions(directory.resolve("password")))
          .isEqualTo(PosixFilePermissions.fromString("rw-------"));
      assertThat(Path.of("/tmp/.s.PGSQL." + port)).doesNotExist();
    }
  }

  @Test
  void dataOfAVersionThatAskedForNoPasswordGetsOne() throws Exception {
    try (EmbeddedDatabase earlier = EmbeddedDatabase.start(directory);
        Connection connection = connect(earlier);
        Statement statement = connection.createStatement()) {
      statement.execute("create table kept (id int)");
      statement.execute("alter role postgres password null");
    }
    Files.delete(directory.resolve("password"));
    Files.writeString(
        directory.resolve("data/pg_hba.conf"),
        "local all all trust\nhost all all 127.0.0.1/32 trust\n");

    try (EmbeddedDatabase database = EmbeddedDatabase.start(directory)) {
      assertRejected(database, database.username(), "");
      try (Connection connection = connect(database);
          Statement statement = connection.createStatement();
          ResultSet rows = statement.executeQuery("select count(*) from kept")) {
        assertThat(rows.next()).isTrue();
      }
    }
  }

  private static Connection connect(EmbeddedDatabase database) throws SQLException {
    return DriverManager.getConnection(
        database.jdbcUrl(), database.username(), database.password());
  }

  private static void assertRejected(EmbeddedDatabase database, String user, String password) {
    assertThatThrownBy(() -> DriverManager.getConnection(database.jdbcUrl(), user, password))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).matches("28000|28P01|08004"));
  }

  private String password() throws IOException {
    return Files.readString(SupervisedDatabase.passwordFile(directory));
  }

  private ProcessHandle postmaster() throws IOException {
    String pid = Files.readAllLines(directory.resolve("data/postmaster.pid")).getFirst();
    return ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
  }

  private void awaitAnswer(SupervisedDatabase database) {
    await()
        .atMost(PATIENCE)
        .ignoreExceptions() // while it is not there
        .until(() -> {
          try (Connection connection =
              DriverManager.getConnection(database.jdbcUrl(), database.username(), password())) {
            return connection.isValid(1);
          }
        });
  }

  /// A process that starts a database, makes a table, and is killed.
  static final class DatabaseToBeKilled {
    public static void main(String[] arguments) throws Exception {
      EmbeddedDatabase database = EmbeddedDatabase.start(Path.of(arguments[0]));
      try (Connection connection = connect(database);
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
