package io.gatepost.edge.intake;

import static io.gatepost.edge.intake.EarlyOutcomes.taken;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.delivery.EarlyResult;
import io.gatepost.contract.delivery.EarlyResult.Why;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;

/// Attempts with something left to be done, while the queue does not take it.
class UnqueuedRestTest extends EarlyMessageFixture {

  static Stream<EarlyResult> endsThatLeaveTheMessageWithTheClient() {
    return Stream.of(
        new EarlyResult.TryLater(List.of()),
        new EarlyResult.TryLater(List.of(taken(ANN), LATER)),
        new EarlyResult.NotTried(Why.UNKNOWN));
  }

  @ParameterizedTest
  @MethodSource("endsThatLeaveTheMessageWithTheClient")
  void whatCannotBeQueuedAndIsBrokenOffComesAgain(EarlyResult end) {
    EnvelopeRecord message = stored();
    answer(new EarlyResult.GoesOn(message.envelope()));
    queue.failures.add(new RpcException(RpcStatus.UNAVAILABLE, "no broker"));
    withdrawal(end);

    assertThat(delivered(message))
        .isEqualTo(notQueued(Reason.SERVICE_UNAVAILABLE, Replies.QUEUE_UNAVAILABLE));

    assertThat(delivery.withdrawn).containsExactly(message.envelope().id());
    assertThat(queue.contents).hasSize(1); // a record that came too late may refer to it
  }

  @Test
  void whereTheDiskIsFullTheClientHearsSo() {
    EnvelopeRecord message = stored();
    answer(new EarlyResult.GoesOn(message.envelope()));
    queue.failures.add(new RpcException(RpcStatus.RESOURCE_EXHAUSTED, "below the reserve"));
    withdrawal(new EarlyResult.TryLater(List.of()));

    assertThat(delivered(message)).isEqualTo(notQueued(Reason.NO_SPACE, Replies.NO_SPACE));
  }

  @Test
  void whatCannotBeQueuedAndIsDeliveredAllTheSameIsDelivered() {
    EnvelopeRecord message = stored();
    answer(new EarlyResult.GoesOn(message.envelope()));
    queue.failures.add(new RpcException(RpcStatus.RESOURCE_EXHAUSTED, "below the reserve"));
    withdrawal(EarlyOutcomes.delivered(message));

    assertDelivered(delivered(message), message);
  }

  @Test
  void whatCannotBeQueuedAndIsRefusedAllTheSameIsRefused() {
    EnvelopeRecord message = stored();
    answer(new EarlyResult.GoesOn(message.envelope()));
    queue.failures.add(new RpcException(RpcStatus.UNAVAILABLE, "no broker"));
    withdrawal(EarlyOutcomes.refused(message));

    assertThat(delivered(message))
        .isInstanceOfSatisfying(
            Accepted.NotQueued.class,
            refused -> assertThat(refused.verdict().reply().code().isPermanent()).isTrue());
  }

  @Test
  void whatCannotBeQueuedNorWithdrawnComesAgain() {
    EnvelopeRecord message = stored();
    answer(new EarlyResult.GoesOn(message.envelope()));
    queue.failures.add(new RpcException(RpcStatus.UNAVAILABLE, "no broker"));
    delivery.withdrawals = id -> Mono.error(new RpcException(RpcStatus.UNAVAILABLE, "gone"));

    assertThat(delivered(message))
        .isEqualTo(notQueued(Reason.SERVICE_UNAVAILABLE, Replies.QUEUE_UNAVAILABLE));
  }

  @Test
  void contentThatCannotBeSyncedIsNoReasonToRefuseForGood() {
    EnvelopeRecord message = stored();
    answer(new EarlyResult.GoesOn(message.envelope()));
    queue.failures.add(new RpcException(RpcStatus.UNKNOWN, "sync failed"));
    queue.failures.add(new RpcException(RpcStatus.NOT_FOUND, "no content"));
    withdrawal(new EarlyResult.TryLater(List.of()));

    assertThat(delivered(message))
        .isEqualTo(notQueued(Reason.SERVICE_UNAVAILABLE, Replies.QUEUE_UNAVAILABLE));
    assertThat(delivery.withdrawn).hasSize(1);
  }
}
