package io.gatepost.edge.intake;

import static io.gatepost.edge.intake.EarlyOutcomes.recipient;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.delivery.EarlyResult;
import io.gatepost.contract.delivery.EarlyResult.Why;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.HeaderEdits;
import io.gatepost.contract.envelope.ScanState;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.reply.Reply;
import io.micrometer.core.instrument.Counter;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;

/// Every answer of the delivery-service to a message that is attempted while its client waits, and
/// messages that are not attempted.
class EarlyMessageTest extends EarlyMessageFixture {

  @Test
  void aDeliveredMessageIsNowhereElse() {
    EnvelopeRecord message = stored();
    answer(EarlyOutcomes.delivered(message));

    assertDelivered(delivered(message), message);

    assertThat(queue.messages).isEmpty();
    assertThat(queue.contents).isEmpty();
    assertThat(delivery.withdrawn).isEmpty();
    assertThat(attempts("delivered")).isEqualTo(1);
  }

  @Test
  void aRefusedMessageIsNobodys() {
    EnvelopeRecord message = stored();
    answer(EarlyOutcomes.refused(message));

    assertThat(delivered(message))
        .isEqualTo(
            notQueued(Reason.NEXT_HOP_REFUSED, Reply.parse("550 5.1.1 No such user on (host)")));

    assertThat(queue.messages).isEmpty();
    assertThat(queue.contents).isEmpty();
    assertThat(attempts("refused")).isEqualTo(1);
  }

  @Test
  void aStrangerOfWhomSomeRecipientsAreRefusedComesAgain() {
    EnvelopeRecord message = stored();
    answer(EarlyOutcomes.partlyRefused(message));

    assertThat(delivered(message))
        .isEqualTo(notQueued(Reason.NEXT_HOP_DEFERRED, Replies.PARTLY_REFUSED));

    assertThat(queue.messages).isEmpty();
    assertThat(queue.contents).isEmpty();
    assertThat(attempts("try_later")).isEqualTo(1);
  }

  @Test
  void aMessageWhoseAttemptTheServiceBreaksOffComesAgain() {
    EnvelopeRecord message = stored();
    answer(new EarlyResult.TryLater(List.of()));

    assertThat(delivered(message))
        .isEqualTo(notQueued(Reason.NEXT_HOP_DEFERRED, Replies.ATTEMPT_BROKEN_OFF));
    assertThat(queue.messages).isEmpty();
  }

  @Test
  void whatIsLeftToBeDoneIsQueuedWithItsContent() {
    EnvelopeRecord message = stored();
    Envelope rest = message.envelope().only(List.of(BOB));
    answer(new EarlyResult.GoesOn(rest));

    assertQueued(delivered(message), rest);

    assertThat(queue.contents).hasSize(1);
    assertThat(delivery.withdrawn).isEmpty();
    assertThat(attempts("goes_on")).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(Why.class)
  void aMessageThatIsNotTriedIsQueued(Why why) {
    EnvelopeRecord message = stored();
    answer(new EarlyResult.NotTried(why));

    assertQueued(delivered(message), message.envelope());

    assertThat(queue.contents).hasSize(1);
    assertThat(passedOver(why.label())).isEqualTo(1);
  }

  @Test
  void contentInMemoryIsHandedOverWithoutACopy() {
    byte[] octets = new byte[1];
    EnvelopeRecord message = new EnvelopeRecord(envelope(BOB), octets);
    answer(new EarlyResult.GoesOn(message.envelope()));

    delivered(message);

    assertThat(delivery.attempted.getFirst().content()).isSameAs(octets);
    assertThat(queue.messages.getFirst().content()).isSameAs(octets);
  }

  @Test
  void aUserWaitsForALessTime() {
    answer(new EarlyResult.NotTried(Why.SLOW));
    delivered(stored());
    provenance = provenance.identified("carl");
    delivered(stored());

    assertThat(delivery.terms)
        .extracting(each -> each.budget())
        .containsExactly(Duration.ofSeconds(20), Duration.ofSeconds(7));
  }

  @Test
  void nothingIsAttemptedThatTheSettingsOrTheScannersRuleOut() {
    EnvelopeRecord wide =
        new EnvelopeRecord(envelope(ANN, BOB, recipient("carl@dest.example")), new byte[1]);
    EnvelopeRecord unscanned =
        new EnvelopeRecord(envelope(BOB).scanned(HeaderEdits.NONE, ScanState.OWED), new byte[1]);
    delivered(wide);
    delivered(unscanned);
    terms = EarlyHandover.Terms.OFF;
    delivered(stored());

    assertThat(delivery.attempted).isEmpty();
    assertThat(queue.messages).hasSize(3);
    assertThat(passedOver("too_many_recipients")).isEqualTo(1);
    assertThat(passedOver("owes_scan")).isEqualTo(1);
    assertThat(passedOver("off")).isEqualTo(1);
  }

  @Test
  void everyReasonHasItsCounterFromTheStart() {
    handover(stored());

    assertThat(meters.find("gatepost.edge.early.attempts").counters())
        .hasSize(EarlyMeters.End.values().length);
    assertThat(meters.find("gatepost.edge.early.passed.over").counters())
        .hasSize(Why.values().length + EarlyMeters.Own.values().length)
        .allSatisfy(each -> assertThat(each.getId().getDescription()).isNotBlank())
        .extracting(Counter::count)
        .containsOnly(0.0);
  }

  @Test
  void aStoreThatCannotDeleteDoesNotKeepTheClientWaiting() {
    EnvelopeRecord message = stored();
    answer(EarlyOutcomes.delivered(message));
    queue.deletions = Mono.never();

    assertDelivered(handover(message).begin().block(Duration.ofSeconds(10)), message);
  }
}
