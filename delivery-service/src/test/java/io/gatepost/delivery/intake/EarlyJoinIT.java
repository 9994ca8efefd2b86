package io.gatepost.delivery.intake;

import static io.gatepost.delivery.intake.Letters.delivered;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.delivery.EarlyResult;
import io.gatepost.contract.delivery.EarlyTerms;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.event.AppendLimit;
import io.gatepost.contract.event.OutcomeRecord;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.event.Topics;
import io.gatepost.contract.queue.Completion;
import io.gatepost.delivery.intake.Deliveries.Run;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/// Attempts that were begun while the client waited, and the records that they join, on a real
/// broker. Between them anything may be killed.
class EarlyJoinIT extends DeliveriesFixture {

  private static final EarlyTerms TERMS = new EarlyTerms(Duration.ofMillis(200));

  @Test
  void aRunningAttemptJoinsItsRecordAndWhoWasServedIsOnTheLog() {
    Run run = start();
    EnvelopeRecord message = Letters.stored("a@x.test", "b@stalled.test");
    Envelope rest = goesOn(run, message);
    assertThat(rest.recipients()).hasSize(1);

    log.append(Topics.READY, new EnvelopeRecord(rest, message.content()));
    await()
        .atMost(Deliveries.PATIENCE)
        .untilAsserted(() ->
            assertThat(log.outcomes())
                .containsExactly(
                    Letters.progress(message.envelope().id(), 0, delivered("a@x.test"))));
    transport.release(message);

    deliveries.awaitCommitted(Topics.READY, 1);
    assertThat(log.outcomes().getLast())
        .isInstanceOfSatisfying(
            OutcomeRecord.Ended.class,
            over -> assertThat(over.outcomes()).hasSize(2).allMatch(RecipientOutcome::isServed));
    assertThat(transport.attemptsAt(message)).as("each recipient once").isEqualTo(2);
    await()
        .atMost(Deliveries.PATIENCE)
        .untilAsserted(() ->
            assertThat(queue.completions)
                .containsExactly(
                    new Completion(message.envelope().id(), 0, message.envelope().content())));
    assertThat(run.early().running()).isZero();
  }

  @Test
  void whereDeliveryIsKilledBetweenTheAppendAndTheJoinTheOthersAreServedByTheNextRun() {
    Run first = start();
    EnvelopeRecord message = Letters.to("a@x.test", "b@stalled.test");
    Envelope rest = goesOn(first, message);
    deliveries.stop(first);

    log.append(Topics.READY, new EnvelopeRecord(rest, message.content()));
    start();
    await().atMost(Deliveries.PATIENCE).until(() -> transport.attemptsAt(message) == 3);
    transport.release(message);

    deliveries.awaitCommitted(Topics.READY, 1);
    assertThat(transport.attempted)
        .containsExactly(
            message.envelope().id() + " a@x.test",
            message.envelope().id() + " b@stalled.test",
            message.envelope().id() + " b@stalled.test");
  }

  @Test
  void whereDeliveryIsKilledAfterTheJoinWhoWasServedIsNotServedAgain() {
    Run first = start();
    EnvelopeRecord message = Letters.to("a@x.test", "b@stalled.test");
    goesOn(first, message);
    log.append(Topics.READY, message); // all of it: the edge never got the answer
    await().atMost(Deliveries.PATIENCE).until(() -> log.outcomes().size() == 1);
    deliveries.stop(first);

    start();
    await().atMost(Deliveries.PATIENCE).until(() -> transport.attemptsAt(message) == 3);
    transport.release(message);

    deliveries.awaitCommitted(Topics.READY, 1);
    assertThat(transport.attempted).containsOnlyOnce(message.envelope().id() + " a@x.test");
  }

