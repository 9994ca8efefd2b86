package io.gatepost.delivery.early;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.delivery.EarlyResult;
import io.gatepost.contract.delivery.EarlyResult.Why;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.MailParameters;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.reply.Reason;
import io.gatepost.delivery.Messages;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Sinks;

/// The rows of the table of early delivery that are decided here.
class EarlyAttemptTest extends EarlyTrials {

  @Test
  void oneNextHopThatTakesTheMessageDeliversIt() {
    Client client = deliver(own("a@one.example"));
    hops.hop("one.example").answersForAllBut();
    assertThat(hops.hop("one.example").part().hasGone).isTrue();
    assertThat(client.result()).isNull();

    hops.hop("one.example").takes();

    assertThat(client.result()).isInstanceOf(EarlyResult.Delivered.class);
    assertThat(early.running()).isZero();
    assertThat(room.octets()).isZero();
    assertThat(counted("delivered", "none")).isEqualTo(1);
  }

  @Test
  void noDotIsSentBeforeEveryRecipientEverywhereIsAnsweredFor() {
    Client client = deliver(strangers("a@one.example", "b@two.example"));

    hops.hop("one.example").answersForAllBut();
    assertThat(hops.hop("one.example").part().hasGone).isFalse();
    hops.hop("two.example").answersForAllBut();

    assertThat(hops.hop("one.example").part().hasGone).isTrue();
    assertThat(hops.hop("two.example").part().hasGone).isTrue();
    hops.hop("two.example").takes();
    hops.hop("one.example").takes();
    assertThat(client.result())
        .isInstanceOfSatisfying(
            EarlyResult.Delivered.class, all -> assertThat(all.outcomes()).hasSize(2));
  }

  @Test
  void whatAllRefuseForGoodIsRefusedToTheClient() {
    Client client = deliver(strangers("a@one.example", "b@two.example"));
    hops.hop("one.example").refuses();
    hops.hop("two.example").refuses();

    assertThat(client.result())
        .isInstanceOfSatisfying(
            EarlyResult.Refused.class,
            refused ->
                assertThat(refused.refusals())
                    .extracting(RecipientOutcome.Failed::reply)
                    .containsOnly(PlayedHops.NO));
    assertThat(early.running()).isZero();
  }

  @Test
  void ofAStrangersMessageNobodyGetsACopyWhereSomeAreRefused() {
    Client client = deliver(strangers("a@one.example", "b@two.example"));
    hops.hop("one.example").answersForAllBut();
    hops.hop("two.example").refuses();

    assertThat(hops.hop("one.example").part().isAbandoned).isTrue();
    assertThat(client.result()).isInstanceOf(EarlyResult.TryLater.class);
    assertThat(counted("try_later", "refused")).isEqualTo(1);
    hops.hop("one.example").isClosed();
    assertThat(early.running()).isZero();
  }

  @Test
  void aRefusalInTheSameTransactionCountsToo() {
    Client client = deliver(strangers("a@one.example", "b@one.example"));
    hops.hop("one.example").answersForAllBut("b@one.example");

    assertThat(hops.hop("one.example").part().isAbandoned).isTrue();
    assertThat(client.result()).isInstanceOf(EarlyResult.TryLater.class);
  }

  @Test
  void aClientThatComesAgainWithTheSameRefusalIsNotPutOffASecondTime() {
    deliver(strangers("a@one.example", "b@one.example"));
    hops.hop("one.example").answersForAllBut("b@one.example");

    EnvelopeRecord message = strangers("a@one.example", "b@one.example");
    Client again = deliver(message);
    hops.hop("one.example").answersForAllBut("b@one.example");

    assertThat(rest(again)).containsExactly("a@one.example", "b@one.example");
    assertThat(counted("goes_on", "refused")).isEqualTo(1);
    read(message);
    assertThat(hops.hop("one.example").part().hasGone).isTrue();
  }

