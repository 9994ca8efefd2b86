package io.gatepost.delivery.attempt;

import static io.gatepost.delivery.Messages.recipient;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.envelope.BodyType;
import io.gatepost.contract.envelope.DsnParameters;
import io.gatepost.contract.envelope.DsnParameters.Notify;
import io.gatepost.contract.envelope.DsnParameters.Return;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.HeaderEdit;
import io.gatepost.contract.envelope.HeaderEdits;
import io.gatepost.contract.envelope.MailParameters;
import io.gatepost.contract.envelope.MailParameters.AddressForm;
import io.gatepost.contract.envelope.Provenance.Origin;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.envelope.ScanState;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.queue.Conclusion;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.contract.scanning.ScanDecision;
import io.gatepost.contract.scanning.ScanReport;
import io.gatepost.delivery.Messages;
import io.gatepost.delivery.late.LateScans;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Messages that were accepted unscanned: what is delivered, returned and put aside, and what a
/// process leaves that is killed on the way.
class OwedScanTest extends AttemptTrials {

  private static final HeaderEdits MARK =
      new HeaderEdits(List.of(HeaderEdit.Insert.onTop("X-Mark", "spam 5.1")));
  private static final ScanDecision BAD =
      new ScanDecision.Refuse("virus bad: Eicar", Reply.of(550, "5.7.1", "Eicar found"));
  private static final ScanDecision LATER =
      new ScanDecision.TryLater(
          Reason.CONTENT_DEFERRED, "spam try_later", Replies.contentDeferred("greylisted"));
  private static final RpcException AWAY = new RpcException(RpcStatus.UNAVAILABLE, "no connection");

  private final Recipient ann = recipient("ann@here.example");
  private final Recipient bob = recipient("bob@here.example");

  @Test
  void nobodyGetsItBeforeTheVerdict() {
    scanning.hang();
    start(own(ann));
    assertThat(copies).isEmpty();
    assertThat(end.ended).isFalse();

    scanning.open.getFirst().tryEmitValue(ScanReport.CLEAN);

    assertThat(copies).containsExactly("ann@here.example");
    assertThat(end.outcomes).singleElement().isInstanceOf(RecipientOutcome.Delivered.class);
    assertThat(backlog.state(now).messages()).isZero();
  }

  @Test
  void aMessageThatOwesNothingIsNotScanned() {
    start(Messages.to(ann));

    assertThat(scanning.asked).isEmpty();
    assertThat(copies).containsExactly("ann@here.example");
  }

  @Test
  void recipientsGetItAsTheScannersWantIt() {
    scanning.decide(new ScanDecision.Accept(MARK));

    start(own(ann, recipient("eve@far.example")));

    assertThat(given)
        .hasSize(2)
        .allSatisfy(message -> {
          assertThat(message.envelope().edits()).isEqualTo(MARK);
          assertThat(message.envelope().scan()).isEqualTo(ScanState.DONE);
        });
  }

  @Test
  void theReplacementOwesNothingAndKeepsTheEdits() {
    scanning.decide(new ScanDecision.Accept(MARK));
    full.add("bob");

    start(own(ann, bob));

    Envelope next = end.retry().orElseThrow().envelope();
    assertThat(next.recipients()).containsExactly(bob);
    assertThat(next.edits()).isEqualTo(MARK);
    assertThat(next.scan()).isEqualTo(ScanState.DONE);
    assertThat(next.attempts()).isEqualTo(1);
    start(end.retry().orElseThrow());
    assertThat(scanning.asked).hasSize(1);
  }

  @Test
  void partsOweNothingAndKeepTheEdits() {
    scanning.decide(new ScanDecision.Accept(MARK));

    start(own(Messages.recipients(2_500)));

    assertThat(end.parts)
        .hasSizeGreaterThan(1)
        .allSatisfy(part -> {
          assertThat(part.envelope().edits()).isEqualTo(MARK);
          assertThat(part.envelope().scan()).isEqualTo(ScanState.DONE);
        });
  }

  @Test
  void whatIsFoundBadGoesBackToASenderOfOurOwn() {
    scanning.decide(BAD);

    start(own(ann, bob));

    assertThat(copies).isEmpty();
    assertThat(end.outcomes)
        .hasSize(2)
        .allSatisfy(outcome ->
            assertThat(outcome)
                .isInstanceOfSatisfying(
                    RecipientOutcome.Failed.class,
                    failed -> assertThat(failed.reason()).isEqualTo(Reason.CONTENT_REJECTED)));
    assertThat(end.retry()).isEmpty();
    assertThat(end.notice())
        .contains("To: <me@src.example>", "Status: 5.7.1", "Eicar found", "Subject: hello");
    assertThat(queue.aside()).isEmpty();
    assertThat(backlog.state(now).messages()).isZero();
  }

