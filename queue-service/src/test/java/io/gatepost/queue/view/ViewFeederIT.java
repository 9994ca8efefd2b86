package io.gatepost.queue.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.event.Topics;
import io.gatepost.contract.queue.QueuedMessage;
import io.gatepost.embedded.EmbeddedDatabase;
import io.gatepost.embedded.FreePort;
import io.gatepost.queue.Messages;
import io.gatepost.queue.log.RecordLocation;
import io.gatepost.queue.log.TestLog;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;

class ViewFeederIT {

  private static final Duration PATIENCE = Duration.ofSeconds(40);
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration OUTAGE = Duration.ofSeconds(5);
  private static final Duration DAY = Duration.ofDays(1);

  @TempDir static Path directory;
  private static int port;
  private static EmbeddedDatabase database;
  private static HikariDataSource dataSource;

  private TestLog log;
  private DeferredView view;

  @BeforeAll
  static void startDatabase() {
    port = FreePort.find();
    database = EmbeddedDatabase.start(directory, port);
    dataSource = new HikariDataSource();
    dataSource.setJdbcUrl(database.jdbcUrl());
    dataSource.setUsername(database.username());
    dataSource.setMaximumPoolSize(3);
    dataSource.setMinimumIdle(0);
    dataSource.setConnectionTimeout(1_000);
  }

  @AfterAll
  static void stopDatabase() {
    dataSource.close();
    database.close();
  }

  @BeforeEach
  void open() {
    log = TestLog.empty(HOUR, DAY);
    view = new DeferredView(dataSource);
    view.migrate();
    JdbcClient.create(dataSource).sql("truncate queue.deferred").update();
  }

  @AfterEach
  void close() {
    log.close();
  }

  @Test
  void aDeferredMessageIsShownWithItsPlaceInTheLog() {
    EnvelopeRecord message = Messages.inline(Messages.id(), "hello", "a@x.test", "b@y.test");
    Deferral deferral = deferral(message.envelope(), HOUR, 3);

    view.deferred(List.of(deferral));

    DeferredView.Row row = view.find(message.envelope().id()).orElseThrow();
    assertThat(row.location()).isEqualTo(new RecordLocation(Topics.retry(HOUR), 0, 3));
    QueuedMessage shown = row.message();
    assertThat(shown.id()).isEqualTo(message.envelope().id());
    assertThat(shown.recipients()).hasToString("[a@x.test, b@y.test]");
    assertThat(shown.sender()).isEqualTo(message.envelope().sender());
    assertThat(shown.octets()).isEqualTo(5);
    assertThat(shown.arrivedAt()).isEqualTo(message.envelope().arrivedAt());
    assertThat(shown.dueAt()).isEqualTo(deferral.dueAt());
    assertThat(shown.lastReply()).isEqualTo("451 later");
  }

  @Test
  void aLaterGenerationReplacesAnEarlierOneAndNeverTheOtherWayRound() {
    Envelope first = Messages.inline(Messages.id(), "hello", "a@x.test").envelope();
    Envelope second = first.deferred(first.recipients());

    view.deferred(List.of(deferral(second, HOUR, 2)));
    view.deferred(List.of(deferral(first, DAY, 1)));
    assertThat(view.find(first.id()).orElseThrow().message().generation()).isEqualTo(1);

    view.deferred(List.of(deferral(second, DAY, 9))); // moved on by the log reader
    assertThat(view.find(first.id()).orElseThrow().location().offset()).isEqualTo(9);
  }

  @Test
  void anEndRemovesItsGenerationAndEarlierOnesOnly() {
    Envelope first = Messages.inline(Messages.id(), "hello", "a@x.test").envelope();
    Envelope second = first.deferred(first.recipients());
    view.deferred(List.of(deferral(second, HOUR, 2)));

    view.ended(Map.of(first.id(), 0));
    assertThat(view.find(first.id())).isPresent();
    view.ended(Map.of(first.id(), 1));
    assertThat(view.find(first.id())).isEmpty();
  }

  @Test
  void theOldestComeFirst() {
    List<Deferral> deferrals = new ArrayList<>();
    Instant start = Instant.parse("2026-03-01T00:00:00Z");
    for (int i = 0; i < 50; i++) {
      EnvelopeRecord message =
          Messages.inline(Messages.id(), start.plusSeconds(50 - i), new byte[1], "a@x.test");
      deferrals.add(deferral(message.envelope(), HOUR, i));
    }
    view.deferred(deferrals);

    assertThat(view.oldest(3))
        .extracting(QueuedMessage::arrivedAt)
        .containsExactly(start.plusSeconds(1), start.plusSeconds(2), start.plusSeconds(3));
  }