  @Test
  void anotherRefusalPutsItOffOnceMore() {
    deliver(strangers("a@one.example", "b@one.example", "c@one.example"));
    hops.hop("one.example").answersForAllBut("b@one.example");

    Client again = deliver(strangers("a@one.example", "b@one.example", "c@one.example"));
    hops.hop("one.example").answersForAllBut("b@one.example", "c@one.example");

    assertThat(again.result()).isInstanceOf(EarlyResult.TryLater.class);
  }

  @Test
  void theClientIsPutOffOnceVerificationKnowsOfTheRefusals() {
    Sinks.Empty<Void> told = Sinks.empty();
    refusalsTold = told.asMono();
    Client client = deliver(strangers("a@one.example", "b@one.example"));
    hops.hop("one.example").answersForAllBut("b@one.example");
    assertThat(client.result()).isNull();

    told.tryEmitEmpty();

    assertThat(client.result()).isInstanceOf(EarlyResult.TryLater.class);
  }

  @Test
  void verificationIsNotWaitedForLong() {
    refusalsTold = Sinks.<Void>empty().asMono();
    Client client = deliver(strangers("a@one.example", "b@one.example"));
    hops.hop("one.example").answersForAllBut("b@one.example");

    time.advanceTimeBy(Duration.ofMillis(500));

    assertThat(client.result()).isInstanceOf(EarlyResult.TryLater.class);
  }

  @Test
  void ofOurOwnMessagesTheOthersAreDeliveredAndTheRefusedGetANotice() {
    EnvelopeRecord message = own("a@one.example", "b@one.example");
    Client client = deliver(message);
    hops.hop("one.example").answersForAllBut("b@one.example");
    assertThat(hops.hop("one.example").part().hasGone).as("without the log").isFalse();
    assertThat(rest(client)).containsExactly("a@one.example", "b@one.example");

    Log log = read(message);
    assertThat(hops.hop("one.example").part().hasGone).isTrue();
    hops.hop("one.example").takes();

    assertThat(log.conclusions)
        .singleElement()
        .satisfies(conclusion -> {
          assertThat(conclusion.notices()).hasSize(1);
          assertThat(conclusion.retry()).isEmpty();
        });
    assertThat(hops.all).as("nothing is dialled again").hasSize(1);
  }

  @Test
  void whereTheLogDoesNotTakeTheNoticeNobodyHasGotACopy() {
    EnvelopeRecord message = own("a@one.example", "b@one.example");
    deliver(message);
    hops.hop("one.example").answersForAllBut("b@one.example");

    early.withdraw(message.envelope().id()).subscribe();

    assertThat(hops.hop("one.example").part().isAbandoned).isTrue();
  }

  @Test
  void whereOneTakesItAndAnotherRefusesTheContentItGoesOnForTheNotice() {
    EnvelopeRecord message = strangers("a@one.example", "b@two.example");
    Client client = deliver(message);
    hops.hop("one.example").answersForAllBut();
    hops.hop("two.example").answersForAllBut();
    hops.hop("one.example").takes();
    hops.hop("two.example").refuses();

    assertThat(rest(client)).containsExactly("b@two.example");
    assertThat(read(message).conclusions.getFirst().notices()).hasSize(1);
  }

  @Test
  void whereTheSenderIsNullNobodyIsToldOfTheRefused() {
    EnvelopeRecord message = nullSender("a@one.example", "b@one.example");
    deliver(message);
    hops.hop("one.example").answersForAllBut("b@one.example");
    Log log = read(message);
    hops.hop("one.example").takes();

    assertThat(log.conclusions.getFirst().notices()).isEmpty();
  }

  @Test
  void whatIsPutOffByOneGoesOnInTheQueueForThatOne() {
    EnvelopeRecord message = strangers("a@one.example", "b@two.example");
    Client client = deliver(message);
    hops.hop("one.example").answersForAllBut();
    hops.hop("two.example").putsOff();
    assertThat(hops.hop("one.example").part().hasGone).as("without the log").isFalse();
    assertThat(rest(client)).containsExactly("a@one.example", "b@two.example");
    assertThat(counted("goes_on", "deferred")).isEqualTo(1);

    Log log = read(message);
    assertThat(hops.hop("one.example").part().hasGone).isTrue();
    hops.hop("one.example").takes();

    Envelope retry = log.conclusions.getFirst().retry().orElseThrow().replacement().envelope();
    assertThat(addresses(retry)).containsExactly("b@two.example");
    assertThat(retry.generation()).isEqualTo(1);
  }

