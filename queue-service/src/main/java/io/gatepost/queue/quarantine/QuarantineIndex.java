package io.gatepost.queue.quarantine;

import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.queue.Finding;
import io.gatepost.contract.queue.QuarantineFilter;
import io.gatepost.contract.queue.QuarantinePage;
import io.gatepost.contract.queue.QuarantineSearch;
import io.gatepost.contract.queue.QuarantinedMessage;
import io.gatepost.contract.queue.QuarantinedMessage.State;
import io.gatepost.contract.queue.QueuePage;
import io.gatepost.contract.queue.QueuePosition;
import io.gatepost.contract.wire.ContractJson;
import io.gatepost.contract.wire.EnvelopeRecordCodec;
import io.gatepost.queue.search.SearchTerms;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/// The index of the quarantine in PostgreSQL: the one place that knows which messages are in it.
/// Methods block, and fail with Spring's `DataAccessException` or `TransactionException` where the
/// database does not answer.
final class QuarantineIndex {

  /// Beyond it matching messages are not counted.
  static final int MAX_COUNTED = 10_000;

  /// The log is written while a row is locked.
  private static final int RELEASE_SECONDS = 60;

  private static final int AT_A_TIME = 1_000;
  private static final byte[] NOTHING = new byte[0];

  /// The bounds are looked at in the statement that adds: those who add at the same moment may go
  /// beyond them by one message each.
  private static final String ADD =
      """
      insert into queue.quarantine
        (id, state, arrived_at, since, sender, recipients, recipient_count, octets, finding,
         results, envelope)
      select ?, 'HELD', ?, ?, ?, ?, ?, ?, ?, ?, ?
      from (select count(*) as messages, coalesce(sum(octets), 0) as octets from queue.quarantine)
        as present
      where present.messages < ? and present.octets + ? <= ?
      on conflict (id) do nothing
      """;

  /// A server may be set up to lose the latest commits in a crash, as the embedded one is. Here
  /// they are the truth: what was committed is on the disk, or on the replicas that are asked for.
  private static final String DURABLE =
      """
      select set_config('synchronous_commit',
        case current_setting('synchronous_commit') when 'off' then 'on'
          else current_setting('synchronous_commit') end,
        true)
      """;

  private final JdbcTemplate jdbc;
  private final QuarantineRows rows;
  private final TransactionTemplate changes;
  private final TransactionTemplate releases;

  QuarantineIndex(JdbcTemplate jdbc, QuarantineRows rows, PlatformTransactionManager manager) {
    this.jdbc = jdbc;
    this.rows = rows;
    this.changes = new TransactionTemplate(manager);
    this.changes.setTimeout(QuarantineRows.SECONDS);
    this.releases = new TransactionTemplate(manager);
    this.releases.setTimeout(RELEASE_SECONDS);
  }

  /// How much is in it.
  record Total(long messages, long octets, Optional<Instant> oldest) {}

  /// Adds a message; false where the bounds are reached, or it is there already.
  ///
  /// @param envelope with the name that its content gets when it is released
  boolean add(Envelope envelope, Finding finding, Instant since, QuarantineLimits limits) {
    long octets = envelope.content().octets();
    Object[] values = {
      envelope.id().text(),
      envelope.arrivedAt().atOffset(ZoneOffset.UTC),
      since.atOffset(ZoneOffset.UTC),
      envelope.sender().text(),
      envelope.recipients().stream()
          .map(recipient -> recipient.address().toString())
          .collect(Collectors.joining("\n")),
      envelope.recipients().size(),
      octets,
      finding.words(),
      ContractJson.MAPPER.writeValueAsString(finding.results()),
      EnvelopeRecordCodec.encode(new EnvelopeRecord(envelope, NOTHING)),
      limits.mostMessages(),
      octets,
      limits.mostOctets()
    };
    return durably(changes, () -> jdbc.update(ADD, values)) > 0;
  }

  Optional<QuarantineRow> find(QueueId id) {
    return rows.findById(id.text());
  }

