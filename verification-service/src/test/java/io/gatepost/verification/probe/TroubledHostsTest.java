package io.gatepost.verification.probe;

import static io.gatepost.verification.FakeDelivery.rcpt;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.delivery.ProbeAnswer;
import io.gatepost.contract.delivery.ProbeAnswer.Stage;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.contract.verification.RecipientVerdict;
import io.gatepost.contract.verification.RecipientVerdict.Doubt;
import io.gatepost.verification.callout.CalloutRule;
import io.gatepost.verification.callout.CalloutRule.Asked;
import io.gatepost.verification.callout.CalloutRule.Late;
import io.gatepost.verification.callout.CalloutRule.ProbeSender;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Mono;

/// Hosts that refuse to be asked or cannot tell.
class TroubledHostsTest extends CallForwardFixture {

  @ParameterizedTest
  @CsvSource({
    "GREETING, 554 go away",
    "GREETING, 421 busy",
    "GREETING, 521 one of two exchangers",
    "NO_MAIL, 554 not from your address",
    "EHLO, 550 no",
    "SECURITY, 454 TLS",
    "LOST, 421 lost"
  })
  void aRefusalOfTheHostIsNeverTheRecipients(Stage stage, String reply) {
    delivery.answers = request -> host(stage, reply);

    assertThat(verdict("ann@x.example"))
        .isEqualTo(
            new RecipientVerdict.Unknown(
                Reason.NEXT_HOP_DEFERRED, Replies.hostRefuses(DomainName.of("dept.example.org"))));

    delivery.answers = request -> rcpt("250 2.1.5 OK");
    assertThat(verdict("eve@x.example")).as("the host is left alone").isNotEqualTo(GOOD);
    clock.pass(Duration.ofMinutes(10));
    assertThat(verdict("eve@x.example")).isEqualTo(GOOD);
  }

  @Test
  void aSenderThatIsRefusedAtMailIsNoOtherSenders() {
    delivery.answers =
        request ->
            request.sender().text().isEmpty()
                ? host(Stage.MAIL, "550 5.7.1 no bounces here")
                : rcpt("250 2.1.5 OK");

    assertThat(verdict("ann@x.example")).isEqualTo(GOOD);
    assertThat(verdict("eve@x.example")).isEqualTo(GOOD);
    assertThat(askedSenders()).containsExactly("", "ann@x.example", "eve@x.example");
    assertThat(verdict("")).isInstanceOf(RecipientVerdict.Unknown.class);
  }

  @Test
  void aDomainWhoseEveryExchangerTakesNoMailDoesNotExistForMail() {
    delivery.answers = request -> host(Stage.NO_MAIL, "521 5.3.2 no mail here");

    assertThat(verdict("ann@x.example"))
        .isEqualTo(
            new RecipientVerdict.Bad(
                Reason.UNROUTABLE_DOMAIN,
                Reply.of(556, "5.1.10", "dept.example.org does not accept mail")));
  }

  @Test
  void aGreylistingHostIsNeverRememberedAsBad() {
    delivery.answers = request -> rcpt("451 4.7.1 greylisted");
    assertThat(verdict("ann@x.example"))
        .isEqualTo(later(Reason.NEXT_HOP_DEFERRED, "451 4.7.1 greylisted"));

    delivery.answers = request -> rcpt("250 2.1.5 OK");
    clock.pass(Duration.ofSeconds(59));
    assertThat(verdict("ann@x.example")).as("for a minute it is").isNotEqualTo(GOOD);
    clock.pass(Duration.ofSeconds(1));
    assertThat(verdict("ann@x.example")).isEqualTo(GOOD);
  }

  @Test
  void aHostThatCannotBeReachedIsNotLateAndIsNotRemembered() {
    delivery.answers =
        request ->
            Mono.just(
                new ProbeAnswer.NotAsked(
                    Reason.UNREACHABLE, Reply.of(451, "4.4.1", "no connection")));

    assertThat(verdict("")).isEqualTo(later(Reason.UNREACHABLE, "451 4.4.1 no connection"));
    assertThat(nextHops.meters.find("gatepost.verification.callout.late").counters())
        .isNotEmpty()
        .allMatch(counter -> counter.count() == 0);

    delivery.answers = request -> rcpt("250 2.1.5 OK");
    assertThat(verdict("")).isEqualTo(GOOD);
  }

  @ParameterizedTest
  @CsvSource({"UNREACHABLE, true", "DEADLINE_EXCEEDED, true", "DESTINATION_BUSY, false"})
  void whoAcceptsAndHopesDoesSoWhileTheHostIsAway(Reason reason, boolean accepted) {
    use(new CalloutRule(Asked.TABLES, ProbeSender.NULL, Late.ACCEPT));
    Reply reply = Reply.of(451, "4.4.1", "not asked");
    delivery.answers = request -> Mono.just(new ProbeAnswer.NotAsked(reason, reply));

    assertThat(verdict(""))
        .isEqualTo(
            accepted
                ? new RecipientVerdict.Unproven(Doubt.LATE)
                : new RecipientVerdict.Unknown(reason, reply));
  }

  @Test
  void whoAcceptsAndHopesDoesSoWhileTheHostRefusesToBeAskedAndStillHearsOfTheAddress() {
    use(new CalloutRule(Asked.TABLES, ProbeSender.NULL, Late.ACCEPT));
    delivery.answers = request -> rcpt("450 4.2.1 full");
    assertThat(verdict("ann@x.example"))
        .isEqualTo(later(Reason.NEXT_HOP_DEFERRED, "450 4.2.1 full"));

    use(new CalloutRule(Asked.TABLES, ProbeSender.NULL, Late.ACCEPT));
    delivery.answers = request -> host(Stage.GREETING, "421 busy");
    assertThat(verdict("ann@x.example")).isEqualTo(new RecipientVerdict.Unproven(Doubt.LATE));
    assertThat(verdict("eve@x.example"))
        .as("the host is left alone")
        .isEqualTo(new RecipientVerdict.Unproven(Doubt.LATE));
  }

  @Test
  void ourOwnTroubleIsNotTheNextHops() {
    delivery.answers = request -> Mono.error(new RpcException(RpcStatus.UNAVAILABLE, "nobody"));

    assertThat(verdict(""))
        .isEqualTo(
            new RecipientVerdict.Unknown(Reason.SERVICE_UNAVAILABLE, Replies.ROUTING_UNAVAILABLE));
  }

  @ParameterizedTest
  @CsvSource({"451 4.7.1 greylisted, true", "550 5.1.1 no, false"})
  void ownClientsAreOnlyRefusedWhatIsRefusedForGood(String reply, boolean accepted) {
    delivery.answers = request -> rcpt(reply);
    RouteRequest own =
        new RouteRequest(
            ReversePath.of("ann@here.example"), ForwardPath.of(BOB), RouteRequest.Scope.ANYWHERE);

    for (int i = 0; i < 2; i++) { // asked, then remembered
      assertThat(callForward.verdict(own, route(BOB)).block())
          .isEqualTo(accepted ? new RecipientVerdict.Unproven(Doubt.LATE) : bad(reply));
    }
  }
}
