package io.gatepost.queue.log.retry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.event.OutcomeRecord;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.event.Topics;
import io.gatepost.contract.queue.Conclusion.Wait;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.wire.EnvelopeRecordCodec;
import io.gatepost.contract.wire.OutcomeRecordCodec;
import io.gatepost.queue.Messages;
import io.gatepost.queue.ladder.RetryLadder;
import io.gatepost.queue.log.LogOperator;
import io.gatepost.queue.log.append.LogClients;
import io.gatepost.queue.log.append.LogMeters;
import io.gatepost.queue.log.append.RecordLocation;
import io.gatepost.queue.log.append.TestLog;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LogReaderIT {

  private static final Duration PATIENCE = Duration.ofSeconds(40);
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration DAY = Duration.ofDays(1);
  private static final Duration BUSY_STEP = Duration.ofMinutes(20);
  private static final RetryLadder LADDER = new RetryLadder(List.of(HOUR, DAY), BUSY_STEP);
  private static final String RETRY = Topics.retry(HOUR);
  private static final int FAST = 100_000;

  private final AtomicReference<Instant> clock = new AtomicReference<>(Instant.now());
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final DestinationHolds holds = new DestinationHolds(HOUR, () -> 0);
  private final List<LogReader> readers = new ArrayList<>();
  private TestLog log;

  @BeforeEach
  void open() {
    log = TestLog.empty(BUSY_STEP, HOUR, DAY, Duration.ofMinutes(7));
  }

  @AfterEach
  void close() {
    readers.forEach(LogReader::close);
    log.close();
  }

  @Test
  void dueEnvelopesMoveInOrderOnceEachThoughEveryThirdTransactionIsAborted() {
    List<String> appended = new ArrayList<>();
    for (int i = 0; i < 150; i++) {
      appended.add(append(RETRY).envelope().id().text());
    }
    start(log.abortingClients(), 100);
    clockMovesOn(HOUR);

    awaitCommitted(RETRY, 150);
    assertThat(log.keys(Topics.DUE)).isEqualTo(appended);
    assertThat(registry.get("gatepost.queue.reader.aborts").counter().count()).isPositive();
  }

  @Test
  void whereTheLogHasLostWhatWasCommittedNothingThatFollowsIsPassedOver() {
    append(RETRY);
    log.commit(Topics.READERS_GROUP, RETRY, 3, "");
    start(log.clients(), FAST);
    await()
        .atMost(PATIENCE)
        .until(() -> log.committed(Topics.READERS_GROUP, RETRY), commit -> commit < 3);
    append(RETRY);
    append(RETRY);
    append(RETRY);
    clockMovesOn(HOUR);

    awaitCommitted(RETRY, 4);
    assertThat(log.keys(Topics.DUE)).hasSize(4);
  }

  @Test
  void whatIsNotDueStays() {
    append(RETRY);
    EnvelopeRecord due = append(Topics.retry(BUSY_STEP));
    start(log.clients(), FAST);
    clockMovesOn(BUSY_STEP);

    awaitCommitted(Topics.retry(BUSY_STEP), 1);
    assertThat(log.keys(Topics.DUE)).containsExactly(due.envelope().id().text());
    assertThat(log.committed(Topics.READERS_GROUP, RETRY)).isEqualTo(-1);
  }

  @Test
  void theTraceOfADeferralGoesOnWithWhatIsDueAndItsReplyDoesNot() {
    EnvelopeRecord due = Messages.inline(Messages.id(), "x", "a@x.test");
    ProducerRecord<String, byte[]> record =
        new ProducerRecord<>(RETRY, 0, due.envelope().id().text(), EnvelopeRecordCodec.encode(due));
    record.headers().add("traceparent", "00-1-2-03".getBytes(UTF_8));
    RetryHeaders.lastReply(record.headers(), "451 4.4.1 no answer");
    log.append(record);
    start(log.clients(), FAST);
    clockMovesOn(HOUR);

    awaitCommitted(RETRY, 1);
    ConsumerRecord<String, byte[]> moved = log.read(Topics.DUE).getFirst();
    assertThat(moved.headers().toArray())
        .singleElement()
        .satisfies(header -> {
          assertThat(header.key()).isEqualTo("traceparent");
          assertThat(header.value()).isEqualTo("00-1-2-03".getBytes(UTF_8));
        });
  }

  @Test
  void theTopicOfAnEarlierLadderIsDrained() {
    String earlier = Topics.retry(Duration.ofMinutes(7));
    EnvelopeRecord left = append(earlier);
    start(log.clients(), FAST);
    clockMovesOn(Duration.ofMinutes(7));

    awaitCommitted(earlier, 1);
    assertThat(log.keys(Topics.DUE)).containsExactly(left.envelope().id().text());
  }

  @Test
  void envelopesForADeadDestinationMoveOnToTheNextStepWithoutAnAttempt() {
    holds.note("mx:dead.test", Wait.LADDER);
    EnvelopeRecord dead = Messages.inline(Messages.id(), "x", "a@dead.test");
    log.appendHeldUp(RETRY, dead, "mx:dead.test");
    EnvelopeRecord healthy = append(RETRY);
    start(log.clients(), FAST);
    clockMovesOn(HOUR);

    awaitCommitted(RETRY, 2);
    assertThat(log.keys(Topics.DUE)).containsExactly(healthy.envelope().id().text());
    ConsumerRecord<String, byte[]> moved = log.read(Topics.retry(DAY)).getFirst();
    assertThat(moved.key()).isEqualTo(dead.envelope().id().text());
    assertThat(RetryHeaders.heldUpBy(moved)).contains("mx:dead.test");
    assertThat(RetryHeaders.movedFrom(moved)).contains(new RecordLocation(RETRY, 0, 0));
    assertThat(RetryHeaders.lastReply(moved)).isEqualTo("451 4.4.1 no answer");
  }

  @Test
  void envelopesForABusyDestinationGoBackToTheBusyStep() {
    holds.note("mx:busy.test", Wait.BUSY);
    EnvelopeRecord busy = Messages.inline(Messages.id(), "x", "a@busy.test");
    log.appendHeldUp(RETRY, busy, "mx:busy.test");
    start(log.clients(), FAST);
    clockMovesOn(HOUR);

    awaitCommitted(RETRY, 1);
    // By the test's clock the busy step is over too, so it may go round more than once.
    assertThat(log.keys(Topics.retry(BUSY_STEP))).containsOnly(busy.envelope().id().text());
    assertThat(log.keys(Topics.DUE)).isEmpty();
  }

  @Test
  void aBusyDestinationsOldEnvelopesWaitForTheFirstStep() {
    holds.note("mx:busy.test", Wait.BUSY);
    Instant aWhileAgo = clock.get().minus(BUSY_STEP.multipliedBy(6));
    EnvelopeRecord old = Messages.inline(Messages.idOf(aWhileAgo), "x", "a@busy.test");
    log.appendHeldUp(Topics.retry(BUSY_STEP), old, "mx:busy.test");
    start(log.clients(), FAST);
    clockMovesOn(BUSY_STEP);

    awaitCommitted(Topics.retry(BUSY_STEP), 1);
    assertThat(log.keys(RETRY)).containsExactly(old.envelope().id().text());
    assertThat(log.keys(Topics.DUE)).isEmpty();
  }

  @Test
  void whatIsPastItsLifetimeIsAttemptedThoughItsDestinationIsDead() {
    holds.note("mx:dead.test", Wait.LADDER);
    Instant longAgo = clock.get().minus(Duration.ofDays(6));
    EnvelopeRecord expired = Messages.inline(Messages.idOf(longAgo), "x", "a@dead.test");
    log.appendHeldUp(RETRY, expired, "mx:dead.test");
    start(log.clients(), FAST);
    clockMovesOn(HOUR);

    awaitCommitted(RETRY, 1);
    assertThat(log.keys(Topics.DUE)).containsExactly(expired.envelope().id().text());
  }

  /// Being busy ends no message, so an attempt would only bring it back.
  @Test
  void whatIsPastItsLifetimeWaitsForABusyDestinationLikeTheOthers() {
    holds.note("mx:busy.test", Wait.BUSY);
    Instant longAgo = clock.get().minus(Duration.ofDays(6));
    EnvelopeRecord expired = Messages.inline(Messages.idOf(longAgo), "x", "a@busy.test");
    log.appendHeldUp(Topics.retry(BUSY_STEP), expired, "mx:busy.test");
    start(log.clients(), FAST);
    clockMovesOn(BUSY_STEP);

    awaitCommitted(Topics.retry(BUSY_STEP), 1);
    assertThat(log.keys(RETRY)).containsExactly(expired.envelope().id().text());
    assertThat(log.keys(Topics.DUE)).isEmpty();
  }

  @Test
  void aRecordWithoutKeyAndValueIsLeftToDelivery() {
    holds.note("mx:dead.test", Wait.LADDER);
    ProducerRecord<String, byte[]> empty = new ProducerRecord<>(RETRY, 0, null, null);
    RetryHeaders.heldUpBy(empty.headers(), "mx:dead.test");
    log.append(empty);
    EnvelopeRecord behind = append(RETRY);
    start(log.clients(), FAST);
    clockMovesOn(HOUR);

    awaitCommitted(RETRY, 2);
    assertThat(log.keys(Topics.DUE)).containsExactly(null, behind.envelope().id().text());
  }

  @Test
  void aRecordUnderAStrangeKeyIsLeftToDelivery() {
    holds.note("mx:dead.test", Wait.LADDER);
    ProducerRecord<String, byte[]> strange =
        new ProducerRecord<>(RETRY, 0, "no queue id", new byte[] {1, 2, 3});
    RetryHeaders.heldUpBy(strange.headers(), "mx:dead.test");
    log.append(strange);
    EnvelopeRecord behind = append(RETRY);
    start(log.clients(), FAST);
    clockMovesOn(HOUR);

    awaitCommitted(RETRY, 2);
    assertThat(log.keys(Topics.DUE)).containsExactly("no queue id", behind.envelope().id().text());
  }

  @Test
  void whenItIsToldToTheReaderBeginsAnewAndLosesNothing() {
    AtomicInteger opened = new AtomicInteger();
    LogClients clients = TestLog.countingClients(opened);
    start(clients, FAST);
    awaitReading();
    EnvelopeRecord before = append(RETRY);

    clients.beginAnew();
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(opened).hasValue(2));
    EnvelopeRecord after = append(RETRY);
    clockMovesOn(HOUR);

    awaitCommitted(RETRY, 2);
    assertThat(log.keys(Topics.DUE))
        .endsWith(before.envelope().id().text(), after.envelope().id().text());
  }

  @Test
  void aFloodOfOverdueMailIsReleasedAtTheRate() {
    for (int i = 0; i < 60; i++) {
      append(RETRY);
    }
    clockMovesOn(DAY);
    long started = System.nanoTime();
    start(log.clients(), 20);

    awaitCommitted(RETRY, 60);
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started);
    assertThat(log.keys(Topics.DUE)).hasSize(60);
    assertThat(millis).isGreaterThan((60 - 20 / 4) * 1000L / 20 - 50);
  }

  @Test
  void aMessageThatIsRetriedNowIsDueOnceAsTheNextGeneration() {
    EnvelopeRecord message = Messages.inline(Messages.id(), "x", "a@x.test");
    RecordLocation location = log.append(RETRY, message);
    EnvelopeRecord other = append(RETRY);
    LogReader reader = start(log.clients(), FAST);
    LogOperator operator = new LogOperator(log.clients(), reader);
    awaitReading();

    assertThat(operator.retryNow(message.envelope().id(), location).join()).isTrue();
    assertThat(log.envelopes(Topics.DUE))
        .hasSize(2)
        .last()
        .satisfies(next -> {
          assertThat(next.envelope().id()).isEqualTo(message.envelope().id());
          assertThat(next.envelope().generation()).isEqualTo(1);
          assertThat(next.envelope().attempts()).isZero();
          assertThat(next.content()).isEqualTo(message.content());
        });
    assertThat(operator.retryNow(message.envelope().id(), location).join()).isFalse();
    assertThat(operator.cancel(message.envelope().id(), location).join()).isFalse();

    clockMovesOn(HOUR);
    awaitCommitted(RETRY, 2);
    assertThat(log.keys(Topics.DUE).subList(1, 3))
        .containsExactly(message.envelope().id().text(), other.envelope().id().text());
    assertThat(operator.retryNow(other.envelope().id(), new RecordLocation(RETRY, 0, 1)).join())
        .as("released meanwhile")
        .isFalse();
  }

  @Test
  void aMessageThatIsCancelledEndsAndItsAmendmentOutlivesTheReader() {
    EnvelopeRecord message = Messages.inline(Messages.id(), "x", "a@x.test", "b@x.test");
    RecordLocation location = log.append(RETRY, message);
    EnvelopeRecord other = append(RETRY);
    LogReader first = start(log.clients(), FAST);
    LogOperator operator = new LogOperator(log.clients(), first);
    awaitReading();
    assertThat(operator.cancel(message.envelope().id(), location).join()).isTrue();
    first.close();

    start(log.clients(), FAST);
    clockMovesOn(HOUR);

    awaitCommitted(RETRY, 2);
    assertThat(log.keys(Topics.DUE)).hasSize(2).last().isEqualTo(other.envelope().id().text());
    OutcomeRecord over = OutcomeRecordCodec.decode(log.read(Topics.OUTCOMES).getFirst().value());
    assertThat(over).isInstanceOf(OutcomeRecord.Ended.class);
    assertThat(over.outcomes())
        .hasSize(2)
        .allSatisfy(outcome ->
            assertThat(outcome)
                .isInstanceOfSatisfying(
                    RecipientOutcome.Failed.class,
                    failed -> assertThat(failed.reason()).isEqualTo(Reason.CANCELLED)));
    assertThat(log.read(Topics.AMENDMENTS))
        .as("the amendment and its tombstone")
        .extracting(ConsumerRecord::value)
        .hasSize(2)
        .last()
        .isNull();
  }

  @Test
  void aPlaceWhereAnotherMessageLiesIsNotTouched() {
    RecordLocation location = log.append(RETRY, Messages.inline(Messages.id(), "x", "a@x.test"));
    LogReader reader = start(log.clients(), FAST);
    LogOperator operator = new LogOperator(log.clients(), reader);
    awaitReading();

    assertThat(operator.cancel(Messages.id(), location).join()).isFalse();
    assertThat(log.read(Topics.OUTCOMES)).isEmpty();
  }

  /// A message of the busy step that comes due shows that the reader has its partitions.
  private void awaitReading() {
    append(Topics.retry(BUSY_STEP));
    clockMovesOn(BUSY_STEP);
    awaitCommitted(Topics.retry(BUSY_STEP), 1);
  }

  private EnvelopeRecord append(String topic) {
    EnvelopeRecord message = Messages.inline(Messages.id(), "Subject: x\r\n\r\nx\r\n", "a@x.test");
    log.append(topic, message);
    return message;
  }

  private LogReader start(LogClients clients, int releaseRate) {
    LogReader reader =
        new LogReader(
            clients,
            clock::get,
            LADDER,
            Duration.ofDays(5),
            holds,
            releaseRate,
            new LogMeters(registry));
    readers.add(reader);
    reader.start();
    return reader;
  }

  private void clockMovesOn(Duration time) {
    clock.set(Instant.now().plus(time).plusSeconds(30));
  }

  private void awaitCommitted(String topic, long offset) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(log.committed(Topics.READERS_GROUP, topic)).isEqualTo(offset));
  }
}
