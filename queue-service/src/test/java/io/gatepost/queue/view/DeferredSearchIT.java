package io.gatepost.queue.view;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.MailParameters;
import io.gatepost.contract.envelope.Provenance;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.event.Topics;
import io.gatepost.contract.queue.QueueFilter;
import io.gatepost.contract.queue.QueuePage;
import io.gatepost.contract.queue.QueuePosition;
import io.gatepost.contract.queue.QueueSearch;
import io.gatepost.contract.queue.QueuedMessage;
import io.gatepost.contract.reply.Reason;
import io.gatepost.database.SchemaMigration;
import io.gatepost.queue.Messages;
import io.gatepost.queue.log.append.RecordLocation;
import io.gatepost.testkit.infrastructure.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

class DeferredSearchIT {

  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
  private static final String TOPIC = Topics.retry(Duration.ofHours(1));

  private static TestDatabase database;
  private static ConfigurableApplicationContext process;
  private static DeferredView view;

  @BeforeAll
  static void startDatabase() {
    database = TestDatabase.start();
    process = ViewProcess.startOn(database);
    process.getBean(SchemaMigration.class).run();
    view = process.getBean(DeferredView.class);
  }

  @AfterAll
  static void stopDatabase() {
    process.close();
    database.close();
  }

  @BeforeEach
  void empty() {
    process.getBean(JdbcTemplate.class).execute("truncate queue.deferred, queue.log_position");
  }

  /// Arrived in the order of their names, an hour apart from noon, and due in the opposite one.
  @ParameterizedTest
  @CsvSource({
    "ALL,                                     'first,second,notice'",
    "sender ann@one.example,                  first",
    "sender ANN@one.example,                  first",
    "sender nn@one.example,                   ''",
    "sender '',                               notice",
    "senderDomain one.example,                first",
    "senderDomain example,                    ''",
    "recipient bob@dest.example,              'first,notice'",
    "recipient b_b@dest.example,              ''",
    "recipient Üser@intl.example,             second",
    "recipient ob@dest.example,               ''",
    "recipientDomain dest.example,            'first,notice'",
    "recipientDomain est.example,             ''",
    "recipientDomain far.example,             'first,second'",
    "destination mx:far.example,              second",
    "reason UNREACHABLE,                      second",
    "arrivedBefore 2026-03-01T13:00:00Z,      first",
    "arrivedBefore 2026-03-01T13:00:00.001Z,  'first,second'",
    "dueBefore 2026-03-01T22:00:00.001Z,      notice",
    "dueBefore 2026-03-01T22:00:00Z,          ''",
  })
  void eachConditionFindsWhatMeetsIt(String condition, String found) {
    Map<String, QueueId> ids =
        Map.of(
            "first",
                defer(
                    "ann@one.example",
                    0,
                    Reason.NEXT_HOP_DEFERRED,
                    "",
                    "bob@dest.example",
                    "carl@far.example"),
            "second",
                defer(
                    "dora@two.example",
                    1,
                    Reason.UNREACHABLE,
                    "mx:far.example",
                    "carl@far.example",
                    "Üser@intl.example"),
            "notice", defer("", 2, Reason.NEXT_HOP_DEFERRED, "", "Bob@dest.example"));

    QueuePage page = view.search(new QueueSearch(filter(condition), 10, Optional.empty()));

    List<QueueId> expected =
        Arrays.stream(found.split(",")).filter(name -> !name.isEmpty()).map(ids::get).toList();
    assertThat(ids(page)).isEqualTo(expected);
    assertThat(page.matching()).isEqualTo(new QueuePage.Count(expected.size(), true));
    assertThat(page.next()).isEmpty();
  }

  @Test
  void conditionsHoldTogether() {
    QueueId one = defer("ann@one.example", 0, Reason.UNREACHABLE, "", "bob@dest.example");
    defer("ann@one.example", 1, Reason.NEXT_HOP_DEFERRED, "", "bob@dest.example");
    defer("dora@two.example", 2, Reason.UNREACHABLE, "", "bob@dest.example");
    QueueFilter both =
        new QueueFilter(
            Optional.empty(),
            Optional.of(DomainName.of("ONE.example")),
            Optional.of(ForwardPath.of("bob@dest.example")),
            Optional.empty(),
            Optional.empty(),
            Optional.of(Reason.UNREACHABLE),
            Optional.empty(),
            Optional.empty());

    assertThat(ids(view.search(new QueueSearch(both, 10, Optional.empty())))).containsExactly(one);
  }

  @Test
  void theReasonAndTheDestinationAreShown() {
    QueueId id = defer("ann@one.example", 0, Reason.UNREACHABLE, "mx:far.example", "c@far.example");

    QueuedMessage shown = view.find(id).orElseThrow().message();

    assertThat(shown.reason()).contains(Reason.UNREACHABLE);
    assertThat(shown.destination()).contains("mx:far.example");
  }

  @Test
  void aMessageIsFoundByTheLastOfAThousandRecipients() {
    String[] thousand =
        IntStream.range(0, 1000).mapToObj(i -> "user" + i + "@x.example").toArray(String[]::new);
    QueueId wide = defer("ann@one.example", 0, Reason.UNREACHABLE, "", thousand);

    QueuePage page =
        view.search(new QueueSearch(filter("recipient user999@x.example"), 10, Optional.empty()));

    assertThat(ids(page)).containsExactly(wide);
    assertThat(page.messages().getFirst().recipients()).hasSize(100);
    assertThat(page.messages().getFirst().moreRecipients()).isEqualTo(900);
  }

