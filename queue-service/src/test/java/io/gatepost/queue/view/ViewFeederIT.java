package io.gatepost.queue.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.event.Topics;
import io.gatepost.contract.queue.QueueSearch;
import io.gatepost.contract.queue.QueuedMessage;
import io.gatepost.contract.reply.Reason;
import io.gatepost.database.SchemaMigration;
import io.gatepost.queue.Messages;
import io.gatepost.queue.log.append.RecordLocation;
import io.gatepost.queue.log.append.TestLog;
import io.gatepost.testkit.infrastructure.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.kafka.listener.MessageListenerContainer;
import org.springframework.transaction.support.TransactionTemplate;

class ViewFeederIT {

  private static final Duration PATIENCE = Duration.ofSeconds(40);
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration OUTAGE = Duration.ofSeconds(5);
  private static final Duration INSTANT = Duration.ofMillis(5);
  private static final Duration DAY = Duration.ofDays(1);

  private static TestDatabase database;
  private static ConfigurableApplicationContext process;
  private static DeferredView view;

  private TestLog log;

  @BeforeAll
  static void startDatabase() {
    database = TestDatabase.start();
    process = ViewProcess.startOn(database, "spring.datasource.hikari.connection-timeout=1000");
    process.getBean(SchemaMigration.class).run();
    view = process.getBean(DeferredView.class);
  }

  @AfterAll
  static void stopDatabase() {
    process.close();
    database.close();
  }

  @BeforeEach
  void open() {
    log = TestLog.empty(HOUR, DAY);
    process.getBean(JdbcTemplate.class).execute("truncate queue.deferred, queue.log_position");
  }

  @AfterEach
  void close() {
    log.close();
  }

  @Test
  void aDeferredMessageIsShownWithItsPlaceInTheLog() {
    EnvelopeRecord message = Messages.inline(Messages.id(), "hello", "a@x.test", "b@y.test");
    Deferral deferral = deferral(message.envelope(), HOUR, 3);

    write(List.of(deferral));

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

    write(List.of(deferral(second, HOUR, 2)));
    write(List.of(deferral(first, DAY, 1)));
    assertThat(view.find(first.id()).orElseThrow().message().generation()).isEqualTo(1);

    write(List.of(deferral(second, DAY, 9))); // moved on by the log reader
    assertThat(view.find(first.id()).orElseThrow().location().offset()).isEqualTo(9);
  }

  @Test
  void anEndRemovesItsGenerationAndEarlierOnesOnly() {
    Envelope first = Messages.inline(Messages.id(), "hello", "a@x.test").envelope();
    Envelope second = first.deferred(first.recipients());
    write(List.of(deferral(second, HOUR, 2)));

    end(Map.of(first.id(), 0));
    assertThat(view.find(first.id())).isPresent();
    end(Map.of(first.id(), 1));
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
    write(deferrals);

    assertThat(view.search(QueueSearch.first(3)).messages())
        .extracting(QueuedMessage::arrivedAt)
        .containsExactly(start.plusSeconds(1), start.plusSeconds(2), start.plusSeconds(3));
  }

  @Test
  void whatIsLongOverdueIsForgotten() {
    Envelope stale = Messages.inline(Messages.id(), "x", "a@x.test").envelope();
    Envelope waiting = Messages.inline(Messages.id(), "x", "a@x.test").envelope();
    Envelope heldBack = Messages.inline(Messages.id(), "x", "a@x.test").envelope();
    Instant twoHoursAgo = Instant.now().minus(Duration.ofHours(2));
    write(
        List.of(
            new Deferral(
                stale,
                twoHoursAgo,
                "",
                Optional.empty(),
                Optional.empty(),
                new RecordLocation(Topics.retry(HOUR), 0, 0)),
            deferral(waiting, HOUR, 1),
            new Deferral(
                heldBack,
                twoHoursAgo,
                "",
                Optional.empty(),
                Optional.empty(),
                new RecordLocation(Topics.retry(HOUR), 0, 2))));

    view.forgetOverdue(HOUR, List.of(new RecordLocation(Topics.retry(HOUR), 0, 2)));

    assertThat(view.search(QueueSearch.first(10)).messages())
        .extracting(QueuedMessage::id)
        .containsExactlyInAnyOrder(waiting.id(), heldBack.id());
  }