  @Test
  void whatIsFoundBadIsNeverReturnedWhole() {
    scanning.decide(BAD);
    MailParameters wantsAll =
        new MailParameters(
            BodyType.SEVEN_BIT,
            AddressForm.ASCII,
            new DsnParameters.OfMessage(Optional.of(Return.FULL), Optional.empty()));

    start(
        Messages.owing(
            Origin.INTERNAL,
            Messages.message(
                ReversePath.of("me@src.example"),
                wantsAll,
                "Subject: bad\r\n\r\nthe virus itself\r\n",
                ann)));

    assertThat(end.notice()).contains("Subject: bad").doesNotContain("the virus itself");
  }

  @Test
  void theNullSenderIsToldNothing() {
    scanning.decide(BAD);

    start(
        Messages.owing(
            Origin.INTERNAL,
            Messages.message(new ReversePath.Null(), MailParameters.NONE, Messages.TEXT, ann)));

    assertThat(end.ended).isTrue();
    assertThat(end.notices).isEmpty();
    assertThat(end.outcomes).singleElement().isInstanceOf(RecipientOutcome.Failed.class);
  }

  @Test
  void aStrangersMessageThatIsFoundBadIsPutAsideAndHeIsToldNothing() {
    scanning.decide(BAD);
    EnvelopeRecord message = strangers(recipient("ann@here.example", Notify.FAILURE), bob);

    start(message);

    assertThat(copies).isEmpty();
    assertThat(end.notices).isEmpty();
    assertThat(end.retry()).isEmpty();
    assertThat(end.outcomes).hasSize(2).allMatch(RecipientOutcome.Failed.class::isInstance);
    assertThat(queue.aside())
        .singleElement()
        .satisfies(aside -> {
          assertThat(aside.finding().words()).isEqualTo("virus bad: Eicar");
          assertThat(aside.message().envelope().id()).isEqualTo(message.envelope().id());
          assertThat(aside.message().envelope().scan()).isEqualTo(ScanState.DONE);
        });
    assertThat(backlog.state(now).messages()).isZero();
  }

  @ParameterizedTest
  @EnumSource(Origin.class)
  void whatTheScannersWantPutAsideIsPutAside(Origin origin) {
    scanning.decide(new ScanDecision.Quarantine("spam suspect", MARK));

    start(Messages.owing(origin, Messages.to(ann)));

    assertThat(copies).isEmpty();
    assertThat(end.notices).isEmpty();
    assertThat(end.retry()).isEmpty();
    assertThat(queue.aside())
        .singleElement()
        .satisfies(aside -> assertThat(aside.message().envelope().edits()).isEqualTo(MARK));
  }

  @ParameterizedTest
  @EnumSource(Origin.class)
  void whatCannotBePutAsideWaitsAndIsScannedAgain(Origin origin) {
    scanning.decide(new ScanDecision.Quarantine("spam suspect", MARK));
    queue.fail(AWAY);
    now = Messages.ARRIVED.plus(Duration.ofDays(6));

    start(Messages.owing(origin, Messages.to(recipient("ann@here.example", Notify.FAILURE))));

    assertStillOwed();
    assertThat(end.notices).isEmpty();
    assertThat(end.waiting().orElseThrow().heldUpBy()).isEmpty();
  }

  @Test
  void withoutAQuarantineItGoesBackToASenderOfOurOwnAndAStrangersMessageWaits() {
    scanning.decide(new ScanDecision.Quarantine("spam suspect", MARK));
    queue.fail(new RpcException(RpcStatus.INVALID_ARGUMENT, "the quarantine is switched off"));

    start(strangers(ann));
    assertStillOwed();
    assertThat(end.notices).isEmpty();

    start(own(ann));
    assertThat(end.retry()).isEmpty();
    assertThat(end.notice()).contains("Action: failed", "spam suspect");
  }

  @Test
  void whereTheScannersAreAwayItWaitsAsForABusyDestination() {
    scanning.fail(AWAY);

    start(own(ann, bob));

    assertStillOwed();
    assertThat(end.waiting().orElseThrow().heldUpBy()).contains(LateScans.DESTINATION);
    assertThat(backlog.state(now).messages()).isEqualTo(1);
  }

  @Test
  void whatTheScannersMayStillNotBeAskedIsStillOwed() {
    scanning.decide(new ScanDecision.Owe("virus failed: unreachable"));

    start(own(ann));

    assertStillOwed();
    assertThat(end.waiting().orElseThrow().heldUpBy()).contains(LateScans.DESTINATION);
  }

  @Test
  void aMessageThatAScannerWantsToSeeLaterHoldsNoOtherUp() {
    scanning.decide(LATER);

    start(own(ann));

    assertStillOwed();
    assertThat(end.waiting().orElseThrow().heldUpBy()).isEmpty();
  }