  @Test
  void whatIsLongOverdueIsForgotten() {
    Envelope stale = Messages.inline(Messages.id(), "x", "a@x.test").envelope();
    Envelope waiting = Messages.inline(Messages.id(), "x", "a@x.test").envelope();
    Envelope heldBack = Messages.inline(Messages.id(), "x", "a@x.test").envelope();
    Instant twoHoursAgo = Instant.now().minus(Duration.ofHours(2));
    view.deferred(
        List.of(
            new Deferral(stale, twoHoursAgo, "", new RecordLocation(Topics.retry(HOUR), 0, 0)),
            deferral(waiting, HOUR, 1),
            new Deferral(heldBack, twoHoursAgo, "", new RecordLocation(Topics.retry(HOUR), 0, 2))));

    view.forgetOverdue(HOUR, List.of(new RecordLocation(Topics.retry(HOUR), 0, 2)));

    assertThat(view.oldest(10))
        .extracting(QueuedMessage::id)
        .containsExactlyInAnyOrder(waiting.id(), heldBack.id());
  }

  @Test
  void aHundredRecipientsAreShownOfAThousand() {
    String[] thousand =
        IntStream.range(0, 1000).mapToObj(i -> "user" + i + "@x.test").toArray(String[]::new);
    Envelope wide = Messages.inline(Messages.id(), "x", thousand).envelope();

    view.deferred(List.of(deferral(wide, HOUR, 0)));

    assertThat(view.find(wide.id()).orElseThrow().message().recipients()).hasSize(100);
  }

  @Test
  void theFeederFollowsTheLogAndCatchesUpWhenTheDatabaseIsBack() {
    EnvelopeRecord first = defer();
    try (ViewFeeder feeder = new ViewFeeder(log.clients(), view)) {
      feeder.start();
      await().atMost(PATIENCE).until(() -> view.find(first.envelope().id()).isPresent());
      await().atMost(PATIENCE).until(() -> feeder.behind().compareTo(OUTAGE) < 0);

      database.close();
      EnvelopeRecord meanwhile = defer();
      await().atMost(PATIENCE).until(() -> feeder.behind().compareTo(OUTAGE) > 0);
      database = EmbeddedDatabase.start(directory, port);

      await()
          .atMost(PATIENCE)
          .ignoreExceptions()
          .until(() -> view.find(meanwhile.envelope().id()).isPresent());
      assertThat(view.oldest(10)).hasSize(2);
      await().atMost(PATIENCE).until(() -> feeder.behind().compareTo(OUTAGE) < 0);
    }
  }

  @Test
  void whatIsMovedOnKeepsItsRowAndItsPlaceIsKnown() {
    EnvelopeRecord waits = defer();
    try (ViewFeeder feeder = new ViewFeeder(log.clients(), view)) {
      feeder.start();
      await().atMost(PATIENCE).until(() -> view.find(waits.envelope().id()).isPresent());
      RecordLocation first = view.find(waits.envelope().id()).orElseThrow().location();
      EnvelopeRecord withoutRow = Messages.inline(Messages.id(), "x", "b@x.test");

      // Of the second, which has a row, nothing but the key is looked at.
      log.appendMovedOn(Topics.retry(DAY), withoutRow.envelope().id(), withoutRow, first);
      RecordLocation moved =
          log.appendMovedOn(Topics.retry(DAY), waits.envelope().id(), withoutRow, first);

      await()
          .atMost(PATIENCE)
          .untilAsserted(() ->
              assertThat(view.find(waits.envelope().id()).orElseThrow().location())
                  .isEqualTo(moved));
      QueuedMessage row = view.find(waits.envelope().id()).orElseThrow().message();
      assertThat(row.recipients()).hasToString("[a@x.test]");
      assertThat(row.generation()).isEqualTo(waits.envelope().generation());
      assertThat(row.dueAt()).isAfter(Instant.now().plus(HOUR));
      await().atMost(PATIENCE).until(() -> view.find(withoutRow.envelope().id()).isPresent());
    }
  }

  @Test
  void aMoveOfAnEarlierRecordChangesNothing() {
    Envelope first = Messages.inline(Messages.id(), "hello", "a@x.test").envelope();
    view.deferred(List.of(deferral(first.deferred(first.recipients()), HOUR, 7)));
    RecordLocation elsewhere = new RecordLocation(Topics.retry(HOUR), 0, 6);
    RecordLocation later = new RecordLocation(Topics.retry(DAY), 0, 1);

    assertThat(
            view.moved(
                List.of(new Move(first.id().text(), Instant.now().plus(DAY), elsewhere, later))))
        .isZero();
    assertThat(view.find(first.id()).orElseThrow().location().offset()).isEqualTo(7);
  }

  /// As it lies in a retry topic.
  private EnvelopeRecord defer() {
    EnvelopeRecord deferred =
        Messages.deferral(Messages.inline(Messages.id(), "x", "a@x.test"))
            .retry()
            .orElseThrow()
            .replacement();
    log.append(Topics.retry(HOUR), deferred);
    return deferred;
  }

  private static Deferral deferral(Envelope envelope, Duration step, long offset) {
    return new Deferral(
        envelope,
        Instant.ofEpochMilli(System.currentTimeMillis()).plus(step),
        "451 later",
        new RecordLocation(Topics.retry(step), 0, offset));
  }
}