  @Test
  void aRefusalBesideADeferralPutsAStrangersMessageOff() {
    Client client = deliver(strangers("a@one.example", "b@two.example"));
    hops.hop("one.example").putsOff();
    hops.hop("two.example").refuses();

    assertThat(client.result()).isInstanceOf(EarlyResult.TryLater.class);
  }

  @Test
  void aDotThatIsNeverAnsweredLeavesItsRecipientToTheQueue() {
    EnvelopeRecord message = own("a@one.example", "b@two.example");
    Client client = deliver(message);
    hops.hop("one.example").answersForAllBut();
    hops.hop("two.example").answersForAllBut();
    hops.hop("one.example").takes();
    hops.hop("two.example").neverAnswersTheDot();

    assertThat(rest(client)).containsExactly("b@two.example");
    assertThat(counted("goes_on", "unanswered")).isEqualTo(1);
  }

  @Test
  void whereTheBudgetIsOverTheAttemptJoinsItsRecordWithoutASecondDial() {
    EnvelopeRecord message = own("a@one.example", "b@two.example");
    Client client = deliver(message);
    hops.hop("one.example").answersForAllBut();

    try (LogLines lines = LogLines.of(EarlyLog.class)) {
      time.advanceTimeBy(BUDGET);
      assertThat(lines.texts())
          .startsWith(
              "qid=%s early attempt not ended in its budget, waits for two.example"
                  .formatted(message.envelope().id()));
    }
    assertThat(rest(client)).containsExactly("a@one.example", "b@two.example");
    assertThat(counted("goes_on", "budget")).isEqualTo(1);
    Log log = read(message);

    assertThat(hops.hop("one.example").part().hasGone).isTrue();
    hops.hop("one.example").takes();
    assertThat(log.progress).hasSize(1);
    hops.hop("two.example").answersForAllBut();
    hops.hop("two.example").takes();
    assertThat(log.delivered).singleElement().asList().hasSize(2);
    assertThat(hops.all).hasSize(2);
  }

  @Test
  void betweenTheBudgetAndTheRecordNoTransactionGoesOn() {
    EnvelopeRecord message = own("a@one.example");
    deliver(message);
    time.advanceTimeBy(BUDGET);

    hops.hop("one.example").answersForAllBut();
    assertThat(hops.hop("one.example").part().hasGone).isFalse();
    read(message);

    assertThat(hops.hop("one.example").part().hasGone).isTrue();
  }

  @Test
  void whatIsServedBeforeTheRecordIsReadIsTheRecordsProgress() {
    EnvelopeRecord message = own("a@one.example", "b@two.example");
    Client client = deliver(message);
    hops.hop("one.example").answersForAllBut();
    hops.hop("two.example").answersForAllBut();
    time.advanceTimeBy(BUDGET);
    hops.hop("one.example").takes();
    assertThat(rest(client)).hasSize(2);

    Log log = read(message);

    assertThat(log.progress)
        .extracting(each -> each.recipient().address().toString())
        .containsExactly("a@one.example");
    hops.hop("two.example").putsOff();
    assertThat(log.conclusions).hasSize(1);
  }

  @Test
  void whoIsServedWhenTheBudgetIsOverIsNotInTheRecord() {
    Client client = deliver(own("a@one.example", "b@two.example"));
    hops.hop("one.example").answersForAllBut();
    hops.hop("two.example").answersForAllBut();
    hops.hop("one.example").takes();

    time.advanceTimeBy(BUDGET);

    assertThat(rest(client)).containsExactly("b@two.example");
  }