  @Test
  void aHundredRecipientsAreShownOfAThousand() {
    String[] thousand =
        IntStream.range(0, 1000).mapToObj(i -> "user" + i + "@x.test").toArray(String[]::new);
    Envelope wide = Messages.inline(Messages.id(), "x", thousand).envelope();

    write(List.of(deferral(wide, HOUR, 0)));

    assertThat(view.find(wide.id()).orElseThrow().message().recipients()).hasSize(100);
    assertThat(view.find(wide.id()).orElseThrow().message().moreRecipients()).isEqualTo(900);
  }

  @Test
  void theFeederFollowsTheLogAndCatchesUpWhenTheDatabaseIsBack() {
    EnvelopeRecord first = defer();
    try (ViewFeeder feeder = feeder()) {
      feeder.start();
      await().atMost(PATIENCE).until(() -> view.find(first.envelope().id()).isPresent());
      await().atMost(PATIENCE).until(() -> feeder.behind().compareTo(OUTAGE) < 0);

      database.stop();
      EnvelopeRecord meanwhile = defer();
      await().atMost(PATIENCE).until(() -> feeder.behind().compareTo(OUTAGE) > 0);
      database.startAgain();

      await()
          .atMost(PATIENCE)
          .ignoreExceptions()
          .until(() -> view.find(meanwhile.envelope().id()).isPresent());
      assertThat(view.search(QueueSearch.first(10)).messages()).hasSize(2);
      await().atMost(PATIENCE).until(() -> feeder.behind().compareTo(OUTAGE) < 0);
    }
  }

