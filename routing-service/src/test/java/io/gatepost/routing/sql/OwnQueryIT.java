package io.gatepost.routing.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.gate.Gate;
import io.gatepost.testkit.infrastructure.TestDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Flux;

/// A query of the operator's, on a PostgreSQL with tables of another's.
class OwnQueryIT {

  private static final String SLOW =
      "select 'mailbox' from (select pg_sleep(0.2)) as slow where :local is not null";

  @TempDir static Path data;
  private static TestDatabase database;

  @BeforeAll
  static void start() throws SQLException {
    database = TestDatabase.start();
    try (Connection connection =
            DriverManager.getConnection(
                database.jdbcUrl(), database.username(), database.password());
        Statement statement = connection.createStatement()) {
      statement.execute("create table users (mail text, leads_to text, partner text)");
      statement.execute(
          """
          insert into users values
            ('ann@own.test', 'mailbox', null),
            ('boss@own.test', 'mailbox:ann', null),
            ('far@own.test', 'x@mailer.test, y@mailer.test', null),
            ('two@own.test', 'ann@own.test', null), ('two@own.test', 'boss@own.test', null),
            ('gone@own.test', 'error:5.1.6:551 moved', null),
            ('mixed@own.test', 'mailbox', null), ('mixed@own.test', 'error:5.1.6:551 no', null),
            ('bad@own.test', 'mailbox:../../etc', null),
            ('empty@own.test', null, null),
            ('partner@own.test', 'mailbox', 'friend@far.test')
          """);
    }
  }

  @AfterAll
  static void stop() {
    database.close();
  }

  @ParameterizedTest
  @CsvSource({
    "ann@own.test, maildir:ann@own.test",
    "Ann+x@own.test, maildir:ann@own.test",
    "boss@own.test, maildir:ann@own.test",
    "two@own.test, 'maildir:ann@own.test, maildir:ann@own.test'",
    "gone@own.test, 551 5.1.6 moved",
    "nobody@own.test, 550 5.1.1 No such user: nobody@own.test",
    "empty@own.test, 550 5.1.1 No such user: empty@own.test",
    "partner@own.test, 550 5.1.1 No such user: partner@own.test",
    "'\"'' or mail like ''%\"@own.test', '550 5.1.1 No such user: \"'' or mail like"
        + " ''%\"@own.test'",
  })
  void itsRowsAreValues(String address, String expected) {
    try (SqlProcess process = process(database.jdbcUrl())) {
      assertThat(process.route(address)).isEqualTo(expected);
      assertThat(process.route("mixed@own.test")).startsWith("451 4.3.0");
      assertThat(process.route("bad@own.test")).startsWith("451 4.3.0");
      assertThat(process.route("ann@elsewhere.test")).startsWith("554 5.7.1");
    }
  }

  @Test
  void theSenderMayDecide() {
    try (SqlProcess process = process(database.jdbcUrl())) {
      String partner = "partner@own.test";

      assertThat(SqlProcess.words(process.ask("Friend@far.test", partner).block()))
          .isEqualTo("maildir:partner@own.test");
      assertThat(SqlProcess.words(process.ask("other@far.test", partner).block()))
          .startsWith("550 5.1.1");
    }
  }

  private static SqlProcess process(String url) {
    return SqlProcess.start(
        database,
        data,
        "spring.datasource.url=jdbc:postgresql://127.0.0.1:1/none",
        "gatepost.routing.sql.query=select leads_to from users where mail = :address"
            + " and (partner is null or partner = :sender)",
        "gatepost.routing.sql.domains=own.test",
        "gatepost.routing.sql.url=" + url,
        "gatepost.routing.sql.username=" + database.username(),
        "gatepost.routing.sql.password=" + database.password());
  }

  @Test
  void aHundredQuestionsShareTheSlotsAndEqualOnesAreAskedOnce() {
    try (SqlProcess process = slow(8, "10s")) {
      List<String> answers =
          Flux.range(0, 100)
              .flatMap(i -> process.ask("user" + i + "@own.test").map(SqlProcess::words), 100)
              .collectList()
              .block(SqlProcess.PATIENCE);
      assertThat(answers).hasSize(100).allMatch(answer -> answer.startsWith("maildir:user"));

      Gate gate = process.context().getBean("sqlGate", Gate.class);
      long before = gate.state().held().count();
      Flux.range(0, 100).flatMap(_ -> process.ask("same@own.test"), 100).blockLast();
      assertThat(gate.state().held().count() - before).isEqualTo(1);
      assertThat(gate.state().held().count()).isEqualTo(101);
    }
  }

  @Test
  void whereAllSlotsAreTakenAQuestionWaitsForABoundedTimeAndIs4xx() {
    try (SqlProcess process = slow(1, "500ms")) {
      long start = System.nanoTime();
      List<String> answers =
          Flux.range(0, 50)
              .flatMap(i -> process.ask("busy" + i + "@own.test").map(SqlProcess::words), 50)
              .collectList()
              .block(SqlProcess.PATIENCE);

      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
      assertThat(answers).hasSize(50).anyMatch(answer -> answer.startsWith("451 4.3.0"));
      assertThat(answers)
          .allMatch(answer -> answer.startsWith("maildir:busy") || answer.startsWith("451 4.3.0"));
      assertThat(process.route("nobody@local.test")).startsWith("550 5.1.1");
    }
  }

  @Test
  void aQueryThatTakesTooLongIs4xxAndItsSlotComesFree() {
    try (SqlProcess process =
        SqlProcess.start(
            database,
            data,
            "gatepost.routing.sql.query=select 'mailbox' from (select pg_sleep(case :local when"
                + " 'slow' then 30 else 0 end)) as slow",
            "gatepost.routing.sql.domains=own.test",
            "gatepost.routing.sql.slots=1",
            "gatepost.routing.sql.timeout=1s")) {
      assertThat(process.route("slow@own.test")).startsWith("451 4.3.0");

      assertThat(process.route("quick@own.test")).isEqualTo("maildir:quick@own.test");
    }
  }

  private static SqlProcess slow(int slots, String wait) {
    return SqlProcess.start(
        database,
        data,
        "gatepost.routing.sql.query=" + SLOW,
        "gatepost.routing.sql.domains=own.test",
        "gatepost.routing.sql.slots=" + slots,
        "gatepost.routing.sql.max-wait=" + wait);
  }
}