  @Test
  void aRefusalThatIsKnownWhenTheBudgetIsOverPutsAStrangersMessageOff() {
    Client client = deliver(strangers("a@one.example", "b@two.example"));
    hops.hop("one.example").refuses();

    time.advanceTimeBy(BUDGET);

    assertThat(client.result()).isInstanceOf(EarlyResult.TryLater.class);
    hops.hop("two.example").answersForAllBut();
    assertThat(hops.hop("two.example").part().isAbandoned).isTrue();
  }

  @Test
  void aConnectionThatBreaksWhileItWaitsIsWaitedForAgain() {
    deliver(own("a@one.example", "b@two.example"));
    hops.hop("one.example").answersForAllBut();
    hops.hop("one.example").breaks();

    hops.hop("two.example").answersForAllBut();
    assertThat(hops.hop("two.example").part().hasGone).isFalse();
    hops.hop("one.example").answersForAllBut();

    assertThat(hops.hop("one.example").part().hasGone).isTrue();
    assertThat(hops.hop("two.example").part().hasGone).isTrue();
  }

  @Test
  void aTransactionThatIsPreparedTwiceCountsOnce() {
    deliver(own("a@one.example", "b@two.example"));
    hops.hop("one.example").answersForAllBut();
    hops.hop("one.example").answersForAllBut();

    assertThat(hops.hop("one.example").part().hasGone).isFalse();
  }

  @Test
  void whereRoutingIsBrokenTheMessageGoesOnInTheQueue() {
    world.isBroken = true;
    EnvelopeRecord message = own("a@one.example");
    Client client = deliver(message);

    assertThat(rest(client)).containsExactly("a@one.example");
    Log log = read(message);
    assertThat(log.conclusions).hasSize(1);
  }

  @Test
  void aNextHopThatHasNoRoomSendsTheMessageToTheQueueAtOnce() {
    against.put("two.example", Why.SLOW);
    EnvelopeRecord message = own("a@one.example", "b@two.example");

    Client client = deliver(message);

    assertThat(client.result()).isEqualTo(new EarlyResult.NotTried(Why.SLOW));
    assertThat(hops.all).isEmpty();
    assertThat(early.running()).isZero();
    assertThat(counted("not_tried", "slow")).isEqualTo(1);
    read(message);
    assertThat(hops.all).hasSize(2);
  }

  @Test
  void anAttemptThatHasItsRoutesAfterItsRecordWasReadIsNeverDeclined() {
    world.held = Sinks.empty();
    against.put("one.example", Why.BUSY);
    EnvelopeRecord message = own("a@one.example");
    Client client = deliver(message);
    time.advanceTimeBy(BUDGET);
    assertThat(rest(client)).hasSize(1);
    Log log = read(message);

    world.held.tryEmitEmpty();

    hops.hop("one.example").answersForAllBut();
    hops.hop("one.example").takes();
    assertThat(log.delivered).hasSize(1);
  }

  @Test
  void anUnknownUserAmongAStrangersRecipientsPutsTheMessageOff() {
    world.unknown.add("b@two.example");
    Client client = deliver(strangers("a@one.example", "b@two.example"));
    hops.hop("one.example").answersForAllBut();

    assertThat(client.result())
        .isInstanceOfSatisfying(
            EarlyResult.TryLater.class,
            later ->
                assertThat(later.outcomes())
                    .extracting(RecipientOutcome.Failed.class::cast)
                    .extracting(RecipientOutcome.Failed::reason)
                    .containsExactly(Reason.UNKNOWN_USER));
    assertThat(hops.hop("one.example").part().isAbandoned).isTrue();
  }

  private static EnvelopeRecord nullSender(String... recipients) {
    return Messages.message(
        ReversePath.of(""),
        MailParameters.NONE,
        Messages.TEXT,
        own(recipients).envelope().recipients().toArray(new Recipient[0]));
  }

  private static List<String> rest(Client client) {
    assertThat(client.result()).isInstanceOf(EarlyResult.GoesOn.class);
    return addresses(((EarlyResult.GoesOn) client.results.getFirst()).rest());
  }

  private static List<String> addresses(Envelope envelope) {
    return envelope.recipients().stream().map(each -> each.address().toString()).toList();
  }
}
