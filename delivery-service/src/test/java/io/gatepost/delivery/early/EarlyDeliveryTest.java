package io.gatepost.delivery.early;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.delivery.EarlyResult;
import io.gatepost.contract.delivery.EarlyResult.Why;
import io.gatepost.contract.delivery.EarlyTerms;
import io.gatepost.contract.envelope.DsnParameters.Notify;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.Provenance.Origin;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.delivery.Messages;
import io.gatepost.delivery.transport.AttemptRoom;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Attempts and their records, lost answers, bounds, and stops.
class EarlyDeliveryTest extends EarlyTrials {

  @Test
  void anAnswerThatWasLostIsStillKnownWhenTheRecordComes() {
    EnvelopeRecord message = own("a@one.example");
    deliverAtOnce(message);

    Log log = read(message);

    assertThat(log.delivered).singleElement().asList().hasSize(1);
    assertThat(hops.all).as("nobody gets a second copy").hasSize(1);
    assertThat(joined("remembered")).isEqualTo(1);
  }

  @Test
  void anAnswerThatWasLostIsToldToWhoeverWithdrawsTheMessage() {
    EnvelopeRecord message = own("a@one.example");
    deliverAtOnce(message);

    assertThat(withdraw(message).result()).isInstanceOf(EarlyResult.Delivered.class);
  }

  @Test
  void aRefusalThatWasLostIsToldToWhoeverWithdrawsTheMessage() {
    EnvelopeRecord message = own("a@one.example");
    deliver(message);
    hops.hop("one.example").refuses();

    assertThat(withdraw(message).result()).isInstanceOf(EarlyResult.Refused.class);
  }

  @Test
  void whereSomeWereServedByAnAttemptThatIsForgottenTheRecordServesTheOthersOnly() {
    EnvelopeRecord message = own("a@one.example", "b@two.example");
    deliver(message);
    hops.hop("one.example").answersForAllBut();
    hops.hop("two.example").answersForAllBut();
    Client end = withdraw(message);
    hops.hop("one.example").takes();
    hops.hop("two.example").putsOff();
    assertThat(end.result()).isInstanceOf(EarlyResult.TryLater.class);

    Log log = read(message);

    assertThat(log.reached.orElseThrow()).hasSize(1);
    assertThat(hops.all).hasSize(3);
    assertThat(hops.all.getLast().name).isEqualTo("two.example");
  }

  @Test
  void aCallThatIsMadeTwiceIsOneAttempt() {
    EnvelopeRecord message = own("a@one.example");
    Client first = deliver(message);
    Client second = deliver(message);
    hops.hop("one.example").answersForAllBut();
    hops.hop("one.example").takes();

    assertThat(first.result()).isInstanceOf(EarlyResult.Delivered.class);
    assertThat(second.result()).isEqualTo(first.result());
    assertThat(hops.all).hasSize(1);
  }

  @Test
  void aCallThatIsMadeAgainAfterTheEndBeginsNothing() {
    EnvelopeRecord message = own("a@one.example");
    deliverAtOnce(message);

    assertThat(deliver(message).result()).isEqualTo(new EarlyResult.NotTried(Why.UNKNOWN));
    assertThat(hops.all).hasSize(1);
    assertThat(room.octets()).isZero();
  }

  @Test
  void aCallThatComesAfterItsRecordBeginsNothing() {
    EnvelopeRecord message = own("a@one.example");
    read(message);

    assertThat(deliver(message).result()).isEqualTo(new EarlyResult.NotTried(Why.UNKNOWN));
    assertThat(hops.all).as("the record's").hasSize(1);
  }

  @Test
  void aCallThatComesWhilePartsOfTheLogAreGivenAwayBeginsNothing() {
    once(() -> early.own(Set.of()));

    Client client = deliver(own("a@one.example"));

    assertThat(client.result()).isEqualTo(new EarlyResult.NotTried(Why.ELSEWHERE));
    assertThat(hops.all).isEmpty();
    assertThat(early.running()).isZero();
    assertThat(room.octets()).isZero();
  }

