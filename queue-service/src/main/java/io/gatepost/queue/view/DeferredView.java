package io.gatepost.queue.view;

import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.queue.QueuePage;
import io.gatepost.contract.queue.QueuePosition;
import io.gatepost.contract.queue.QueueSearch;
import io.gatepost.contract.queue.QueuedMessage;
import io.gatepost.contract.reply.Reason;
import io.gatepost.queue.log.append.RecordLocation;
import io.gatepost.queue.search.SearchTerms;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.PreparedStatementCallback;

/// The deferred messages as rows, for the operator. Fed from the log off the mail path; when the
/// database is away, mail goes on and the view catches up. Every method may block, and fails with
/// Spring's `DataAccessException` where the database does not answer.
public final class DeferredView {

  /// A search that takes longer fails with Spring's `QueryTimeoutException`.
  public static final int SEARCH_SECONDS = 10;

  /// Beyond it matching messages are not counted.
  private static final int MAX_COUNTED = 10_000;

  /// Many rows in one statement: one round trip and one plan for thousands.
  private static final String UPSERT =
      """
      insert into queue.deferred
        (id, generation, attempts, arrived_at, due_at, sender, recipients, recipient_count, octets,
         last_reply, reason, destination, topic, partition, record_offset)
      select * from unnest(?::text[], ?::int[], ?::int[], ?::timestamptz[], ?::timestamptz[],
        ?::text[], ?::text[], ?::int[], ?::bigint[], ?::text[], ?::text[], ?::text[], ?::text[],
        ?::int[], ?::bigint[])
      on conflict (id) do update set
        generation = excluded.generation, attempts = excluded.attempts, due_at = excluded.due_at,
        recipients = excluded.recipients, recipient_count = excluded.recipient_count,
        last_reply = excluded.last_reply, reason = excluded.reason,
        destination = excluded.destination, topic = excluded.topic,
        partition = excluded.partition, record_offset = excluded.record_offset
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

  private static final String NOTE =
      """
      insert into queue.log_position (topic, partition, next_offset)
      select * from unnest(?::text[], ?::int[], ?::bigint[])
      on conflict (topic, partition) do update set next_offset = excluded.next_offset
      """;

  private final JdbcTemplate jdbc;
  private final DeferredRows rows;

  DeferredView(JdbcTemplate jdbc, DeferredRows rows) {
    this.jdbc = jdbc;
    this.rows = rows;
  }

  /// A deferred message and where its record lies.
  public record Row(QueuedMessage message, RecordLocation location) {}

  /// Changes by a batch of the log's records, one of each kind for a message. They are made in this
  /// order.
  ///
  /// @param deferrals an older generation never replaces a newer
  /// @param moves of records that stay in their partition; they change rows that know the place
  ///   from which the record was moved
  /// @param ended generations: nothing later was written, so the messages are gone
  /// @param readUpTo the place after the last record, of each partition
  record Changes(
      Collection<Deferral> deferrals,
      Collection<Move> moves,
      Map<QueueId, Integer> ended,
      Map<TopicPartition, Long> readUpTo) {}

  /// Makes the changes, in one round trip.
  ///
  /// @return how many moves changed their row; the others have none, or one that knows of another
  ///   place
  int write(Changes changes) {
    List<Part> parts =
        Stream.of(
                new Part(UPSERT, changes.deferrals().size(), to -> addDeferrals(to, changes)),
                new Part(MOVE, changes.moves().size(), to -> addMoves(to, changes)),
                new Part(DELETE, changes.ended().size(), to -> addEnded(to, changes)),
                new Part(NOTE, changes.readUpTo().size(), to -> addPositions(to, changes)))
            .filter(part -> part.rows() > 0)
            .toList();
    if (parts.isEmpty()) {
      return 0;
    }
    String statement = parts.stream().map(Part::sql).collect(Collectors.joining(";\n"));
    List<Integer> changed =
        jdbc.execute(
            statement,
            (PreparedStatementCallback<List<Integer>>)
                prepared -> {
                  Columns columns = new Columns(prepared);
                  for (Part part : parts) {
                    part.columns().addTo(columns);
                  }
                  return counts(prepared, parts.size());
                });
    for (int i = 0; i < parts.size(); i++) {
      if (parts.get(i).sql().equals(MOVE)) {
        return Objects.requireNonNull(changed).get(i);
      }
    }
    return 0;
  }

  /// Returns up to where the rows tell of the log: the place of the next record, of each partition
  /// of which one was taken.
  Map<TopicPartition, Long> readUpTo() {
    Map<TopicPartition, Long> positions = new HashMap<>();
    jdbc.query(
        "select topic, partition, next_offset from queue.log_position",
        row -> {
          positions.put(new TopicPartition(row.getString(1), row.getInt(2)), row.getLong(3));
        });
    return positions;
  }

  /// Forgets messages that came due so long ago, and have been moved on, that they must be
  /// delivered or deferred again: an end that was noted before its deferral leaves such a row.
  ///
  /// @param readUpTo the place after the last record that was moved, of each partition
  void forgetOverdue(Duration by, Collection<RecordLocation> readUpTo) {
    jdbc.execute(
        FORGET,
        (PreparedStatementCallback<Integer>)
            delete -> {
              Columns columns = new Columns(delete);
              columns.add("text", readUpTo, RecordLocation::topic);
              columns.add("int4", readUpTo, RecordLocation::partition);
              columns.add("int8", readUpTo, RecordLocation::offset);
              delete.setLong(4, by.toSeconds());
              return delete.executeUpdate();
            });
  }

  /// Returns a page of the messages that meet the conditions, oldest first.
  public QueuePage search(QueueSearch search) {
    SearchText text = SearchText.of(search.filter());
    List<DeferredRow> found =
        rows.findPage(
            text,
            search
                .after()
                .map(position -> SearchTerms.time(position.arrivedAt()))
                .orElse(SearchTerms.EARLIEST),
            search.after().map(position -> position.id().text()).orElse(""),
            search.limit() + 1);
    List<QueuedMessage> page =
        found.stream().limit(search.limit()).map(DeferredRow::message).toList();
    Optional<QueuePosition> next =
        found.size() > search.limit()
            ? Optional.of(new QueuePosition(page.getLast().arrivedAt(), page.getLast().id()))
            : Optional.empty();
    boolean isAll = search.after().isEmpty() && next.isEmpty();
    long matching = isAll ? page.size() : rows.countMatches(text, MAX_COUNTED + 1);
    return new QueuePage(page, next, QueuePage.Count.upTo(MAX_COUNTED, matching));
  }

  /// One message.
  public Optional<Row> find(QueueId id) {
    return rows.findById(id.text()).map(row -> new Row(row.message(), row.location()));
  }

  private static String recipients(Envelope envelope) {
    return envelope.recipients().stream()
        .map(recipient -> recipient.address().toString())
        .collect(Collectors.joining("\n"));
  }

  private static void addDeferrals(Columns to, Changes changes) throws SQLException {
    Collection<Deferral> rows = changes.deferrals();
    to.add("text", rows, each -> each.envelope().id().text());
    to.add("int4", rows, each -> each.envelope().generation());
    to.add("int4", rows, each -> each.envelope().attempts());
    to.add("timestamptz", rows, each -> each.envelope().arrivedAt().atOffset(ZoneOffset.UTC));
    to.add("timestamptz", rows, each -> each.dueAt().atOffset(ZoneOffset.UTC));
    to.add("text", rows, each -> each.envelope().sender().text());
    to.add("text", rows, each -> recipients(each.envelope()));
    to.add("int4", rows, each -> each.envelope().recipients().size());
    to.add("int8", rows, each -> each.envelope().content().octets());
    to.add("text", rows, Deferral::lastReply);
    to.add("text", rows, each -> each.reason().map(Reason::label).orElse(""));
    to.add("text", rows, each -> each.destination().orElse(""));
    to.add("text", rows, each -> each.location().topic());
    to.add("int4", rows, each -> each.location().partition());
    to.add("int8", rows, each -> each.location().offset());
  }

  private static void addMoves(Columns to, Changes changes) throws SQLException {
    Collection<Move> rows = changes.moves();
    to.add("text", rows, Move::id);
    to.add("timestamptz", rows, each -> each.dueAt().atOffset(ZoneOffset.UTC));
    to.add("text", rows, each -> each.from().topic());
    to.add("int8", rows, each -> each.from().offset());
    to.add("text", rows, each -> each.to().topic());
    to.add("int8", rows, each -> each.to().offset());
  }

  private static void addEnded(Columns to, Changes changes) throws SQLException {
    Collection<Map.Entry<QueueId, Integer>> rows = changes.ended().entrySet();
    to.add("text", rows, each -> each.getKey().text());
    to.add("int4", rows, Map.Entry::getValue);
  }

  private static void addPositions(Columns to, Changes changes) throws SQLException {
    Collection<Map.Entry<TopicPartition, Long>> rows = changes.readUpTo().entrySet();
    to.add("text", rows, each -> each.getKey().topic());
    to.add("int4", rows, each -> each.getKey().partition());
    to.add("int8", rows, Map.Entry::getValue);
  }

  /// Runs what was prepared and counts the rows that each of its statements changed.
  private static List<Integer> counts(PreparedStatement statements, int number)
      throws SQLException {
    List<Integer> counts = new ArrayList<>();
    statements.execute();
    for (int i = 0; i < number; i++) {
      counts.add(statements.getUpdateCount());
      statements.getMoreResults();
    }
    return counts;
  }

  /// One of the statements that are sent together.
  private record Part(String sql, int rows, Setting columns) {}

  /// Sets the parameters of a statement.
  private interface Setting {
    void addTo(Columns columns) throws SQLException;
  }

  /// Sets the parameters of statements to arrays, a column of the rows each.
  private static final class Columns {
    private final PreparedStatement statement;
    private int last;

    Columns(PreparedStatement statement) {
      this.statement = statement;
    }

    <T> void add(String type, Collection<T> rows, Function<T, Object> value) throws SQLException {
      Object[] column = rows.stream().map(value).toArray();
      statement.setArray(++last, statement.getConnection().createArrayOf(type, column));
    }
  }
}
