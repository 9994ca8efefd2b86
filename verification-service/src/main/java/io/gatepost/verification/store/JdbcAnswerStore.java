package io.gatepost.verification.store;

import io.gatepost.contract.routing.Destination.NextHop;
import io.gatepost.database.SchemaMigration;
import io.gatepost.verification.cache.AnswerStore;
import io.gatepost.verification.callout.Answer;
import io.gatepost.verification.callout.AnswerKey;
import io.gatepost.verification.callout.Subject;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.data.domain.Limit;
import org.springframework.jdbc.core.JdbcTemplate;

/// Keeps answers in PostgreSQL. A batch is one statement, and so all or nothing.
final class JdbcAnswerStore implements AnswerStore {

  private static final Logger log = LoggerFactory.getLogger(JdbcAnswerStore.class);

  private static final String UPSERT =
      """
      insert into verification.callout_answer
        (destination, recipient, sender, domain, host, address, port, reply, heard_at)
      select * from unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[],
        ?::int[], ?::text[], ?::timestamptz[])
      on conflict (destination, recipient, sender) do update set
        host = excluded.host, address = excluded.address, port = excluded.port,
        reply = excluded.reply, heard_at = excluded.heard_at
      where callout_answer.heard_at < excluded.heard_at
      """;

  /// One statement, and so all or nothing. An address that is asked about again has newer answers.
  private static final String FORGET =
      """
      with dropped as (
        delete from verification.callout_answer where %s = ? and heard_at < ?)
      insert into verification.callout_forgotten (subject, forgotten_at) values (?, ?)
      on conflict (subject) do update
        set forgotten_at = greatest(callout_forgotten.forgotten_at, excluded.forgotten_at)
      """;

  private final JdbcTemplate jdbc;
  private final AnswerRows rows;
  private final SchemaMigration migration;

  JdbcAnswerStore(JdbcTemplate jdbc, AnswerRows rows, SchemaMigration migration) {
    this.jdbc = jdbc;
    this.rows = rows;
    this.migration = migration;
  }

  /// Migrates first, as it is the first call.
  @Override
  public void loadForgotten(BiConsumer<Subject, Instant> reader) {
    migration.run();
    jdbc.query(
        "select subject, forgotten_at from verification.callout_forgotten",
        row -> {
          Instant before = row.getObject("forgotten_at", OffsetDateTime.class).toInstant();
          String subject = row.getString("subject");
          readable(() -> reader.accept(Subject.of(subject), before));
        });
  }

  @Override
  public void load(Instant since, long atMost, BiConsumer<AnswerKey, Answer> reader) {
    int limit = (int) Math.clamp(atMost, 1, Integer.MAX_VALUE);
    for (AnswerRow row : rows.findByHeardAtGreaterThanOrderByHeardAtDesc(since, Limit.of(limit))) {
      readable(() -> reader.accept(row.key(), row.answer()));
    }
  }

  private static void readable(Runnable reading) {
    try {
      reading.run();
    } catch (IllegalArgumentException e) {
      log.warn("callout: a row of the database cannot be read and is left out: {}", e.toString());
    }
  }

  @Override
  public void write(Map<AnswerKey, Answer> batch) {
    List<Map.Entry<AnswerKey, Answer>> entries = new ArrayList<>(batch.entrySet());
    jdbc.update(connection -> {
      PreparedStatement upsert = connection.prepareStatement(UPSERT);
      Columns columns = new Columns(connection, upsert, entries);
      columns.text((key, answer) -> key.destination());
      columns.text((key, answer) -> key.recipient().toString());
      columns.text((key, answer) -> key.sender().text());
      columns.text((key, answer) -> key.recipient().domain().text());
      columns.text((key, answer) -> answer.hop().map(NextHop::host).orElse(""));
      columns.text((key, answer) -> answer.hop().map(NextHop::address).orElse(""));
      columns.add("int4", (key, answer) -> answer.hop().map(NextHop::port).orElse(0));
      columns.text((key, answer) -> answer.reply().toString());
      columns.add("timestamptz", (key, answer) -> answer.at().atOffset(ZoneOffset.UTC));
      return upsert;
    });
  }

  /// The columns of a batch, each as an array.
  private static final class Columns {
    private final Connection connection;
    private final PreparedStatement statement;
    private final List<Map.Entry<AnswerKey, Answer>> entries;
    private int next = 1;

    Columns(
        Connection connection,
        PreparedStatement statement,
        List<Map.Entry<AnswerKey, Answer>> entries) {
      this.connection = connection;
      this.statement = statement;
      this.entries = entries;
    }

    interface Column {
      Object of(AnswerKey key, Answer answer);
    }

    void text(Column column) throws SQLException {
      add("text", column);
    }

    void add(String type, Column column) throws SQLException {
      Function<Map.Entry<AnswerKey, Answer>, Object> value =
          entry -> column.of(entry.getKey(), entry.getValue());
      Array array = connection.createArrayOf(type, entries.stream().map(value).toArray());
      statement.setArray(next++, array);
    }
  }

  @Override
  public void forget(Subject subject, Instant before) {
    String column = subject instanceof Subject.Domain ? "domain" : "recipient";
    OffsetDateTime time = before.atOffset(ZoneOffset.UTC);
    jdbc.update(FORGET.formatted(column), subject.text(), time, subject.text(), time);
  }

  @Override
  public void dropBefore(Instant before) {
    rows.dropBefore(before);
    rows.dropForgottenBefore(before);
  }

  @Override
  public void keepNewest(long most) {
    rows.dropBehind(most);
  }
}