  @Test
  void aCallThatComesWhileDeliveryStopsBeginsNothing() {
    once(early::stopAccepting);

    Client client = deliver(own("a@one.example"));

    assertThat(client.result()).isEqualTo(new EarlyResult.NotTried(Why.STOPPING));
    assertThat(hops.all).isEmpty();
    assertThat(counted("not_tried", "stopping")).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({
    "a@one.example,               true",
    "a@one.example b@two.example, false",
  })
  void aBudgetThatIsCutForOneOfSeveralNextHopsMakesNoneOfThemSlow(String to, boolean isSlow) {
    rules = new EarlyRules(Map.of("one.example", Duration.ofSeconds(1)));
    EarlyDelivery hurried = early(10);
    for (int i = 0; i < 2; i++) {
      hurried.deliverNow(own(to.split(" ")), new EarlyTerms(BUDGET)).subscribe();
      time.advanceTimeBy(Duration.ofSeconds(1));
    }

    assertThat(counted("goes_on", "budget")).isEqualTo(2);
    assertThat(slow.isSlow("one.example")).isEqualTo(isSlow);
    assertThat(slow.isSlow("two.example")).isFalse();
  }

  /// Between the first look at a message and its attempt.
  private void once(Runnable something) {
    atLookAtClock =
        () -> {
          atLookAtClock = () -> {};
          something.run();
        };
  }

  @Test
  void aCallThatIsBrokenOffTakesItsAttemptAlong() {
    Client client = deliver(own("a@one.example", "b@two.example"));
    hops.hop("one.example").answersForAllBut();

    client.breaksOff();

    assertThat(hops.hop("one.example").part().isAbandoned).isTrue();
    hops.hop("two.example").answersForAllBut();
    assertThat(hops.hop("two.example").part().isAbandoned).isTrue();
  }

  @Test
  void aCallThatIsBrokenOffAfterTheDotIsFinished() {
    EnvelopeRecord message = own("a@one.example");
    Client client = deliver(message);
    hops.hop("one.example").answersForAllBut();
    client.breaksOff();

    hops.hop("one.example").takes();

    assertThat(read(message).delivered).hasSize(1);
    assertThat(hops.all).hasSize(1);
  }

  @Test
  void aMessageThatIsWithdrawnBeforeADotIsNobodys() {
    EnvelopeRecord message = own("a@one.example");
    Client client = deliver(message);

    Client end = withdraw(message);

    assertThat(end.result()).isInstanceOf(EarlyResult.TryLater.class);
    assertThat(client.result()).isInstanceOf(EarlyResult.TryLater.class);
    assertThat(counted("try_later", "withdrawn")).isEqualTo(1);
    hops.hop("one.example").answersForAllBut();
    assertThat(hops.hop("one.example").part().isAbandoned).isTrue();
  }

  @Test
  void aMessageThatIsWithdrawnAfterADotIsFinished() {
    EnvelopeRecord message = own("a@one.example");
    deliver(message);
    hops.hop("one.example").answersForAllBut();

    Client end = withdraw(message);
    assertThat(end.result()).isNull();
    hops.hop("one.example").takes();

    assertThat(end.result()).isInstanceOf(EarlyResult.Delivered.class);
  }

  @Test
  void whereTheAppendFailsNobodyHasACopy() {
    EnvelopeRecord message = own("a@one.example");
    deliver(message);
    time.advanceTimeBy(BUDGET);
    hops.hop("one.example").answersForAllBut();

    assertThat(withdraw(message).result()).isInstanceOf(EarlyResult.TryLater.class);
    assertThat(hops.hop("one.example").part().isAbandoned).isTrue();
  }

  @Test
  void anAttemptThatIsUnknownIsSaidToBe() {
    assertThat(withdraw(own("a@one.example")).result())
        .isEqualTo(new EarlyResult.NotTried(Why.UNKNOWN));
  }

  @Test
  void aRecordThatNeverComesIsWaitedForOnlySoLong() {
    EnvelopeRecord message = own("a@one.example", "b@two.example");
    deliver(message);
    hops.hop("one.example").answersForAllBut();
    time.advanceTimeBy(BUDGET);
    assertThat(room.octets()).isPositive();

    time.advanceTimeBy(EarlyDelivery.LONGEST_WAIT.plus(EarlyDelivery.LOOK));

    assertThat(hops.hop("one.example").part().isAbandoned).isTrue();
    assertThat(early.running()).isZero();
    assertThat(room.octets()).isZero();
    assertThat(meters.get("gatepost.delivery.early.forgotten").counter().count()).isEqualTo(1);
  }

  @Test
  void anAttemptWhoseTransportsTellNothingHoldsItsRoomOnlySoLong() {
    EnvelopeRecord message = own("a@one.example");
    Client client = deliver(message);
    hops.hop("one.example").answersForAllBut();

    time.advanceTimeBy(EarlyDelivery.LONGEST_WAIT.plus(EarlyDelivery.LOOK));

    assertThat(client.result()).isInstanceOf(EarlyResult.GoesOn.class);
    assertThat(early.running()).isZero();
    assertThat(room.octets()).isZero();
  }

  @Test
  void anAttemptThatEndedKeepsItsRoomUntilItsRecordIsRead() {
    EnvelopeRecord message = own("a@one.example");
    deliver(message);
    hops.hop("one.example").putsOff();
    assertThat(early.running()).isEqualTo(1);
    assertThat(room.octets()).isPositive();

    Log log = read(message);

    assertThat(log.conclusions).hasSize(1);
    assertThat(joined("ended")).isEqualTo(1);
    assertThat(room.octets()).isZero();
  }

  @Test
  void asManyRunAsThereIsRoomFor() {
    EarlyDelivery small = early(1);
    small.deliverNow(own("a@one.example"), new EarlyTerms(BUDGET)).subscribe();

    Client second = new Client(small.deliverNow(own("b@one.example"), new EarlyTerms(BUDGET)));

    assertThat(second.result()).isEqualTo(new EarlyResult.NotTried(Why.NO_ROOM));
    assertThat(counted("not_tried", "no_room")).isEqualTo(1);
  }

  @Test
  void attemptsThatWaitForTheirRecordsLeaveRoomToReadThem() {
    AttemptRoom small = new AttemptRoom(100, 20_000);
    EarlyDelivery within = early(small, 100);
    int tried = 0;
    EarlyResult last;
    do {
      Client client =
          new Client(within.deliverNow(own("a@host" + tried + ".example"), new EarlyTerms(BUDGET)));
      time.advanceTimeBy(BUDGET);
      last = client.results.getFirst();
      tried++;
    } while (last instanceof EarlyResult.GoesOn);

    assertThat(last).isEqualTo(new EarlyResult.NotTried(Why.NO_ROOM));
    assertThat(tried).isGreaterThan(5);
    assertThat(small.isFull()).isFalse();
  }

  @Test
  void aPartOfTheLogThatAnotherReadsIsHis() {
    early.own(Set.of(1));

    assertThat(deliver(own("a@one.example")).result())
        .isEqualTo(new EarlyResult.NotTried(Why.ELSEWHERE));
  }

  @Test
  void whereThatPartIsLostAnAttemptIsBrokenOffThatNobodyCanHaveGotByIt() {
    Client waiting = deliver(own("a@one.example", "b@two.example"));
    Client going = deliver(own("c@three.example"));
    hops.hop("one.example").answersForAllBut();
    hops.hop("three.example").answersForAllBut();

    early.own(Set.of());

    assertThat(waiting.result()).isEqualTo(new EarlyResult.NotTried(Why.ELSEWHERE));
    assertThat(hops.hop("one.example").part().isAbandoned).isTrue();
    hops.hop("three.example").takes();
    assertThat(going.result()).isInstanceOf(EarlyResult.Delivered.class);
  }

  @Test
  void aStopBeginsNothingAndLetsDotsBeAnswered() {
    Client waiting = deliver(own("a@one.example", "b@two.example"));
    Client going = deliver(own("c@three.example"));
    hops.hop("three.example").answersForAllBut();

    early.stopAccepting();

    assertThat(waiting.result()).isEqualTo(new EarlyResult.NotTried(Why.STOPPING));
    assertThat(early.going()).isEqualTo(1);
    hops.hop("three.example").takes();
    assertThat(going.result()).isInstanceOf(EarlyResult.Delivered.class);
    assertThat(early.going()).isZero();
    assertThat(deliver(own("d@one.example")).result())
        .isEqualTo(new EarlyResult.NotTried(Why.STOPPING));
  }

  @Test
  void whoeverWantsToHearOfSuccessIsServedFromTheQueue() {
    EnvelopeRecord message = Messages.to(Messages.recipient("a@one.example", Notify.SUCCESS));

    assertThat(deliver(message).result()).isEqualTo(new EarlyResult.NotTried(Why.NOTICE_WANTED));
  }

  @Test
  void whatOwesItsScanIsNotDelivered() {
    EnvelopeRecord message = Messages.owing(Origin.INTERNAL, own("a@one.example"));

    assertThat(deliver(message).result()).isEqualTo(new EarlyResult.NotTried(Why.NOT_WANTED));
  }

  @ParameterizedTest
  @CsvSource({
    "delivered, none", "refused, none", "try_later, refused", "try_later, withdrawn",
    "goes_on, budget", "goes_on, deferred", "goes_on, refused", "goes_on, unanswered",
    "not_tried, no_room", "not_tried, busy", "not_tried, slow", "not_tried, stopping"
  })
  void allResultsAreCountedFromTheStart(String result, String why) {
    assertThat(counted(result, why)).isZero();
  }

  @Test
  void theTimeToTheAnswerIsMeasured() {
    deliver(own("a@one.example"));
    time.advanceTimeBy(Duration.ofSeconds(2));
    hops.hop("one.example").answersForAllBut();
    hops.hop("one.example").takes();

    assertThat(meters.get("gatepost.delivery.early.time").timer().totalTime(TimeUnit.SECONDS))
        .isEqualTo(2);
  }

  private void deliverAtOnce(EnvelopeRecord message) {
    Client client = deliver(message);
    hops.hop("one.example").answersForAllBut();
    hops.hop("one.example").takes();
    assertThat(client.result())
        .isInstanceOfSatisfying(
            EarlyResult.Delivered.class,
            all -> assertThat(all.outcomes()).allMatch(RecipientOutcome::isServed));
  }

  private Client withdraw(EnvelopeRecord message) {
    return new Client(early.withdraw(message.envelope().id()));
  }

  private double joined(String attempt) {
    return meters.get("gatepost.delivery.early.joined").tag("attempt", attempt).counter().count();
  }
}
