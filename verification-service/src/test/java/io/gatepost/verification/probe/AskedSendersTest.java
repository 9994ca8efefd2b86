package io.gatepost.verification.probe;

import static io.gatepost.verification.FakeDelivery.rcpt;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.verification.callout.CalloutRule;
import io.gatepost.verification.callout.CalloutRule.Asked;
import io.gatepost.verification.callout.CalloutRule.Late;
import io.gatepost.verification.callout.CalloutRule.ProbeSender;
import org.junit.jupiter.api.Test;

/// By which senders a next hop is asked, and for whom its answer holds.
class AskedSendersTest extends CallForwardFixture {

  @Test
  void aRefusalOfTheNullSenderThatMayNotBeTheAddresssIsAskedAgainAndKeptForThatSender() {
    delivery.answers =
        request ->
            switch (request.sender().text()) {
              case "member@x.example" -> rcpt("250 2.1.5 OK");
              default -> rcpt("550 5.7.1 members only");
            };

    assertThat(verdict("member@x.example")).isEqualTo(GOOD);
    assertThat(verdict("eve@x.example")).isEqualTo(bad("550 5.7.1 members only"));
    assertThat(verdict("")).isEqualTo(bad("550 5.7.1 members only"));
    assertThat(askedSenders()).containsExactly("", "member@x.example", "eve@x.example");

    assertThat(verdict("member@x.example")).isEqualTo(GOOD);
    assertThat(verdict("eve@x.example")).isEqualTo(bad("550 5.7.1 members only"));
    assertThat(delivery.asked).hasSize(3);
  }

  @Test
  void aRefusalOfTheAddressHoldsForEverySender() {
    delivery.answers = request -> rcpt("550 5.1.1 unknown");

    verdict("ann@x.example");
    verdict("eve@x.example");

    assertThat(askedSenders()).containsExactly("");
  }

  @Test
  void aDomainMayBeAskedByTheClientsSenderOnly() {
    use(new CalloutRule(Asked.TABLES, ProbeSender.SENDER, Late.LATER));
    delivery.answers = request -> rcpt("250 2.1.5 OK");

    verdict("ann@x.example");
    verdict("eve@x.example");

    assertThat(askedSenders()).containsExactly("ann@x.example", "eve@x.example");
  }
}