  @Test
  void contentThatIsNotThereIsHeldAndNobodyIsTold() {
    scanning.fail(new RpcException(RpcStatus.NOT_FOUND, "no content"));
    now = Messages.ARRIVED.plus(Duration.ofDays(6));

    start(own(ann));

    assertStillOwed();
    assertThat(end.notices).isEmpty();
  }

  @Test
  void troubleOfOurOwnEndsNothing() {
    scanning.fail(AWAY);
    now = Messages.ARRIVED.plus(Duration.ofDays(6));

    start(own(ann));

    assertStillOwed();
  }

  @Test
  void whatAScannerPutsOffForItsWholeLifetimeFails() {
    scanning.decide(LATER);
    now = Messages.ARRIVED.plus(Duration.ofDays(6));

    start(own(ann));

    assertThat(end.retry()).isEmpty();
    assertThat(end.notice()).contains("Action: failed", "greylisted");
  }

  @Test
  void aStrangersMessageThatAScannerPutsOffForItsWholeLifetimeIsPutAside() {
    scanning.decide(LATER);
    now = Messages.ARRIVED.plus(Duration.ofDays(6));

    start(strangers(ann));

    assertThat(end.retry()).isEmpty();
    assertThat(end.notices).isEmpty();
    assertThat(queue.aside()).hasSize(1);
  }

  @Test
  void ourOwnAreToldOfADelayAndStrangersAreNot() {
    scanning.fail(AWAY);
    now = Messages.ARRIVED.plus(Duration.ofHours(5));
    Recipient wantsToKnow = recipient("ann@here.example", Notify.DELAY);

    start(strangers(wantsToKnow));
    assertThat(end.notices).isEmpty();
    assertThat(end.retry().orElseThrow().envelope().recipients()).containsExactly(wantsToKnow);

    start(own(wantsToKnow));
    assertThat(end.notice()).contains("Action: delayed");
  }

  @Test
  void killedBeforeTheVerdictItIsScannedAgain() {
    EnvelopeRecord message = own(ann);
    scanning.hang();
    start(message);

    scanning.decide(ScanDecision.CLEAN);
    start(message);

    assertThat(scanning.asked).hasSize(2);
    assertThat(copies).containsExactly("ann@here.example");
  }

  @Test
  void killedBetweenCopiesTheOthersGetTheirsAfterAnotherScan() {
    EnvelopeRecord message = own(ann, bob);

    start(message, ann);

    assertThat(scanning.asked).hasSize(1);
    assertThat(copies).containsExactly("bob@here.example");
    assertThat(end.outcomes).hasSize(2);
  }

  @Test
  void whatTheOthersWouldGetMayBeFoundBadByThen() {
    scanning.decide(BAD);

    start(own(ann, bob), ann);

    assertThat(copies).isEmpty();
    assertThat(end.notice()).contains("bob@here.example").doesNotContain("ann@here.example");
  }

  @Test
  void onlyThoseWithoutACopyArePutAside() {
    scanning.decide(BAD);

    start(strangers(ann, bob), ann);

    assertThat(queue.aside().getFirst().message().envelope().recipients()).containsExactly(bob);
    assertThat(end.notices).isEmpty();
  }

  @Test
  void whereAllHaveTheirCopyNothingIsScanned() {
    start(own(ann), ann);

    assertThat(scanning.asked).isEmpty();
    assertThat(copies).isEmpty();
    assertThat(end.ended).isTrue();
  }

  @Test
  void killedBetweenTheQuarantineAndTheLogItIsPutAsideOnce() {
    scanning.decide(BAD);
    EnvelopeRecord message = strangers(ann);

    start(message);
    start(message);

    assertThat(queue.aside()).hasSize(1);
    assertThat(end.retry()).isEmpty();
  }

  @Test
  void aNoticeHasTheHeaderAsRecipientsWouldHaveGotIt() {
    scanning.decide(new ScanDecision.Accept(MARK));
    routing.dead.add("gone@here.example");

    start(own(recipient("gone@here.example")));

    assertThat(end.notice()).contains("X-Mark: spam 5.1\r\nSubject: hello\r\n");
  }

  private void assertStillOwed() {
    assertThat(copies).isEmpty();
    Conclusion.Retry retry = end.waiting().orElseThrow();
    assertThat(retry.delay()).isEqualTo(Conclusion.Wait.BUSY);
    Envelope next = retry.replacement().envelope();
    assertThat(next.scan()).isEqualTo(ScanState.OWED);
    assertThat(next.attempts()).isZero();
    assertThat(next.generation()).isEqualTo(1);
  }

  private static EnvelopeRecord own(Recipient... recipients) {
    return Messages.owing(Origin.INTERNAL, Messages.to(recipients));
  }

  private static EnvelopeRecord strangers(Recipient... recipients) {
    return Messages.owing(Origin.EXTERNAL, Messages.to(recipients));
  }
}