  /// Returns a page of the messages that meet the conditions.
  ///
  /// @param keep how long each stays
  QuarantinePage search(QuarantineSearch search, Duration keep) {
    QuarantineText text = QuarantineText.of(search.filter());
    List<QuarantineRow> found =
        rows.findPage(
            text,
            search
                .after()
                .map(position -> SearchTerms.time(position.arrivedAt()))
                .orElse(SearchTerms.EARLIEST),
            search.after().map(position -> position.id().text()).orElse(""),
            search.limit() + 1);
    List<QuarantinedMessage> page =
        found.stream().limit(search.limit()).map(row -> row.message(keep)).toList();
    Optional<QueuePosition> next =
        found.size() > search.limit()
            ? Optional.of(new QueuePosition(page.getLast().arrivedAt(), page.getLast().id()))
            : Optional.empty();
    boolean isAll = search.after().isEmpty() && next.isEmpty();
    return new QuarantinePage(
        page,
        next,
        isAll ? QueuePage.Count.upTo(MAX_COUNTED, page.size()) : count(search.filter()));
  }

  /// Counts what meets the conditions, up to [#MAX_COUNTED].
  QueuePage.Count count(QuarantineFilter filter) {
    return QueuePage.Count.upTo(
        MAX_COUNTED, rows.countMatches(QuarantineText.of(filter), MAX_COUNTED + 1));
  }

  /// Notes that a message is to be released, or is not any more; false where it is not there.
  boolean set(QueueId id, State state) {
    return durably(changes, () -> rows.setState(id.text(), state.name())) > 0;
  }

  /// Takes a message out that is to be released, once it is on the log: nobody else can change it
  /// meanwhile, also from another process. False where it is not there, or not to be released.
  ///
  /// @param release puts it on the log; where it fails, the row stays
  boolean release(QueueId id, Consumer<QuarantineRow> release) {
    return durably(
        releases,
        () -> {
          Optional<QuarantineRow> row = rows.lockReleasing(id.text());
          row.ifPresent(release);
          return row.isPresent() && rows.delete(id.text(), State.RELEASING.name()) > 0;
        });
  }

  /// Deletes a message; false where it is not there or is being released.
  boolean delete(QueueId id) {
    return durably(changes, () -> rows.delete(id.text(), State.HELD.name())) > 0;
  }

  List<QueueId> deleteMatching(QuarantineFilter filter, int most) {
    return ids(durably(changes, () -> rows.deleteMatching(QuarantineText.of(filter), most)));
  }

  List<QueueId> deleteExpired(Instant before, int most) {
    return ids(durably(changes, () -> rows.deleteExpired(SearchTerms.time(before), most)));
  }

  List<QueueId> releasing() {
    return ids(rows.findReleasing(AT_A_TIME));
  }

  /// Which of these are there.
  Set<QueueId> known(Collection<QueueId> asked) {
    Set<QueueId> known = new HashSet<>();
    List<String> all = asked.stream().map(QueueId::text).toList();
    for (int from = 0; from < all.size(); from += AT_A_TIME) {
      List<String> some = all.subList(from, Math.min(from + AT_A_TIME, all.size()));
      known.addAll(ids(rows.known(new ArrayList<>(some))));
    }
    return known;
  }

  Total total() {
    return Objects.requireNonNull(
        jdbc.queryForObject(
            "select count(*), coalesce(sum(octets), 0), min(since) from queue.quarantine",
            (row, _) ->
                new Total(
                    row.getLong(1),
                    row.getLong(2),
                    Optional.ofNullable(row.getTimestamp(3)).map(each -> each.toInstant()))));
  }

  /// Makes changes that are durable when this returns.
  private <T> T durably(TransactionTemplate transaction, Supplier<T> work) {
    return Objects.requireNonNull(
        transaction.execute(_ -> {
          jdbc.queryForObject(DURABLE, String.class);
          return work.get();
        }));
  }

  private static List<QueueId> ids(List<String> texts) {
    return texts.stream().map(QueueId::of).toList();
  }
}
