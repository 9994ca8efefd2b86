package io.gatepost.edge.intake;

import static io.gatepost.edge.intake.EarlyOutcomes.failed;
import static io.gatepost.edge.intake.EarlyOutcomes.taken;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.delivery.EarlyResult;
import io.gatepost.contract.delivery.EarlyResult.Why;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.Provenance;
import io.gatepost.contract.envelope.Provenance.Origin;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;

/// Attempts that the delivery-service does not answer.
class UnansweredAttemptTest extends EarlyMessageFixture {

  @ParameterizedTest
  @EnumSource(
      value = RpcStatus.class,
      names = {"UNKNOWN", "DEADLINE_EXCEEDED", "INTERNAL"},
      mode = EnumSource.Mode.EXCLUDE)
  void whereDeliveryIsAwayMailIsQueuedAtOnce(RpcStatus certain) {
    EnvelopeRecord message = stored();
    fail(certain);

    assertQueued(delivered(message), message.envelope());

    assertThat(delivery.withdrawn).isEmpty();
    assertThat(passedOver("delivery_away")).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(
      value = RpcStatus.class,
      names = {"UNKNOWN", "DEADLINE_EXCEEDED", "INTERNAL"})
  void anAttemptWithoutAnAnswerThatHasEndedIsNotMadeAgain(RpcStatus doubt) {
    EnvelopeRecord message = stored();
    fail(doubt);
    withdrawal(EarlyOutcomes.delivered(message));

    assertDelivered(delivered(message), message);

    assertThat(queue.messages).isEmpty();
    assertThat(queue.contents).isEmpty();
    assertThat(attempts("unanswered")).isEqualTo(1);
  }

  @Test
  void anErrorInTheSameProcessLeavesDoubtToo() {
    EnvelopeRecord message = stored();
    delivery.attempts = any -> Mono.error(new IllegalStateException("a mistake of ours"));
    withdrawal(EarlyOutcomes.refused(message));

    assertThat(delivered(message)).isInstanceOf(Accepted.NotQueued.class);
    assertThat(queue.messages).isEmpty();
  }

  @Test
  void anAttemptWithoutAnAnswerThatIsBrokenOffIsQueued() {
    EnvelopeRecord message = stored();
    fail(RpcStatus.UNKNOWN);
    withdrawal(new EarlyResult.TryLater(List.of(LATER)));

    assertQueued(delivered(message), message.envelope());
    assertThat(queue.contents).hasSize(1);
  }

  @Test
  void anAttemptWithoutAnAnswerThatNobodyKnowsIsQueued() {
    EnvelopeRecord message = stored();
    fail(RpcStatus.DEADLINE_EXCEEDED);
    withdrawal(new EarlyResult.NotTried(Why.UNKNOWN));

    assertQueued(delivered(message), message.envelope());
  }

  @Test
  void anAttemptWithoutAnAnswerThatCannotBeWithdrawnIsQueuedAndJoinsItsRecord() {
    EnvelopeRecord message = stored();
    fail(RpcStatus.UNKNOWN);
    delivery.withdrawals = id -> Mono.error(new RpcException(RpcStatus.UNAVAILABLE, "gone"));

    assertQueued(delivered(message), message.envelope());
  }

  @Test
  void thoseWhoAreServedAreNotServedAgainByTheQueue() {
    EnvelopeRecord message = stored();
    fail(RpcStatus.UNKNOWN);
    withdrawal(new EarlyResult.TryLater(List.of(taken(ANN), LATER)));

    Accepted accepted = delivered(message);

    assertThat(accepted).isInstanceOf(Accepted.Queued.class);
    Envelope queued = queue.messages.getFirst().envelope();
    assertThat(queued.recipients()).containsExactly(BOB);
    assertThat(queued.covered().has(ANN.address())).isTrue();
  }

  @Test
  void aStrangerIsNotQueuedOfWhomSomeAreRefusedAndNobodyIsServed() {
    EnvelopeRecord message = stored();
    fail(RpcStatus.UNKNOWN);
    withdrawal(new EarlyResult.TryLater(List.of(failed(ANN))));

    assertThat(delivered(message))
        .isEqualTo(notQueued(Reason.NEXT_HOP_DEFERRED, Replies.PARTLY_REFUSED));
    assertThat(queue.messages).isEmpty();

    provenance = Provenance.connected("127.0.0.1", "192.0.2.1:25", Origin.INTERNAL);
    EnvelopeRecord own = stored();
    assertQueued(delivered(own), own.envelope());
  }
}
