package io.gatepost.delivery.intake;

import static io.gatepost.delivery.intake.Letters.deferred;
import static io.gatepost.delivery.intake.Letters.delivered;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.event.OutcomeRecord;
import io.gatepost.contract.event.Topics;
import io.gatepost.contract.queue.Completion;
import io.gatepost.contract.queue.GroupMember;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.routing.RouteAnswer;
import io.gatepost.contract.routing.RouteExplanation;
import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.contract.routing.Routing;
import io.gatepost.contract.wire.OutcomeRecordCodec;
import io.gatepost.delivery.attempt.AttemptMeters;
import io.gatepost.delivery.attempt.Attempts;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

class IntakeIT {

  private static final Duration PATIENCE = Duration.ofSeconds(40);
  private static final int MAX_RUNNING = 40;

  private final FakeTransport transport = new FakeTransport();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final List<Run> runs = new ArrayList<>();
  private final AtomicInteger begunNoMore = new AtomicInteger();
  private IntakeLog log;
  private LoggedQueue queue;

  /// Delivery as it runs in one process.
  private record Run(Intake intake, Dispatcher dispatcher) {}

  @BeforeEach
  void open() throws Exception {
    log = IntakeLog.empty();
    queue = new LoggedQueue(log);
  }

  @AfterEach
  void close() {
    transport.releaseAll();
    runs.forEach(this::stop);
    log.close();
  }

  @Test
  void whatIsDeliveredIsRecordedCommittedAndItsContentReleased() {
    EnvelopeRecord message = Letters.stored("a@x.test", "b@y.test");
    log.append(Topics.READY, message);
    start();

    awaitCommitted(Topics.READY, 1);
    QueueId id = message.envelope().id();
    List<OutcomeRecord> outcomes = log.outcomes();
    assertThat(outcomes).hasSize(2);
    assertThat(outcomes.getFirst()).isEqualTo(Letters.progress(id, 0, delivered("a@x.test")));
    assertThat(outcomes.getLast())
        .isEqualTo(Letters.ended(id, 0, delivered("a@x.test"), delivered("b@y.test")));
    await()
        .untilAsserted(() ->
            assertThat(queue.completions)
                .containsExactly(new Completion(id, 0, message.envelope().content())));
  }

  @Test
  void whatIsDeferredIsWrittenHoweverOftenThatFails() {
    queue.failures.set(3);
    EnvelopeRecord message = Letters.to("a@dead.test");
    log.append(Topics.DUE, message);
    start();

    awaitCommitted(Topics.DUE, 1);
    assertThat(queue.conclusions)
        .singleElement()
        .satisfies(conclusion -> {
          assertThat(conclusion.id()).isEqualTo(message.envelope().id());
          assertThat(conclusion.retry().orElseThrow().heldUpBy()).contains("dead.test");
        });
    assertThat(transport.attemptsAt(message)).isEqualTo(1);
    assertThat(queue.completions).isEmpty();
  }

  @Test
  void afterACrashWhatEndedIsSkippedAndWhoWasServedIsNotServedAgain() {
    EnvelopeRecord over = Letters.stored("a@x.test");
    EnvelopeRecord half = Letters.to("a@x.test", "b@y.test");
    EnvelopeRecord fresh = Letters.to("a@x.test");
    List.of(over, half, fresh).forEach(message -> log.append(Topics.READY, message));
    log.append(Letters.ended(over.envelope().id(), 0, delivered("a@x.test")));
    log.append(Letters.progress(half.envelope().id(), 0, delivered("a@x.test")));
    start();

    awaitCommitted(Topics.READY, 3);
    assertThat(transport.attempted)
        .containsExactlyInAnyOrder(
            half.envelope().id() + " b@y.test", fresh.envelope().id() + " a@x.test");
    assertThat(meters.get("gatepost.delivery.skipped").counter().count()).isEqualTo(1);
    await()
        .untilAsserted(() ->
            assertThat(queue.completions)
                .extracting(Completion::id)
                .containsExactly(over.envelope().id()));
  }

