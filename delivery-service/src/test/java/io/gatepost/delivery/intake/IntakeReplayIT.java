package io.gatepost.delivery.intake;

import static io.gatepost.delivery.intake.Letters.deferred;
import static io.gatepost.delivery.intake.Letters.delivered;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.event.OutcomeRecord;
import io.gatepost.contract.event.Topics;
import io.gatepost.contract.queue.Completion;
import io.gatepost.contract.queue.GroupMember;
import io.gatepost.contract.wire.OutcomeRecordCodec;
import io.gatepost.delivery.intake.Deliveries.Run;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/// Work of other runs and other owners is known, whatever was killed.
class IntakeReplayIT extends DeliveriesFixture {

  @Test
  void afterACrashWhatEndedIsSkippedAndWhoWasServedIsNotServedAgain() {
    EnvelopeRecord over = Letters.stored("a@x.test");
    EnvelopeRecord half = Letters.to("a@x.test", "b@y.test");
    EnvelopeRecord fresh = Letters.to("a@x.test");
    List.of(over, half, fresh).forEach(message -> log.append(Topics.READY, message));
    log.append(Letters.ended(over.envelope().id(), 0, delivered("a@x.test")));
    log.append(Letters.progress(half.envelope().id(), 0, delivered("a@x.test")));
    deliveries.start();

    deliveries.awaitCommitted(Topics.READY, 3);
    assertThat(transport.attempted)
        .containsExactlyInAnyOrder(
            half.envelope().id() + " b@y.test", fresh.envelope().id() + " a@x.test");
    assertThat(deliveries.meters().get("gatepost.delivery.skipped").counter().count()).isEqualTo(1);
    await()
        .untilAsserted(() ->
            assertThat(queue.completions)
                .extracting(Completion::id)
                .containsExactly(over.envelope().id()));
  }

  @Test
  void whatIsLeftOfTheHoldAfterAClockJumpIsNotedWithTheCommits() {
    Run first = deliveries.start();
    first.dispatcher().hold(Duration.ofMinutes(50));
    log.append(Topics.READY, Letters.to("a@x.test"));
    deliveries.awaitCommitted(Topics.READY, 1);
    deliveries.stop(first);

    Run second = deliveries.start();

    await()
        .atMost(Deliveries.PATIENCE)
        .until(() -> second.dispatcher().holdLeft().compareTo(Duration.ofMinutes(40)) > 0);
  }

  @Test
  void aCopyFarBehindIsNotAttemptedAfterTheRunThatAttemptedItsRecordAgain() {
    EnvelopeRecord carried = Letters.to("a@x.test");
    log.append(Topics.READY, carried);
    log.append(Letters.progress(carried.envelope().id(), 0)); // about to be carried forward
    log.append(Topics.DUE, carried);
    log.commit(Topics.READY, 0, 0);
    log.commit(Topics.DUE, 0, 0);

    deliveries.start();
    deliveries.awaitCommitted(Topics.READY, 1);
    deliveries.awaitCommitted(Topics.DUE, 1);

    assertThat(transport.attemptsAt(carried)).isEqualTo(1);
    assertThat(log.outcomes().getLast())
        .isInstanceOfSatisfying(
            OutcomeRecord.Ended.class, over -> assertThat(over.records()).isEmpty());
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
    Run first = deliveries.start();
    await()
        .atMost(Deliveries.PATIENCE)
        .until(() -> transport.isStalled(stalled) && transport.isStalled(half));
    // It has caught up with the replay, and what it skipped stands at 2.
    await()
        .atMost(Deliveries.PATIENCE)
        .untilAsserted(() -> assertThat(log.note(Topics.READY)).isEqualTo(2));
    assertThat(log.committedOffset(Topics.READY)).isZero();
    deliveries.stop(first); // its attempts have not ended: as if it were killed
    deliveries.start();

    await().atMost(Deliveries.PATIENCE).until(() -> transport.attemptsAt(stalled) == 2);
    transport.releaseAll();
    deliveries.awaitCommitted(Topics.READY, 3);
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
      deliveries.start();
      await()
          .during(Duration.ofSeconds(2))
          .atMost(Duration.ofSeconds(10))
          .until(() -> transport.attempted.isEmpty());
      killed.abortTransaction();
    }

