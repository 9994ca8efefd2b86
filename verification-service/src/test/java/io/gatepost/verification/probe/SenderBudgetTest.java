package io.gatepost.verification.probe;

import static io.gatepost.verification.FakeDelivery.HOP;
import static io.gatepost.verification.FakeDelivery.rcpt;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.routing.RouteAnswer.Leg;
import io.gatepost.contract.routing.RouteAnswer.Resolved;
import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.contract.routing.RouteRequest.Scope;
import io.gatepost.contract.verification.RecipientVerdict;
import io.gatepost.verification.FakeDelivery;
import io.gatepost.verification.MovedClock;
import io.gatepost.verification.NextHops;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A host that refuses without enhanced status codes, and a crowd of senders.
class SenderBudgetTest {

  private static final Destination.Smtp DEPARTMENT =
      new Destination.Smtp("smtp:[192.0.2.25]", List.of(HOP));
  private static final String MEMBER = "member@x.example";
  private static final RecipientVerdict GOOD = new RecipientVerdict.Good();
  private static final RecipientVerdict REFUSED =
      new RecipientVerdict.Bad(Reason.NEXT_HOP_REFUSED, Reply.parse("550 5.1.0 no"));
  private static final RecipientVerdict COME_BACK =
      new RecipientVerdict.Unknown(Reason.DESTINATION_BUSY, Replies.CALLOUT_SENDERS);

  private final FakeDelivery delivery = new FakeDelivery();
  private final MovedClock clock = new MovedClock();
  private final NextHops nextHops = new NextHops(delivery, NextHops.TABLES);
  private final CallForward callForward;

  SenderBudgetTest() {
    nextHops.clock = clock;
    callForward = nextHops.callForward();
    delivery.answers =
        request -> request.sender().text().equals(MEMBER) ? rcpt("250 ok") : rcpt("550 no");
  }

  private RecipientVerdict verdict(String sender, String recipient, Scope scope) {
    ForwardPath address = ForwardPath.of(recipient);
    return callForward
        .verdict(
            new RouteRequest(ReversePath.of(sender), address, scope),
            new Resolved(List.of(new Leg(address, DEPARTMENT))))
        .block(Duration.ofSeconds(5));
  }

  private RecipientVerdict stranger(String sender) {
    return verdict(sender, "bob@dept.example.org", Scope.HOSTED);
  }

  private void crowd(int senders) {
    for (int i = 0; i < senders; i++) {
      stranger("crowd" + i + "@x.example");
    }
  }

  @Test
  void aCrowdOfSendersCostsTheHostABoundedNumberOfQuestions() {
    crowd(1_000);

    assertThat(delivery.asked).as("the null one comes first").hasSize(1 + SenderBudget.MAX_REFUSED);
    assertThat(
            nextHops.meters.get("gatepost.verification.callout.senders.unasked").counter().count())
        .isEqualTo(1_000 - SenderBudget.MAX_REFUSED);
  }

  @Test
  void aSenderBeyondTheBoundComesBackAsItsRefusalIsNotProved() {
    crowd(SenderBudget.MAX_REFUSED);
    assertThat(stranger("crowd0@x.example")).as("known").isEqualTo(REFUSED);
    assertThat(stranger(MEMBER)).isEqualTo(COME_BACK);
    assertThat(stranger("")).as("bounces are answered by what is known").isEqualTo(REFUSED);

    clock.pass(SenderBudget.WINDOW.plusSeconds(1));

    assertThat(stranger(MEMBER)).isEqualTo(GOOD);
    assertThat(stranger("eve@x.example")).isEqualTo(REFUSED);
  }

  @Test
  void knownSendersOtherAddressesAndOurOwnClientsAreNotHeldUp() {
    assertThat(stranger(MEMBER)).isEqualTo(GOOD);
    crowd(SenderBudget.MAX_REFUSED);

    assertThat(stranger(MEMBER)).isEqualTo(GOOD);
    assertThat(verdict("eve@x.example", "amy@dept.example.org", Scope.HOSTED)).isEqualTo(REFUSED);
    assertThat(verdict("own@x.example", "bob@dept.example.org", Scope.ANYWHERE)).isEqualTo(REFUSED);
  }

  @Test
  void sendersThatTheHostAcceptsAreNotCounted() {
    delivery.answers =
        request -> request.sender().text().isEmpty() ? rcpt("550 no") : rcpt("250 ok");

    for (int i = 0; i < 5 * SenderBudget.MAX_REFUSED; i++) {
      assertThat(stranger("member" + i + "@x.example")).isEqualTo(GOOD);
    }
  }
}
