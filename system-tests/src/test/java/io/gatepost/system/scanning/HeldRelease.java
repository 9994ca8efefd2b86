package io.gatepost.system.scanning;

import static org.awaitility.Awaitility.await;

import io.gatepost.testkit.product.GatepostProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/// Holds the next release from the quarantine between two of its steps, those of `docs/queue.md`,
/// by locks in the embedded database of a suite: until this is closed, or the database is killed.
final class HeldRelease implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /// Numbers of advisory locks. A change of a row waits for one, its deletion for the other.
  private static final int MARK = 1;

  private static final int DELETION = 2;

  private static final String TRIGGERS =
      """
      create or replace function queue.held_by_a_test() returns trigger language plpgsql as $$
      begin
        perform pg_advisory_xact_lock_shared(tg_argv[0]::int);
        if tg_op = 'DELETE' then return old; end if;
        return new;
      end $$;
      create or replace trigger held_mark before update on queue.quarantine
        for each row execute function queue.held_by_a_test('%d');
      create or replace trigger held_deletion before delete on queue.quarantine
        for each row execute function queue.held_by_a_test('%d');
      """
          .formatted(MARK, DELETION);

  private final String url;
  private final String password;
  private final Step step;
  private final Connection gate;
  private final Connection table;

  /// Behind which step it stands.
  private enum Step {
    MARKED,
    ON_THE_LOG
  }

  private HeldRelease(GatepostProcess gatepost, Step step) {
    Path postgres = gatepost.data().resolve("postgres");
    this.step = step;
    try {
      String port = Files.readAllLines(postgres.resolve("data/postmaster.pid")).get(3).strip();
      url = "jdbc:postgresql://127.0.0.1:" + port + "/postgres";
      password = Files.readString(postgres.resolve("password")).strip();
      gate = connect();
      table = connect();
      execute(gate, TRIGGERS);
      execute(gate, "select pg_advisory_lock(" + lock(step) + ")");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static int lock(Step step) {
    return switch (step) {
      case MARKED -> MARK;
      case ON_THE_LOG -> DELETION;
    };
  }

  /// Between steps 1 and 2: the row says that the message is being released, and the log knows
  /// nothing of it.
  static HeldRelease behindItsMark(GatepostProcess gatepost) {
    return new HeldRelease(gatepost, Step.MARKED);
  }

  /// Between steps 3 and 4: the message is on the log, and the row is still there.
  static HeldRelease behindTheLog(GatepostProcess gatepost) {
    return new HeldRelease(gatepost, Step.ON_THE_LOG);
  }

  /// Returns when a release stands there.
  void awaitIt() {
    switch (step) {
      case MARKED -> {
        awaitWaiting("locktype = 'advisory' and objid = " + MARK);
        lockBehindTheChange();
        awaitWaiting("relation = 'queue.quarantine'::regclass and mode = 'RowShareLock'");
      }
      case ON_THE_LOG -> awaitWaiting("locktype = 'advisory' and objid = " + DELETION);
    }
  }

  @Override
  public void close() {
    try (table) {
      gate.close();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Locks the table as soon as the change of the row is committed: who comes later waits behind.
  private void lockBehindTheChange() {
    CompletableFuture<Void> locked =
        CompletableFuture.runAsync(
            () -> execute(table, "begin; lock table queue.quarantine in exclusive mode"),
            task -> Thread.ofVirtual().start(task));
    awaitWaiting("relation = 'queue.quarantine'::regclass and mode = 'ExclusiveLock'");
    execute(gate, "select pg_advisory_unlock(" + MARK + ")");
    locked.join();
  }

  private void awaitWaiting(String what) {
    await(what)
        .atMost(PATIENCE)
        .until(() -> is("select count(*) > 0 from pg_locks where not granted and " + what));
  }

  private boolean is(String query) {
    try (Statement statement = gate.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      return row.next() && row.getBoolean(1);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void execute(Connection connection, String statements) {
    try (Statement statement = connection.createStatement()) {
      statement.execute(statements);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private Connection connect() throws SQLException {
    return DriverManager.getConnection(url, "postgres", password);
  }
}