    deliveries.awaitCommitted(Topics.READY, 1);
    assertThat(transport.attempted).isEmpty();
  }

  @Test
  void aConclusionOfAnEarlierRunThatIsBeingWrittenIsWaitedFor() {
    EnvelopeRecord message = Letters.to("a@dead.test");
    log.append(Topics.READY, message);
    queue.failures.set(Integer.MAX_VALUE);
    Run killed = deliveries.start();
    await().atMost(Deliveries.PATIENCE).until(() -> !queue.asked.isEmpty());
    GroupMember owner = queue.asked.getFirst().owner().orElseThrow();
    try (Producer<String, byte[]> writer = log.transactionalProducer()) {
      writer.initTransactions();
      writer.beginTransaction();
      writer.sendOffsetsToTransaction(
          Map.of(new TopicPartition(Topics.OUTCOMES, 0), new OffsetAndMetadata(0)),
          new ConsumerGroupMetadata(
              Topics.DELIVERY_GROUP, owner.generation(), owner.id(), owner.instance()));
      deliveries.stop(killed);
      deliveries.start();
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

    deliveries.awaitCommitted(Topics.READY, 1);
    assertThat(transport.attemptsAt(message)).isEqualTo(1);
  }

  @Test
  void whatAnotherOwnerAttemptsAgainIsConcludedByHimOnly() {
    EnvelopeRecord message = Letters.to("a@dead.test");
    log.append(Topics.READY, message);
    queue.failures.set(Integer.MAX_VALUE);
    Run first = deliveries.start();
    await().atMost(Deliveries.PATIENCE).until(() -> !queue.asked.isEmpty());
    deliveries.start("another"); // comes before "test", so it gets the only partition
    await().atMost(Deliveries.PATIENCE).until(() -> transport.attemptsAt(message) == 2);
    await().atMost(Deliveries.PATIENCE).until(() -> first.intake().running() == 0);

    queue.failures.set(0);

    deliveries.awaitCommitted(Topics.READY, 1);
    assertThat(queue.conclusions)
        .extracting(conclusion -> conclusion.owner().orElseThrow().instance())
        .containsExactly(Optional.of(Topics.DELIVERY_GROUP + ".another"));
  }

  @Test
  void anAttemptWhoseRecordAnOwnerInBetweenHasEndedIsAbandoned() {
    EnvelopeRecord message = Letters.to("a@stalled.test");
    log.append(Topics.READY, message);
    Run run = deliveries.start();
    await().atMost(Deliveries.PATIENCE).until(() -> transport.isStalled(message));
    GroupMember member = new GroupMember("member", Optional.empty(), 7);

    run.dispatcher().own(member, Set.of(0));
    assertThat(run.intake().running()).isEqualTo(1);
    run.dispatcher().replayed(Letters.ended(message.envelope().id(), 0, deferred("a@x.test")), 0);
    run.dispatcher().own(member, Set.of(0));

    assertThat(run.intake().running()).isZero();
  }

  @Test
  void aCopyWhoseAttemptEndedInAnEarlierRunIsNotAttempted() {
    EnvelopeRecord carried = Letters.to("a@x.test");
    log.append(Letters.ended(carried.envelope().id(), 0, delivered("a@x.test")));
    log.append(Letters.ended(Letters.id(), 0));
    log.append(Topics.DUE, carried);
    log.commit(Topics.READY, 0, 0); // held back by the copy that was to come
    log.commit(Topics.DUE, 0, 2);
    deliveries.start();

    deliveries.awaitCommitted(Topics.DUE, 1);
    assertThat(transport.attempted).isEmpty();
  }

  /// queue-service may hold on to it while the broker is away.
  @Test
  void aCopyThatComesAfterAllElseHasBeenReadIsNotAttemptedEither() {
    EnvelopeRecord carried = Letters.to("a@x.test");
    EnvelopeRecord fresh = Letters.to("b@x.test");
    log.append(Letters.ended(carried.envelope().id(), 0, delivered("a@x.test")));
    log.append(Topics.READY, fresh);
    log.commit(Topics.READY, 0, 0);
    log.commit(Topics.DUE, 0, 0);
    deliveries.lateCopies = Deliveries.PATIENCE;
    deliveries.start();
    deliveries.awaitCommitted(Topics.READY, 1);

    log.append(Topics.DUE, carried);

    deliveries.awaitCommitted(Topics.DUE, 1);
    assertThat(transport.attempted).containsExactly(fresh.envelope().id() + " b@x.test");
  }
}
