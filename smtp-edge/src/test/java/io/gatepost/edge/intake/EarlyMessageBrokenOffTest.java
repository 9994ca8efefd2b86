package io.gatepost.edge.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.delivery.EarlyResult;
import io.gatepost.contract.delivery.EarlyResult.Why;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/// Attempts that have begun, of clients that go and of a server that stops.
class EarlyMessageBrokenOffTest extends EarlyMessageFixture {

  /// A message whose attempt has begun, and has no answer yet.
  private final class Begun {
    final EnvelopeRecord message = stored();
    final Sinks.One<EarlyResult> answer = Sinks.one();
    final AtomicReference<Accepted> accepted = new AtomicReference<>();
    final Handover handover = handover(message);

    Begun() {
      delivery.attempts = any -> answer.asMono();
      handover.begin().subscribe(accepted::set);
      assertThat(accepted).hasNullValue();
    }

    Accepted answered(EarlyResult result) {
      answer.tryEmitValue(result);
      return Objects.requireNonNull(accepted.get());
    }
  }

  @Test
  void theAttemptOfAClientThatHasGoneIsBrokenOff() {
    withdrawal(new EarlyResult.TryLater(List.of()));
    Begun begun = new Begun();

    begun.handover.clientHasGone();

    assertThat(delivery.withdrawn).containsExactly(begun.message.envelope().id());
    assertThat(queue.contents).hasSize(1); // a next hop may still read it
    assertThat(begun.answered(new EarlyResult.TryLater(List.of())))
        .isInstanceOf(Accepted.NotQueued.class);
    assertThat(queue.messages).isEmpty();
    assertThat(queue.contents).isEmpty();
  }

  @Test
  void whatIsDeliveredToAClientThatHasGoneIsNotQueued() {
    Begun begun = new Begun();
    withdrawal(EarlyOutcomes.delivered(begun.message));

    begun.handover.clientHasGone();

    assertDelivered(begun.answered(EarlyOutcomes.delivered(begun.message)), begun.message);
    assertThat(queue.messages).isEmpty();
    assertThat(queue.contents).isEmpty();
  }

  @Test
  void whatNoHopWasAskedAboutIsNotQueuedForAClientThatHasGone() {
    Begun begun = new Begun();
    withdrawal(new EarlyResult.NotTried(Why.UNKNOWN));

    begun.handover.clientHasGone();

    assertThat(begun.answered(new EarlyResult.NotTried(Why.SLOW)))
        .isInstanceOf(Accepted.NotQueued.class);
    assertThat(queue.messages).isEmpty();
    assertThat(queue.contents).isEmpty();
  }

  @Test
  void anAttemptThatGoesOnIsQueuedForAClientThatHasGoneWhereItCannotBeBrokenOff() {
    Begun begun = new Begun();
    delivery.withdrawals = id -> Mono.error(new RpcException(RpcStatus.UNKNOWN, "no answer"));
    begun.handover.clientHasGone();

    Envelope rest = begun.message.envelope().only(List.of(BOB));

    assertQueued(begun.answered(new EarlyResult.GoesOn(rest)), rest);
  }

  @Test
  void anAttemptThatIsBrokenOffAtTheEndOfItsBudgetIsNotQueuedForAClientThatHasGone() {
    Begun begun = new Begun();
    withdrawal(new EarlyResult.TryLater(List.of(LATER)));
    begun.handover.clientHasGone();

    assertThat(begun.answered(new EarlyResult.GoesOn(begun.message.envelope())))
        .isInstanceOf(Accepted.NotQueued.class);
    assertThat(queue.messages).isEmpty();
    assertThat(queue.contents).isEmpty();
  }

  @Test
  void onceTheAttemptHasItsAnswerNothingIsWithdrawn() {
    EnvelopeRecord message = stored();
    answer(new EarlyResult.GoesOn(message.envelope()));
    Handover handover = handover(message);
    handover.begin().block(PATIENCE);

    handover.clientHasGone();
    handover.hurry();

    assertThat(delivery.withdrawn).isEmpty();
    assertThat(queue.messages).hasSize(1);
  }

  @Test
  void aServerThatStopsHasTheAttemptBrokenOffAndTellsTheClient() {
    withdrawal(new EarlyResult.TryLater(List.of()));
    Begun begun = new Begun();

    begun.handover.hurry();

    assertThat(delivery.withdrawn).hasSize(1);
    assertThat(begun.answered(new EarlyResult.TryLater(List.of())))
        .isEqualTo(notQueued(Reason.NEXT_HOP_DEFERRED, Replies.ATTEMPT_BROKEN_OFF));
  }
}