  @Test
  void whatIsMovedOnKeepsItsRowAndItsPlaceIsKnown() {
    EnvelopeRecord waits = defer();
    try (ViewFeeder feeder = feeder()) {
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
    write(List.of(deferral(first.deferred(first.recipients()), HOUR, 7)));
    RecordLocation elsewhere = new RecordLocation(Topics.retry(HOUR), 0, 6);
    RecordLocation later = new RecordLocation(Topics.retry(DAY), 0, 1);

    Move move = new Move(first.id().text(), Instant.now().plus(DAY), elsewhere, later);
    assertThat(view.write(new DeferredView.Changes(List.of(), List.of(move), Map.of(), Map.of())))
        .isZero();
    assertThat(view.find(first.id()).orElseThrow().location().offset()).isEqualTo(7);
  }

  @Test
  void rowsAndTheirPlacesInTheLogAreWrittenTogetherOrNotAtAll() {
    EnvelopeRecord before = defer();
    ViewChanges changes = new ViewChanges();
    for (ConsumerRecord<String, byte[]> each : log.read(Topics.retry(HOUR))) {
      changes.add(each);
    }
    TopicPartition partition = new TopicPartition(Topics.retry(HOUR), 0);
    Map<TopicPartition, Long> unwritable = new HashMap<>();
    unwritable.put(partition, null);

    assertThatThrownBy(() -> transaction(() -> changes.applyTo(view, unwritable)))
        .isInstanceOf(DataAccessException.class);
    assertThat(view.find(before.envelope().id())).isEmpty();
    assertThatThrownBy(() ->
            transaction(() -> {
              changes.applyTo(view, Map.of(partition, 1L));
              throw new IllegalStateException("says the test");
            }))
        .isInstanceOf(IllegalStateException.class);
    assertThat(view.find(before.envelope().id())).isEmpty();
    assertThat(view.readUpTo()).isEmpty();

    transaction(() -> changes.applyTo(view, Map.of(partition, 1L)));
    assertThat(view.find(before.envelope().id())).isPresent();
    assertThat(view.readUpTo()).containsExactly(Map.entry(partition, 1L));
  }

  @Test
  void readingGoesOnWhereTheRowsEndWhateverKafkaKnows() {
    EnvelopeRecord skipped = defer();
    EnvelopeRecord taken = defer();
    TopicPartition partition = new TopicPartition(Topics.retry(HOUR), 0);
    view.write(new DeferredView.Changes(List.of(), List.of(), Map.of(), Map.of(partition, 1L)));

    try (ViewFeeder feeder = feeder()) {
      feeder.start();
      await().atMost(PATIENCE).until(() -> view.find(taken.envelope().id()).isPresent());

      assertThat(view.find(skipped.envelope().id())).isEmpty();
      assertThat(view.readUpTo()).containsEntry(partition, 2L);
    }
  }

  @Test
  void whereItsPlaceCannotBeReadTheLogIsNotReadEither() {
    EnvelopeRecord skipped = defer();
    EnvelopeRecord next = defer();
    TopicPartition partition = new TopicPartition(Topics.retry(HOUR), 0);
    view.write(new DeferredView.Changes(List.of(), List.of(), Map.of(), Map.of(partition, 1L)));
    JdbcTemplate jdbc = process.getBean(JdbcTemplate.class);
    jdbc.execute("alter table queue.log_position rename to elsewhere");
    MessageListenerContainer container =
        process.getBean(KafkaListenerEndpointRegistry.class).getListenerContainer(ViewListener.ID);

    try (ViewFeeder feeder = feeder()) {
      feeder.start();
      await().atMost(PATIENCE).pollInterval(INSTANT).until(container::isRunning);
      await().atMost(PATIENCE).pollInterval(INSTANT).until(() -> !container.isRunning());
      assertThat(view.search(QueueSearch.first(10)).messages()).isEmpty();
      jdbc.execute("alter table queue.elsewhere rename to log_position");

      await().atMost(PATIENCE).until(() -> view.find(next.envelope().id()).isPresent());
      assertThat(view.find(skipped.envelope().id())).isEmpty();
    }
  }

  @Test
  void aDatabaseThatWasLostIsFilledFromTheLog() {
    EnvelopeRecord waits = defer();
    try (ViewFeeder feeder = feeder()) {
      feeder.start();
      await().atMost(PATIENCE).until(() -> view.find(waits.envelope().id()).isPresent());
      process.getBean(JdbcTemplate.class).execute("drop schema queue cascade");

      EnvelopeRecord next = defer();
      await()
          .atMost(PATIENCE)
          .ignoreExceptions()
          .until(() -> view.find(next.envelope().id()).isPresent());

      assertThat(view.find(waits.envelope().id())).isPresent();
    }
  }

  @Test
  void afterTheClockWasSetBackAFreshConsumerReadsOn() {
    try (ViewFeeder feeder = feeder()) {
      feeder.start();
      EnvelopeRecord first = defer();
      await().atMost(PATIENCE).until(() -> view.find(first.envelope().id()).isPresent());

      feeder.beginAnew();
      EnvelopeRecord second = defer();

      await().atMost(PATIENCE).until(() -> view.find(second.envelope().id()).isPresent());
    }
  }

  private ViewFeeder feeder() {
    return new ViewFeeder(
        log.clients(),
        process.getBean(SchemaMigration.class),
        view,
        process.getBean(ViewListener.class),
        process.getBean(KafkaListenerEndpointRegistry.class),
        process.getBean(FailureStop.class));
  }

  private static void transaction(Runnable work) {
    process.getBean(TransactionTemplate.class).executeWithoutResult(_ -> work.run());
  }

  private static void write(List<Deferral> deferrals) {
    view.write(new DeferredView.Changes(deferrals, List.of(), Map.of(), Map.of()));
  }

  private static void end(Map<QueueId, Integer> generations) {
    view.write(new DeferredView.Changes(List.of(), List.of(), generations, Map.of()));
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
        Optional.of(Reason.NEXT_HOP_DEFERRED),
        Optional.empty(),
        new RecordLocation(Topics.retry(step), 0, offset));
  }
}