  @Test
  void whatWasDeliveredIsNotDeliveredAgainWhereTheEdgeNeverHeardOfIt() {
    Run run = start();
    EnvelopeRecord message = Letters.stored("a@x.test");
    assertThat(deliver(run, message)).isInstanceOf(EarlyResult.Delivered.class);

    log.append(Topics.READY, message);

    deliveries.awaitCommitted(Topics.READY, 1);
    assertThat(transport.attemptsAt(message)).isEqualTo(1);
    assertThat(log.outcomes())
        .singleElement()
        .isInstanceOfSatisfying(
            OutcomeRecord.Ended.class,
            over -> assertThat(over.outcomes()).containsExactly(delivered("a@x.test")));
    await()
        .atMost(Deliveries.PATIENCE)
        .untilAsserted(() -> assertThat(queue.completions).hasSize(1));
  }

  @Test
  void whatAnAttemptCameToIsConcludedWhenItsRecordIsRead() {
    Run run = start();
    EnvelopeRecord message = Letters.to("a@x.test", "b@dead.test");
    Envelope rest = goesOn(run, message);
    assertThat(queue.conclusions).isEmpty();

    log.append(Topics.READY, new EnvelopeRecord(rest, message.content()));

    deliveries.awaitCommitted(Topics.READY, 1);
    assertThat(queue.conclusions)
        .singleElement()
        .satisfies(conclusion -> {
          assertThat(conclusion.outcomes()).hasSize(2);
          assertThat(conclusion.retry().orElseThrow().replacement().envelope().recipients())
              .extracting(each -> each.address().toString())
              .containsExactly("b@dead.test");
        });
    assertThat(transport.attemptsAt(message)).isEqualTo(2);
  }

  @Test
  void anAttemptThatHasJoinedIsCarriedForwardLikeAnyOther() {
    Run run = start();
    EnvelopeRecord message = Letters.stored("a@stalled.test");
    log.append(Topics.READY, new EnvelopeRecord(goesOn(run, message), message.content()));
    for (int i = 0; i < 3 * Deliveries.MAX_RUNNING; i++) {
      log.append(Topics.READY, Letters.to("a@x.test"));
    }
    deliveries.awaitCommitted(Topics.READY, 3 * Deliveries.MAX_RUNNING + 1);
    assertThat(queue.carried).isNotEmpty();

    transport.release(message);

    deliveries.awaitCommitted(Topics.DUE, queue.carried.size());
    assertThat(transport.attemptsAt(message)).isEqualTo(1);
    await()
        .atMost(Deliveries.PATIENCE)
        .untilAsserted(() ->
            assertThat(queue.completions)
                .extracting(Completion::id)
                .containsExactly(message.envelope().id()));
  }

  @Test
  void aRecordThatCameAfterItsLimitEndsTheAttempt() {
    Run run = start();
    EnvelopeRecord message = Letters.to("a@stalled.test");
    goesOn(run, message);

    log.append(message, new AppendLimit(Instant.now().minusSeconds(60)));
    deliveries.awaitCommitted(Topics.READY, 1);
    transport.release(message); // as a transport ends what is abandoned

    await().atMost(Deliveries.PATIENCE).until(() -> run.early().running() == 0);
    assertThat(log.outcomes()).isEmpty();
    assertThat(transport.attemptsAt(message)).isEqualTo(1);
  }

  /// Starts delivery; the log is read when it returns.
  private Run start() {
    Run run = deliveries.start();
    await()
        .atMost(Deliveries.PATIENCE)
        .until(() -> !(deliver(run, Letters.to("probe@x.test")) instanceof EarlyResult.NotTried));
    transport.attempted.removeIf(each -> each.contains("probe@"));
    return run;
  }

  private static EarlyResult deliver(Run run, EnvelopeRecord message) {
    return run.early().deliverNow(message, TERMS).blockOptional(Deliveries.PATIENCE).orElseThrow();
  }

  private static Envelope goesOn(Run run, EnvelopeRecord message) {
    EarlyResult result = deliver(run, message);
    assertThat(result).isInstanceOf(EarlyResult.GoesOn.class);
    return ((EarlyResult.GoesOn) result).rest();
  }
}