  @Test
  void pagesGoOnWhereTheLastEndedWhileMessagesComeGoAndAreTriedAgain() {
    List<QueueId> all = new ArrayList<>();
    for (int i = 0; i < 25; i++) {
      all.add(defer("ann@one.example", i / 5, Reason.UNREACHABLE, "", "bob@dest.example"));
    }
    List<QueueId> seen = new ArrayList<>();

    QueuePage page = view.search(QueueSearch.first(10));
    seen.addAll(ids(page));
    end(page.messages().getFirst().id());
    end(page.messages().getLast().id()); // where the next page goes on
    moveOn(page.messages().get(1).id());
    moveOn(all.getLast());
    page = next(page);
    seen.addAll(ids(page));
    QueueId late = defer("ann@one.example", 30, Reason.UNREACHABLE, "", "bob@dest.example");
    page = next(page);
    seen.addAll(ids(page));

    all.add(late);
    assertThat(seen).doesNotHaveDuplicates().containsExactlyElementsOf(all);
    assertThat(page.next()).isEmpty();
  }

  @Test
  void aFullLastPageHasNoNextOne() {
    defer("ann@one.example", 0, Reason.UNREACHABLE, "", "bob@dest.example");
    defer("ann@one.example", 1, Reason.UNREACHABLE, "", "bob@dest.example");

    assertThat(view.search(QueueSearch.first(2)).next()).isEmpty();
    assertThat(view.search(QueueSearch.first(1)).next()).isPresent();
  }

  @Test
  void noMoreThanTenThousandAreCounted() {
    JdbcTemplate jdbc = process.getBean(JdbcTemplate.class);
    fill(jdbc, 10_000);
    assertThat(view.search(QueueSearch.first(1)).matching())
        .isEqualTo(new QueuePage.Count(10_000, true));

    defer("ann@one.example", 0, Reason.UNREACHABLE, "", "bob@dest.example");
    assertThat(view.search(QueueSearch.first(1)).matching())
        .isEqualTo(new QueuePage.Count(10_000, false));
  }

  @Test
  void aSearchThatTakesTooLongIsGivenUp() {
    TransactionTemplate transaction = process.getBean(TransactionTemplate.class);

    transaction.executeWithoutResult(_ -> {
      process.getBean(JdbcTemplate.class).execute("lock table queue.deferred");
      try (ExecutorService other = Executors.newVirtualThreadPerTaskExecutor()) {
        assertThat(other.submit(() -> view.search(QueueSearch.first(1))))
            .failsWithin(Duration.ofSeconds(60))
            .withThrowableOfType(ExecutionException.class)
            .withCauseInstanceOf(QueryTimeoutException.class);
      }
    });
  }

  private static void fill(JdbcTemplate jdbc, int rows) {
    jdbc.update(
        """
        insert into queue.deferred
        select lpad(i::text, 19, '0'), 1, 1, now() + make_interval(secs => i), now(), 'a@x.example',
          'b@y.example', 1, '451', 't', 0, i, 1, '', ''
        from generate_series(1, ?) i
        """,
        rows);
  }

  private static QueuePage next(QueuePage page) {
    QueuePosition position = QueuePosition.of(page.next().orElseThrow().toString());
    return view.search(new QueueSearch(QueueFilter.ALL, 10, Optional.of(position)));
  }

  private static List<QueueId> ids(QueuePage page) {
    return page.messages().stream().map(QueuedMessage::id).toList();
  }

  private static void end(QueueId id) {
    view.write(new DeferredView.Changes(List.of(), List.of(), Map.of(id, 1), Map.of()));
  }

  private static void moveOn(QueueId id) {
    DeferredView.Row row = view.find(id).orElseThrow();
    RecordLocation to = new RecordLocation(TOPIC, 0, row.location().offset() + 1000);
    Move move = new Move(id.text(), NOON.plus(Duration.ofDays(1)), row.location(), to);
    int moved = view.write(new DeferredView.Changes(List.of(), List.of(move), Map.of(), Map.of()));
    assertThat(moved).isOne();
  }

  private static QueueId defer(
      String sender, int hour, Reason reason, String destination, String... recipients) {
    QueueId id = Messages.id();
    Envelope envelope =
        new Envelope(
            id,
            1,
            1,
            NOON.plus(Duration.ofHours(hour)),
            ReversePath.of(sender),
            Arrays.stream(recipients).map(each -> Recipient.of(ForwardPath.of(each))).toList(),
            Provenance.local(),
            MailParameters.NONE,
            new ContentRef.Inline(1));
    Deferral deferral =
        new Deferral(
            envelope,
            NOON.plus(Duration.ofHours(12 - hour)),
            "451 later",
            Optional.of(reason),
            Optional.of(destination).filter(name -> !name.isEmpty()),
            new RecordLocation(TOPIC, 0, 0));
    view.write(new DeferredView.Changes(List.of(deferral), List.of(), Map.of(), Map.of()));
    return id;
  }

  private static QueueFilter filter(String condition) {
    String[] words = condition.split(" ", 2);
    Optional<String> value = Arrays.stream(words).skip(1).findFirst();
    return new QueueFilter(
        of("sender", words[0], value).map(text -> ReversePath.of(text.replace("''", ""))),
        of("senderDomain", words[0], value).map(DomainName::of),
        of("recipient", words[0], value).map(ForwardPath::of),
        of("recipientDomain", words[0], value).map(DomainName::of),
        of("destination", words[0], value),
        of("reason", words[0], value).map(Reason::valueOf),
        of("arrivedBefore", words[0], value).map(Instant::parse),
        of("dueBefore", words[0], value).map(Instant::parse));
  }

  private static Optional<String> of(String name, String given, Optional<String> value) {
    return value.filter(_ -> name.equals(given));
  }
}
