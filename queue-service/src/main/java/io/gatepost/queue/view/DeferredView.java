package io.gatepost.queue.view;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.queue.QueuedMessage;
import io.gatepost.queue.log.RecordLocation;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/// The deferred messages as rows, for the operator. Fed from the log off the mail path; when the
/// database is away, mail goes on and the view catches up. Every method may block, and fails with
/// Spring's `DataAccessException` where the database does not answer.
public final class DeferredView {

  private static final String SCHEMA = "queue";
  private static final int MAX_RECIPIENTS = 100;

  /// Many rows in one statement: one round trip and one plan for thousands.
  private static final String UPSERT =
      """
      insert into queue.deferred
        (id, generation, attempts, arrived_at, due_at, sender, recipients, octets, last_reply,
         topic, partition, record_offset)
      select * from unnest(?::text[], ?::int[], ?::int[], ?::timestamptz[], ?::timestamptz[],
        ?::text[], ?::text[], ?::bigint[], ?::text[], ?::text[], ?::int[], ?::bigint[])
      on conflict (id) do update set
        generation = excluded.generation, attempts = excluded.attempts, due_at = excluded.due_at,
        recipients = excluded.recipients, last_reply = excluded.last_reply,
        topic = excluded.topic, partition = excluded.partition,
        record_offset = excluded.record_offset
      where deferred.generation < excluded.generation
        or (deferred.generation = excluded.generation and deferred.due_at < excluded.due_at)
      """;

  /// Only of a row that knows the place from which its record was moved.
  private static final String MOVE =
      """
      update queue.deferred set
        due_at = move.due_at, topic = move.to_topic, record_offset = move.to_offset
      from unnest(?::text[], ?::timestamptz[], ?::text[], ?::bigint[], ?::text[], ?::bigint[])
        as move (id, due_at, from_topic, from_offset, to_topic, to_offset)
      where deferred.id = move.id
        and deferred.topic = move.from_topic and deferred.record_offset = move.from_offset
      """;

  private static final String DELETE =
      """
      delete from queue.deferred using unnest(?::text[], ?::int[]) as over (id, generation)
      where deferred.id = over.id and deferred.generation <= over.generation
      """;

  private static final String FORGET =
      """
      delete from queue.deferred
      using unnest(?::text[], ?::int[], ?::bigint[]) as moved (topic, partition, up_to)
      where deferred.topic = moved.topic and deferred.partition = moved.partition
        and deferred.record_offset < moved.up_to
        and deferred.due_at < now() - make_interval(secs => ?)
      """;

  private final DataSource dataSource;
  private final JdbcTemplate jdbc;
  private final JdbcClient client;

  public DeferredView(DataSource dataSource) {
    this.dataSource = dataSource;
    this.jdbc = new JdbcTemplate(dataSource);
    this.client = JdbcClient.create(dataSource);
  }

  /// A deferred message and where its record lies.
  public record Row(QueuedMessage message, RecordLocation location) {}

  /// Creates or updates the tables.
  public void migrate() {
    Flyway.configure()
        .dataSource(dataSource)
        .schemas(SCHEMA)
        .locations("classpath:db/migration/queue")
        .load()
        .migrate();
  }

  /// Notes deferrals, one for each message; an older generation never replaces a newer.
  void deferred(Collection<Deferral> deferrals) {
    if (deferrals.isEmpty()) {
      return;
    }
    jdbc.update(connection -> {
      PreparedStatement upsert = connection.prepareStatement(UPSERT);
      Columns<Deferral> columns = new Columns<>(connection, upsert, deferrals);
      columns.add("text", each -> each.envelope().id().text());
      columns.add("int4", each -> each.envelope().generation());
      columns.add("int4", each -> each.envelope().attempts());
      columns.add("timestamptz", each -> each.envelope().arrivedAt().atOffset(ZoneOffset.UTC));
      columns.add("timestamptz", each -> each.dueAt().atOffset(ZoneOffset.UTC));
      columns.add("text", each -> each.envelope().sender().text());
      columns.add("text", each -> recipients(each.envelope()));
      columns.add("int8", each -> each.envelope().content().octets());
      columns.add("text", Deferral::lastReply);
      columns.add("text", each -> each.location().topic());
      columns.add("int4", each -> each.location().partition());
      columns.add("int8", each -> each.location().offset());
      return upsert;
    });
  }

