package io.gatepost.queue.view;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.queue.QueuedMessage;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.springframework.jdbc.core.simple.JdbcClient;

/// The deferred messages as rows, for the operator. Fed from the log off the mail path; when the
/// database is away, mail goes on and the view catches up. Every method may block, and fails with
/// Spring's `DataAccessException` where the database does not answer.
public final class DeferredView {

  private static final String SCHEMA = "queue";

  private final DataSource dataSource;
  private final JdbcClient jdbc;

  public DeferredView(DataSource dataSource) {
    this.dataSource = dataSource;
    this.jdbc = JdbcClient.create(dataSource);
  }

  /// Creates or updates the tables.
  public void migrate() {
    Flyway.configure()
        .dataSource(dataSource)
        .schemas(SCHEMA)
        .locations("classpath:db/migration/queue")
        .load()
        .migrate();
  }

  /// The ids of all messages in the view.
  Set<String> ids() {
    return new HashSet<>(jdbc.sql("select id from queue.deferred").query(String.class).list());
  }

  /// Notes a deferral; an older generation never replaces a newer.
  void deferred(Envelope envelope, Instant dueAt, String lastReply) {
    jdbc.sql(
            """
            insert into queue.deferred
              (id, generation, attempts, arrived_at, due_at, sender, recipients, octets, last_reply)
            values (:id, :generation, :attempts, :arrivedAt, :dueAt, :sender, :recipients, :octets, :lastReply)
            on conflict (id) do update set
              generation = excluded.generation, attempts = excluded.attempts, due_at = excluded.due_at,
              recipients = excluded.recipients, last_reply = excluded.last_reply
            where deferred.generation < excluded.generation
            """)
        .param("id", envelope.id().text())
        .param("generation", envelope.generation())
        .param("attempts", envelope.attempts())
        .param("arrivedAt", Timestamp.from(envelope.arrivedAt()))
        .param("dueAt", Timestamp.from(dueAt))
        .param("sender", envelope.sender().text())
        .param(
            "recipients",
            String.join(
                "\n", envelope.recipients().stream().map(to -> to.address().toString()).toList()))
        .param("octets", envelope.content().octets())
        .param("lastReply", lastReply)
        .update();
  }

  /// Notes that a generation has ended: nothing later was written, so the message is gone.
  void ended(QueueId id, int generation) {
    jdbc.sql("delete from queue.deferred where id = :id and generation <= :generation")
        .param("id", id.text())
        .param("generation", generation)
        .update();
  }

  /// The messages that have waited longest.
  public List<QueuedMessage> oldest(int limit) {
    return jdbc.sql("select * from queue.deferred order by arrived_at, id limit :limit")
        .param("limit", limit)
        .query((row, number) ->
            new QueuedMessage(
                QueueId.of(row.getString("id")),
                row.getInt("generation"),
                row.getInt("attempts"),
                row.getTimestamp("arrived_at").toInstant(),
                row.getTimestamp("due_at").toInstant(),
                ReversePath.of(row.getString("sender")),
                Arrays.stream(row.getString("recipients").split("\n"))
                    .map(ForwardPath::of)
                    .toList(),
                row.getLong("octets"),
                row.getString("last_reply")))
        .list();
  }
}
