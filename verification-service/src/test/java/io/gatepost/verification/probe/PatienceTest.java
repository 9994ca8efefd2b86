package io.gatepost.verification.probe;

import static io.gatepost.verification.FakeDelivery.HOP;
import static io.gatepost.verification.FakeDelivery.rcpt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.delivery.ProbeAnswer;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.rpc.Known;
import io.gatepost.contract.verification.RecipientVerdict;
import io.gatepost.contract.verification.RecipientVerdict.Doubt;
import io.gatepost.verification.callout.CalloutRule;
import io.gatepost.verification.callout.CalloutRule.Asked;
import io.gatepost.verification.callout.CalloutRule.Late;
import io.gatepost.verification.callout.CalloutRule.ProbeSender;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.Disposable;
import reactor.core.publisher.Sinks;

/// Clients that do not wait, and answers that grow old.
class PatienceTest extends CallForwardFixture {

  @ParameterizedTest
  @EnumSource(Late.class)
  void aClientThatCannotWaitIsToldSoAndTheQuestionGoesOn(Late late) {
    nextHops = with(new CalloutRule(Asked.TABLES, ProbeSender.NULL, late));
    nextHops.timeout = Duration.ofMillis(50);
    callForward = nextHops.callForward();
    Sinks.One<ProbeAnswer> answer = Sinks.one();
    delivery.answers = request -> answer.asMono();

    assertThat(verdict("ann@x.example"))
        .isEqualTo(
            switch (late) {
              case ACCEPT -> new RecipientVerdict.Unproven(Doubt.LATE);
              case LATER ->
                  new RecipientVerdict.Unknown(
                      Reason.CONNECTION_LOST,
                      Replies.calloutLate(DomainName.of("dept.example.org")));
            });

    answer.tryEmitValue(new ProbeAnswer.OfRecipient(HOP, Reply.parse("550 5.1.1 no")));
    assertThat(Known.value(ask("ann@x.example"))).isEqualTo(bad("550 5.1.1 no"));
    assertThat(delivery.asked).hasSize(1);
  }

  @Test
  void aClientThatHangsUpStopsNothing() {
    Sinks.One<ProbeAnswer> answer = Sinks.one();
    delivery.answers = request -> answer.asMono();
    Disposable client = ask("ann@x.example").subscribe();

    client.dispose();
    answer.tryEmitValue(new ProbeAnswer.OfRecipient(HOP, Reply.parse("250 2.1.5 OK")));

    assertThat(Known.value(ask("ann@x.example"))).isEqualTo(GOOD);
  }

  @Test
  void equalQuestionsAreAskedOnce() {
    Sinks.One<ProbeAnswer> answer = Sinks.one();
    delivery.answers = request -> answer.asMono();
    List<RecipientVerdict> verdicts = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      ask("user" + i + "@x.example").subscribe(verdicts::add);
    }

    answer.tryEmitValue(new ProbeAnswer.OfRecipient(HOP, Reply.parse("250 2.1.5 OK")));

    assertThat(verdicts).hasSize(50).containsOnly(GOOD);
    assertThat(delivery.asked).hasSize(1);
  }

  @Test
  void aGoodAddressIsAskedAboutAgainAfterHalfItsTimeAndNobodyWaits() {
    delivery.answers = request -> rcpt("250 2.1.5 OK");
    verdict("");
    clock.pass(Duration.ofHours(12).plusSeconds(1));
    delivery.answers = request -> rcpt("550 5.1.1 gone");

    assertThat(Known.value(ask(""))).as("what is known").isEqualTo(GOOD);

    await().untilAsserted(() -> assertThat(verdict("")).isEqualTo(bad("550 5.1.1 gone")));
    assertThat(delivery.asked).hasSize(2);
  }

  @Test
  void aGoodAddressStaysGoodWhileItsHostIsAway() {
    delivery.answers = request -> rcpt("250 2.1.5 OK");
    verdict("");
    clock.pass(Duration.ofHours(13));
    delivery.answers = request -> rcpt("451 4.3.2 maintenance");

    verdict("");

    assertThat(delivery.asked).hasSize(2);
    assertThat(Known.value(ask(""))).isEqualTo(GOOD);
    assertThat(delivery.asked).as("no second time within a minute").hasSize(2);
  }

  @Test
  void aNewUserIsAcceptedWhenTheRefusalHasOutlivedItsTime() {
    delivery.answers = request -> rcpt("550 5.1.1 unknown");
    verdict("");
    delivery.answers = request -> rcpt("250 2.1.5 OK");
    assertThat(verdict("")).isEqualTo(bad("550 5.1.1 unknown"));

    clock.pass(Duration.ofMinutes(30));
    assertThat(verdict("")).isEqualTo(GOOD);
  }
}