  /// Notes moves, one for each message; a record stays in its partition.
  ///
  /// @return how many changed their row; the others have none, or one that knows of another place
  int moved(Collection<Move> moves) {
    if (moves.isEmpty()) {
      return 0;
    }
    return jdbc.update(connection -> {
      PreparedStatement update = connection.prepareStatement(MOVE);
      Columns<Move> columns = new Columns<>(connection, update, moves);
      columns.add("text", Move::id);
      columns.add("timestamptz", each -> each.dueAt().atOffset(ZoneOffset.UTC));
      columns.add("text", each -> each.from().topic());
      columns.add("int8", each -> each.from().offset());
      columns.add("text", each -> each.to().topic());
      columns.add("int8", each -> each.to().offset());
      return update;
    });
  }

  /// Notes that generations have ended: nothing later was written, so the messages are gone.
  void ended(Map<QueueId, Integer> generations) {
    if (generations.isEmpty()) {
      return;
    }
    jdbc.update(connection -> {
      PreparedStatement delete = connection.prepareStatement(DELETE);
      Columns<Map.Entry<QueueId, Integer>> columns =
          new Columns<>(connection, delete, generations.entrySet());
      columns.add("text", each -> each.getKey().text());
      columns.add("int4", Map.Entry::getValue);
      return delete;
    });
  }

  /// Forgets messages that came due so long ago, and have been moved on, that they must be
  /// delivered or deferred again: an end that was noted before its deferral leaves such a row.
  ///
  /// @param readUpTo the place after the last record that was moved, of each partition
  void forgetOverdue(Duration by, Collection<RecordLocation> readUpTo) {
    jdbc.update(connection -> {
      PreparedStatement delete = connection.prepareStatement(FORGET);
      Columns<RecordLocation> columns = new Columns<>(connection, delete, readUpTo);
      columns.add("text", RecordLocation::topic);
      columns.add("int4", RecordLocation::partition);
      columns.add("int8", RecordLocation::offset);
      delete.setLong(4, by.toSeconds());
      return delete;
    });
  }

  /// The messages that have waited longest.
  public List<QueuedMessage> oldest(int limit) {
    return client
        .sql("select * from queue.deferred order by arrived_at, id limit :limit")
        .param("limit", limit)
        .query((row, number) -> row(row).message())
        .list();
  }

  /// One message.
  public Optional<Row> find(QueueId id) {
    return client
        .sql("select * from queue.deferred where id = :id")
        .param("id", id.text())
        .query((row, number) -> row(row))
        .optional();
  }

  private static String recipients(Envelope envelope) {
    return envelope.recipients().stream()
        .limit(MAX_RECIPIENTS)
        .map(recipient -> recipient.address().toString())
        .collect(Collectors.joining("\n"));
  }

  private static Row row(ResultSet row) throws SQLException {
    return new Row(
        new QueuedMessage(
            QueueId.of(row.getString("id")),
            row.getInt("generation"),
            row.getInt("attempts"),
            row.getObject("arrived_at", OffsetDateTime.class).toInstant(),
            row.getObject("due_at", OffsetDateTime.class).toInstant(),
            ReversePath.of(row.getString("sender")),
            Arrays.stream(row.getString("recipients").split("\n")).map(ForwardPath::of).toList(),
            row.getLong("octets"),
            row.getString("last_reply")),
        new RecordLocation(
            row.getString("topic"), row.getInt("partition"), row.getLong("record_offset")));
  }

  /// Sets the parameters of a statement to arrays, a column of the rows each.
  private record Columns<T>(
      Connection connection, PreparedStatement statement, Collection<T> rows, int[] last) {

    Columns(Connection connection, PreparedStatement statement, Collection<T> rows) {
      this(connection, statement, rows, new int[1]);
    }

    void add(String type, Function<T, Object> value) throws SQLException {
      Object[] column = rows.stream().map(value).toArray();
      statement.setArray(++last[0], connection.createArrayOf(type, column));
    }
  }
}