  @Test
  void afterTwoCrashesNothingIsRepeatedEither() {
    EnvelopeRecord stalled = Letters.to("a@stalled.test");
    EnvelopeRecord over = Letters.to("a@x.test");
    EnvelopeRecord half = Letters.to("a@x.test", "b@stalled.test");
    log.append(Topics.READY, stalled);
    log.append(Letters.ended(Letters.id(), 0));
    log.append(Letters.ended(Letters.id(), 0));
    log.append(Letters.ended(over.envelope().id(), 0, delivered("a@x.test")));
    log.append(Letters.progress(half.envelope().id(), 0, delivered("a@x.test")));
    log.append(Topics.READY, over);
    log.append(Topics.READY, half);
    log.append(Letters.ended(Letters.id(), 0));
    log.commit(Topics.READY, 0, 0);
    log.commit(Topics.DUE, 0, 5);
    Run first = start();
    await().atMost(PATIENCE).until(() -> transport.isStalled(stalled) && transport.isStalled(half));
    // It has caught up with the replay, and what it skipped stands at 2.
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(log.note(Topics.READY)).isEqualTo(2));
    assertThat(log.committedOffset(Topics.READY)).isZero();
    stop(first); // its attempts have not ended: as if it were killed
    start();

    await().atMost(PATIENCE).until(() -> transport.attemptsAt(stalled) == 2);
    transport.releaseAll();
    awaitCommitted(Topics.READY, 3);
    assertThat(transport.attemptsAt(over)).isZero();
    assertThat(transport.attempted).doesNotContain(half.envelope().id() + " a@x.test");
  }

  @Test
  void anOutcomeBehindAnOpenTransactionIsReplayedAsWell() {
    EnvelopeRecord over = Letters.to("a@x.test");
    log.append(Topics.READY, over);
    try (Producer<String, byte[]> killed = log.transactionalProducer()) {
      killed.initTransactions();
      killed.beginTransaction();
      killed.send(
          new ProducerRecord<>(
              Topics.OUTCOMES,
              0,
              "someone else",
              OutcomeRecordCodec.encode(Letters.ended(Letters.id(), 0))));
      killed.flush();
      log.append(Letters.ended(over.envelope().id(), 0, delivered("a@x.test")));
      start();
      await()
          .during(Duration.ofSeconds(2))
          .atMost(Duration.ofSeconds(10))
          .until(() -> transport.attempted.isEmpty());
      killed.abortTransaction();
    }

    awaitCommitted(Topics.READY, 1);
    assertThat(transport.attempted).isEmpty();
  }

  @Test
  void aConclusionOfAnEarlierRunThatIsBeingWrittenIsWaitedFor() {
    EnvelopeRecord message = Letters.to("a@dead.test");
    log.append(Topics.READY, message);
    queue.failures.set(Integer.MAX_VALUE);
    Run killed = start();
    await().atMost(PATIENCE).until(() -> !queue.asked.isEmpty());
    GroupMember owner = queue.asked.getFirst().owner().orElseThrow();
    try (Producer<String, byte[]> writer = log.transactionalProducer()) {
      writer.initTransactions();
      writer.beginTransaction();
      writer.sendOffsetsToTransaction(
          Map.of(new TopicPartition(Topics.OUTCOMES, 0), new OffsetAndMetadata(0)),
          new ConsumerGroupMetadata(
              Topics.DELIVERY_GROUP, owner.generation(), owner.id(), owner.instance()));
      stop(killed);
      start();
      await()
          .during(Duration.ofSeconds(2))
          .atMost(Duration.ofSeconds(10))
          .until(() -> transport.attemptsAt(message) == 1);
      writer.send(
          new ProducerRecord<>(
              Topics.OUTCOMES,
              0,
              message.envelope().id().text(),
              OutcomeRecordCodec.encode(
                  Letters.ended(message.envelope().id(), 0, deferred("a@dead.test")))));
      writer.commitTransaction();
    }

    awaitCommitted(Topics.READY, 1);
    assertThat(transport.attemptsAt(message)).isEqualTo(1);
  }

  @Test
  void whatAnotherOwnerAttemptsAgainIsConcludedByHimOnly() {
    EnvelopeRecord message = Letters.to("a@dead.test");
    log.append(Topics.READY, message);
    queue.failures.set(Integer.MAX_VALUE);
    Run first = start();
    await().atMost(PATIENCE).until(() -> !queue.asked.isEmpty());
    start("another"); // comes before "test", so it gets the only partition
    await().atMost(PATIENCE).until(() -> transport.attemptsAt(message) == 2);
    await().atMost(PATIENCE).until(() -> first.intake().running() == 0);

    queue.failures.set(0);

    awaitCommitted(Topics.READY, 1);
    assertThat(queue.conclusions)
        .extracting(conclusion -> conclusion.owner().orElseThrow().instance())
        .containsExactly(Optional.of(Topics.DELIVERY_GROUP + ".another"));
  }

  @Test
  void anAttemptWhoseRecordAnOwnerInBetweenHasEndedIsAbandoned() {
    EnvelopeRecord message = Letters.to("a@stalled.test");
    log.append(Topics.READY, message);
    Run run = start();
    await().atMost(PATIENCE).until(() -> transport.isStalled(message));
    GroupMember member = new GroupMember("member", Optional.empty(), 7);

    run.dispatcher().own(member, Set.of(0));
    assertThat(run.intake().running()).isEqualTo(1);
    run.dispatcher().replayed(Letters.ended(message.envelope().id(), 0, deferred("a@x.test")), 0);
    run.dispatcher().own(member, Set.of(0));

    assertThat(run.intake().running()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "garbage that is no frame",
        "G\1\0\0\0\4null",
        "G\1\0\0\0\2{}",
        "G\1\0\0\0\177{}",
      })
  void whatCannotBeReadIsSetAsideAndThePartitionGoesOn(String octets) {
    log.append(Topics.READY, "strange", octets.getBytes(US_ASCII));
    EnvelopeRecord behind = Letters.to("a@x.test");
    log.append(Topics.READY, behind);
    start();

    awaitCommitted(Topics.READY, 2);
    ConsumerRecord<String, byte[]> aside = log.read(Topics.UNDECODABLE).getFirst();
    assertThat(aside.key()).isEqualTo("strange");
    assertThat(new String(aside.value(), US_ASCII)).isEqualTo(octets);
    assertThat(transport.attemptsAt(behind)).isEqualTo(1);
    assertThat(meters.get("gatepost.delivery.undecodable").counter().count()).isEqualTo(1);
  }

  @Test
  void aRecordWithoutAValueIsSetAsideToo() {
    log.append(Topics.DUE, "empty", null);
    start();

    awaitCommitted(Topics.DUE, 1);
    assertThat(log.read(Topics.UNDECODABLE))
        .extracting(ConsumerRecord::key)
        .containsExactly("empty");
  }

  @Test
  void aStalledAttemptAtTheHeadDoesNotStopThePartition() {
    EnvelopeRecord stalled = Letters.stored("a@stalled.test");
    log.append(Topics.READY, stalled);
    for (int i = 0; i < 3 * MAX_RUNNING; i++) {
      log.append(Topics.READY, Letters.to("a@x.test"));
    }
    start();

    awaitCommitted(Topics.READY, 3 * MAX_RUNNING + 1);
    assertThat(transport.isStalled(stalled)).isTrue();
    assertThat(transport.attemptsAt(stalled)).isEqualTo(1);
    assertThat(queue.carried).isNotEmpty();
    assertThat(log.note(Topics.DUE)).as("the copy keeps the attempt's position").isZero();
    assertThat(log.committedOffset(Topics.DUE)).isLessThan(queue.carried.size());

    transport.release(stalled);

    awaitCommitted(Topics.DUE, queue.carried.size());
    assertThat(transport.attemptsAt(stalled)).isEqualTo(1);
    await()
        .untilAsserted(() ->
            assertThat(queue.completions)
                .extracting(Completion::id)
                .containsExactly(stalled.envelope().id()));
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(log.note(Topics.READY)).isEqualTo(3 * MAX_RUNNING + 1));
  }

  @Test
  void aCopyWhoseAttemptEndedInAnEarlierRunIsNotAttempted() {
    EnvelopeRecord carried = Letters.to("a@x.test");
    log.append(Letters.ended(carried.envelope().id(), 0, delivered("a@x.test")));
    log.append(Letters.ended(Letters.id(), 0));
    log.append(Topics.DUE, carried);
    log.commit(Topics.READY, 0, 0); // held back by the copy that was to come
    log.commit(Topics.DUE, 0, 2);
    start();

    awaitCommitted(Topics.DUE, 1);
    assertThat(transport.attempted).isEmpty();
  }

  @Test
  void aStopThatHasToWaitBeginsNothingMore() {
    EnvelopeRecord stalled = Letters.to("a@stalled.test");
    log.append(Topics.READY, stalled);
    Run run = start();
    await().atMost(PATIENCE).until(() -> transport.isStalled(stalled));

    run.intake().close();

    assertThat(begunNoMore).hasValue(1);
  }

  @Test
  void aStopThatHasNothingToWaitForIsOverAtOnce() {
    log.append(Topics.READY, Letters.to("a@x.test"));
    Run run = start();
    awaitCommitted(Topics.READY, 1);

    run.intake().close();

    assertThat(begunNoMore).hasValue(0);
  }

  @Test
  void theNotesGoOnThoughNothingIsDelivered() {
    start();
    awaitCommitted(Topics.READY, 0);
    for (int i = 0; i < 5; i++) {
      log.append(Letters.ended(Letters.id(), 0)); // by queue-service
    }

    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> {
          assertThat(log.note(Topics.READY)).isEqualTo(5);
          assertThat(log.note(Topics.DUE)).isEqualTo(5);
        });
  }

  private Run start() {
    return start("test");
  }

  private Run start(String instance) {
    IntakeClients clients = new IntakeClients(IntakeLog.bootstrapServers(), instance);
    Attempts attempts =
        new Attempts(
            new ByDomain(),
            transport,
            (message, recipients, mailbox, done) -> {
              throw new AssertionError("no mailboxes here");
            },
            Duration.ofDays(5),
            Duration.ofHours(4),
            "mx.example.test",
            InstantSource.system(),
            new AttemptMeters(meters));
    Dispatcher dispatcher = new Dispatcher(attempts, queue, clients, meters);
    Intake intake =
        new Intake(
            clients,
            dispatcher,
            queue,
            MAX_RUNNING,
            begunNoMore::incrementAndGet,
            Duration.ofMillis(500));
    intake.start();
    Run run = new Run(intake, dispatcher);
    runs.add(run);
    return run;
  }

  private void stop(Run run) {
    run.intake().close();
    run.dispatcher().close();
  }

  private void awaitCommitted(String topic, long offset) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(log.committedOffset(topic)).isEqualTo(offset));
  }

  /// Every domain is a destination of its own.
  private static final class ByDomain implements Routing {

    @Override
    public Mono<RouteAnswer> route(RouteRequest request) {
      DomainName domain = request.recipient().domain();
      return Mono.just(
          new RouteAnswer.Resolved(
              List.of(
                  new RouteAnswer.Leg(
                      request.recipient(),
                      new Destination.Smtp(
                          domain.text(),
                          List.of(new Destination.NextHop(domain.text(), "192.0.2.1", 25)))))));
    }

    @Override
    public Mono<RouteExplanation> explain(RouteRequest request) {
      throw new AssertionError("not asked for");
    }
  }
}
