package io.gatepost.delivery.intake;

import static io.gatepost.delivery.intake.Letters.delivered;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.delivery.EarlyResult;
import io.gatepost.contract.delivery.EarlyTerms;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.event.AppendLimit;
import io.gatepost.contract.event.LogBounds;
import io.gatepost.contract.event.OutcomeRecord;
import io.gatepost.contract.event.Topics;
import io.gatepost.contract.queue.Completion;
import io.gatepost.delivery.intake.Deliveries.Run;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IntakeIT extends DeliveriesFixture {

  @Test
  void whereTheClockWasSetBackReadingBeginsAnewAndNothingIsLost() {
    Run run = deliveries.start();
    log.append(Topics.READY, Letters.to("a@x.test"));
    deliveries.awaitCommitted(Topics.READY, 1);

    run.intake().clockWasSetBack();
    await().atMost(Deliveries.PATIENCE).until(() -> !run.intake().isHealthy());
    log.append(Topics.READY, Letters.to("b@x.test"));

    deliveries.awaitCommitted(Topics.READY, 2);
    assertThat(transport.attempted).hasSize(2);
  }

  /// Until then early deliveries are passed over, as this is not who would read their records.
  @Test
  void itIsHealthyOnceTheGroupHasGivenItItsPartOfTheLog() {
    Run run;
    try (Consumer<String, byte[]> other = log.member()) {
      await()
          .atMost(Deliveries.PATIENCE)
          .until(() -> {
            other.poll(Duration.ofMillis(100));
            return !other.assignment().isEmpty();
          });
      run = deliveries.start();
      // The group waits for the other one, which asks no more, before it gives partitions to both.
      await().atMost(Deliveries.PATIENCE).until(() -> log.isRebalancing());
      await().during(Duration.ofSeconds(1)).until(() -> !run.intake().isHealthy());
    }

    await().atMost(Deliveries.PATIENCE).until(() -> run.intake().isHealthy());
    EnvelopeRecord message = Letters.to("a@x.test");
    assertThat(run.early().deliverNow(message, new EarlyTerms(Deliveries.PATIENCE)).block())
        .isInstanceOf(EarlyResult.Delivered.class);
  }

  @Test
  void whereTheLogHasLostWhatWasCommittedNothingThatFollowsIsPassedOver() throws Exception {
    log.append(Topics.READY, Letters.to("a@x.test"));
    log.commit(Topics.READY, 3, 0);
    deliveries.start();
    deliveries.awaitCommitted(Topics.READY, 1);

    log.append(Topics.READY, Letters.to("b@x.test"));
    log.append(Topics.READY, Letters.to("c@x.test"));
    log.append(Topics.READY, Letters.to("d@x.test"));

    deliveries.awaitCommitted(Topics.READY, 4);
    assertThat(transport.attempted).hasSize(4);
  }

  @Test
  void whatIsDeliveredIsRecordedCommittedAndItsContentReleased() {
    EnvelopeRecord message = Letters.stored("a@x.test", "b@y.test");
    log.append(Topics.READY, message);
    deliveries.start();

    deliveries.awaitCommitted(Topics.READY, 1);
    QueueId id = message.envelope().id();
    List<OutcomeRecord> outcomes = log.outcomes();
    assertThat(outcomes).hasSize(2);
    assertThat(outcomes.getFirst()).isEqualTo(Letters.progress(id, 0, delivered("a@x.test")));
    assertThat(outcomes.getLast())
        .isEqualTo(
            new OutcomeRecord.Ended(
                id,
                0,
                List.of(delivered("a@x.test"), delivered("b@y.test")),
                Optional.of(new LogBounds(1, 0))));
    await()
        .untilAsserted(() ->
            assertThat(queue.completions)
                .containsExactly(new Completion(id, 0, message.envelope().content())));
  }

  @Test
  void whatCameToTheLogAfterItsLimitIsNotDelivered() {
    EnvelopeRecord late = Letters.to("a@x.test");
    EnvelopeRecord inTime = Letters.to("b@x.test");
    log.append(late, new AppendLimit(Instant.now().minusSeconds(60)));
    log.append(inTime, new AppendLimit(Instant.now().plusSeconds(60)));
    deliveries.start();

    deliveries.awaitCommitted(Topics.READY, 2);
    assertThat(transport.attemptsAt(late)).isZero();
    assertThat(transport.attemptsAt(inTime)).isEqualTo(1);
    assertThat(deliveries.meters().get("gatepost.delivery.refused").counter().count()).isEqualTo(1);
  }

  @Test
  void whatIsDeferredIsWrittenHoweverOftenThatFails() {
    queue.failures.set(3);
    EnvelopeRecord message = Letters.to("a@dead.test");
    log.append(Topics.DUE, message);
    deliveries.start();

    deliveries.awaitCommitted(Topics.DUE, 1);
    assertThat(queue.conclusions)
        .singleElement()
        .satisfies(conclusion -> {
          assertThat(conclusion.id()).isEqualTo(message.envelope().id());
          assertThat(conclusion.retry().orElseThrow().heldUpBy()).contains("dead.test");
        });
    assertThat(transport.attemptsAt(message)).isEqualTo(1);
    assertThat(queue.completions).isEmpty();
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
    deliveries.start();

    deliveries.awaitCommitted(Topics.READY, 2);
    ConsumerRecord<String, byte[]> aside = log.read(Topics.UNDECODABLE).getFirst();
    assertThat(aside.key()).isEqualTo("strange");
    assertThat(new String(aside.value(), US_ASCII)).isEqualTo(octets);
    assertThat(transport.attemptsAt(behind)).isEqualTo(1);
    assertThat(deliveries.meters().get("gatepost.delivery.undecodable").counter().count())
        .isEqualTo(1);
  }

  @Test
  void aRecordWithoutAValueIsSetAsideToo() {
    log.append(Topics.DUE, "empty", null);
    deliveries.start();

    deliveries.awaitCommitted(Topics.DUE, 1);
    assertThat(log.read(Topics.UNDECODABLE))
        .extracting(ConsumerRecord::key)
        .containsExactly("empty");
  }

  @Test
  void aStalledAttemptAtTheHeadDoesNotStopThePartition() {
    EnvelopeRecord stalled = Letters.stored("a@stalled.test");
    log.append(Topics.READY, stalled);
    for (int i = 0; i < 3 * Deliveries.MAX_RUNNING; i++) {
      log.append(Topics.READY, Letters.to("a@x.test"));
    }
    deliveries.start();

    deliveries.awaitCommitted(Topics.READY, 3 * Deliveries.MAX_RUNNING + 1);
    assertThat(transport.isStalled(stalled)).isTrue();
    assertThat(transport.attemptsAt(stalled)).isEqualTo(1);
    assertThat(queue.carried).isNotEmpty();
    assertThat(log.note(Topics.DUE)).as("the copy keeps the attempt's position").isZero();
    assertThat(log.committedOffset(Topics.DUE)).isLessThan(queue.carried.size());

    transport.release(stalled);

    deliveries.awaitCommitted(Topics.DUE, queue.carried.size());
    assertThat(transport.attemptsAt(stalled)).isEqualTo(1);
    await()
        .untilAsserted(() ->
            assertThat(queue.completions)
                .extracting(Completion::id)
                .containsExactly(stalled.envelope().id()));
    int outcomes = 3 * Deliveries.MAX_RUNNING + 2; // an end of each, and that one may have copies
    await()
        .atMost(Deliveries.PATIENCE)
        .untilAsserted(() -> assertThat(log.note(Topics.READY)).isEqualTo(outcomes));
  }

  @Test
  void slowAttemptsThatAreCarriedForwardDoNotHoldUpWhatIsDue() {
    int slow = Deliveries.MAX_RUNNING * 3 / 4;
    for (int i = 0; i < slow; i++) {
      log.append(Topics.READY, Letters.to("a@stalled.test"));
    }
    deliveries.start();
    deliveries.awaitCommitted(Topics.READY, slow); // the copies fill the budget of due twice
    EnvelopeRecord notice = Letters.to("a@x.test");

    log.append(Topics.DUE, notice);

    await()
        .atMost(Deliveries.PATIENCE)
        .untilAsserted(() -> assertThat(transport.attemptsAt(notice)).isEqualTo(1));
    assertThat(transport.attempted).hasSize(slow + 1);
  }

  @Test
  void aStopThatHasToWaitBeginsNothingMore() {
    EnvelopeRecord stalled = Letters.to("a@stalled.test");
    log.append(Topics.READY, stalled);
    Run run = deliveries.start();
    await().atMost(Deliveries.PATIENCE).until(() -> transport.isStalled(stalled));

    run.intake().close();

    assertThat(deliveries.begunNoMore()).isEqualTo(1);
  }

  @Test
  void aStopThatHasNothingToWaitForIsOverAtOnce() {
    log.append(Topics.READY, Letters.to("a@x.test"));
    Run run = deliveries.start();
    deliveries.awaitCommitted(Topics.READY, 1);

    run.intake().close();

    assertThat(deliveries.begunNoMore()).isZero();
  }

  @Test
  void theNotesGoOnThoughNothingIsDelivered() {
    deliveries.start();
    deliveries.awaitCommitted(Topics.READY, 0);
    for (int i = 0; i < 5; i++) {
      log.append(Letters.ended(Letters.id(), 0)); // by queue-service
    }

    await()
        .atMost(Deliveries.PATIENCE)
        .untilAsserted(() -> {
          assertThat(log.note(Topics.READY)).isEqualTo(5);
          assertThat(log.note(Topics.DUE)).isEqualTo(5);
        });
  }
}
