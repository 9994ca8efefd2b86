package io.gatepost.verification.probe;

import static io.gatepost.verification.FakeDelivery.rcpt;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.verification.HeardRecipient;
import io.gatepost.contract.verification.RecipientVerdict;
import io.gatepost.contract.verification.RecipientVerdict.Doubt;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Knowledge beside the answers to questions: habits of hosts, and answers to deliveries.
class HeardAnswersTest extends CallForwardFixture {

  @Test
  void aHostThatAcceptsEverybodyIsFoundAndThenItsWordIsNoProof() {
    delivery.answers = request -> rcpt("250 2.1.5 OK");
    delivery.madeUp = request -> rcpt("250 2.1.5 OK");

    verdict("");

    assertThat(verdict("")).isEqualTo(new RecipientVerdict.Unproven(Doubt.ACCEPTS_ALL));
    assertThat(delivery.askedMadeUp).hasSize(1);
    assertThat(nextHops.meters.get("gatepost.verification.callout.accept.all").gauge().value())
        .isEqualTo(1);
  }

  @Test
  void aMadeUpAddressThatIsDeferredSaysNothingAndIsNobodysVerdict() {
    delivery.answers = request -> rcpt("250 2.1.5 OK");
    delivery.madeUp = request -> rcpt("451 4.7.1 greylisted");

    assertThat(verdict("")).isEqualTo(GOOD);

    assertThat(verdict("")).isEqualTo(GOOD);
    assertThat(nextHops.cache().habit(DEPARTMENT.name(), DomainName.of("dept.example.org")))
        .isEmpty();
  }

  private void hear(String sender, String reply) {
    callForward.learn(
        List.of(
            new HeardRecipient(
                ForwardPath.of(BOB),
                ReversePath.of(sender),
                DEPARTMENT.name(),
                Reply.parse(reply))));
  }

  @Test
  void aDeliveryThatHearsTheAddressRefusedReplacesAccepted() {
    delivery.answers = request -> rcpt("250 2.1.5 OK");
    verdict("");

    hear("ann@x.example", "550 5.1.1 gone");

    assertThat(verdict("")).isEqualTo(bad("550 5.1.1 gone"));
    assertThat(verdict("ann@x.example")).isEqualTo(bad("550 5.1.1 gone"));
  }

  @Test
  void aDeliveryThatHearsItsSenderRefusedReplacesAcceptedForThatSender() {
    delivery.answers = request -> rcpt("250 2.1.5 OK");
    verdict("");

    hear("ann@x.example", "550 5.7.1 not from you");

    assertThat(verdict("ann@x.example")).isEqualTo(bad("550 5.7.1 not from you"));
    assertThat(verdict("eve@x.example")).isEqualTo(GOOD);
  }

  @Test
  void hostsThatAreNotAskedAreNotRemembered() {
    hear("ann@x.example", "550 5.1.1 gone");

    assertThat(nextHops.forget(BOB)).isZero();
  }
}
