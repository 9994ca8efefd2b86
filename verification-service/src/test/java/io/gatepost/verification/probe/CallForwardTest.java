package io.gatepost.verification.probe;

import static io.gatepost.verification.FakeDelivery.HOP;
import static io.gatepost.verification.FakeDelivery.rcpt;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.delivery.ProbeRequest;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.routing.Destination.NamedBy;
import io.gatepost.contract.routing.RouteAnswer;
import io.gatepost.contract.routing.RouteAnswer.Resolved;
import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.contract.rpc.Known;
import io.gatepost.contract.verification.RecipientVerdict;
import io.gatepost.verification.NextHops;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;

/// Who is asked, and whose word counts.
class CallForwardTest extends CallForwardFixture {

  @Test
  void theNextHopsWordsAreTheVerdict() {
    delivery.answers = request -> rcpt("550 5.1.1 Nobody in Chemistry has this name");

    assertThat(verdict("ann@x.example"))
        .isEqualTo(bad("550 5.1.1 Nobody in Chemistry has this name"));
    assertThat(delivery.asked)
        .containsExactly(new ProbeRequest(DEPARTMENT, new ReversePath.Null(), ForwardPath.of(BOB)));
  }

  @Test
  void anAnswerServesEverySenderAndIsThereAtOnce() {
    delivery.answers = request -> rcpt("250 2.1.5 OK");
    assertThat(verdict("ann@x.example")).isEqualTo(GOOD);

    Mono<RecipientVerdict> again = ask("eve@y.example");

    assertThat(Known.value(again)).isEqualTo(GOOD);
    assertThat(delivery.asked).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(
      value = NamedBy.class,
      names = {"DEFAULT_ROUTE", "DNS"})
  void hostsThatTheOperatorDoesNotNameForTheDomainAreNotAsked(NamedBy namedBy) {
    Resolved route =
        new Resolved(List.of(leg(BOB, new Destination.Smtp("mx:x", namedBy, List.of(HOP)))));

    assertThat(Known.value(callForward.verdict(request(""), route))).isEqualTo(GOOD);
    assertThat(delivery.asked).isEmpty();
  }

  @Test
  void nobodyIsAskedWhereTheRuleSaysSo() {
    use(NextHops.NONE);

    assertThat(verdict("")).isEqualTo(GOOD);
    assertThat(delivery.asked).isEmpty();
  }

  @Test
  void aLegThatIsNotAskedIsGood() {
    Resolved route =
        new Resolved(
            List.of(
                leg(BOB, DEPARTMENT),
                leg(
                    "ann@here.example",
                    new Destination.Mailbox("ann", DomainName.of("here.example")))));

    assertThat(Known.value(callForward.verdict(request(""), route))).isEqualTo(GOOD);
    assertThat(delivery.asked).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "550, 250, good",
    "450, 250, good",
    "250, 550, good",
    "550, 550, bad",
    "550, 450, unknown",
    "450, 550, unknown"
  })
  void legsCombineAsInRouting(int first, int second, String expected) {
    delivery.answers =
        request ->
            request.recipient().localPart().text().equals("one")
                ? rcpt(first + " one")
                : rcpt(second + " two");
    Resolved route = route("one@dept.example.org", "two@dept.example.org");

    for (int i = 0; i < 2; i++) { // asked, then remembered
      RecipientVerdict verdict = callForward.verdict(request(""), route).block();

      assertThat(verdict.getClass().getSimpleName()).isEqualToIgnoringCase(expected);
      if (verdict instanceof RecipientVerdict.Bad(var _, var reply)) {
        assertThat(reply.lines()).as("the last one's words").containsExactly("two");
      }
    }
  }

  @Test
  void anAliasWithAMemberThatCannotBeToldIsNotRefused() {
    delivery.answers = request -> rcpt("550 5.1.1 no");
    Reply busy = Replies.dnsTimeout(DomainName.of("slow.example"));
    Resolved route =
        new Resolved(
            List.of(leg(BOB, DEPARTMENT)),
            List.of(),
            List.of(
                new RouteAnswer.UndecidedLeg(
                    ForwardPath.of("eve@slow.example"), "dns", Reason.DNS_UNAVAILABLE, busy)));

    assertThat(callForward.verdict(request(""), route).block())
        .isEqualTo(new RecipientVerdict.Unknown(Reason.DNS_UNAVAILABLE, busy));
  }

  private static RouteRequest request(String alias, RouteRequest.Scope scope) {
    return new RouteRequest(ReversePath.of(""), ForwardPath.of(alias), scope);
  }

  @ParameterizedTest
  @EnumSource(RouteRequest.Scope.class)
  void anAliasWhoseOnlyMemberIsRefusedIsRefusedInTheHostsWords(RouteRequest.Scope scope) {
    delivery.answers = request -> rcpt("550 5.1.1 Nobody in Chemistry has this name");

    assertThat(callForward.verdict(request("chair@here.example", scope), route(BOB)).block())
        .isEqualTo(bad("550 5.1.1 Nobody in Chemistry has this name"));
  }

  @ParameterizedTest
  @CsvSource({"550 5.1.1 gone, bad", "451 4.7.1 later, unknown", "250 2.1.5 OK, good"})
  void besideMembersThatRoutingLeavesOutTheOthersDecide(String reply, String expected) {
    delivery.answers = request -> rcpt(reply);
    ForwardPath dead = ForwardPath.of("gone@here.example");
    Resolved route =
        new Resolved(
            List.of(leg(BOB, DEPARTMENT)),
            List.of(new RouteAnswer.DeadLeg(dead, Reason.UNKNOWN_USER, Replies.unknownUser(dead))),
            List.of());

    RecipientVerdict verdict = callForward.verdict(request(""), route).block();

    assertThat(verdict.getClass().getSimpleName()).isEqualToIgnoringCase(expected);
    if (verdict instanceof RecipientVerdict.Bad(var _, var words)) {
      assertThat(words).isEqualTo(Reply.parse(reply));
    }
  }

  @Test
  void oneGoodLegIsEnoughHoweverSlowTheOthers() {
    delivery.answers =
        request ->
            request.recipient().localPart().text().equals("slow")
                ? Mono.never()
                : rcpt("250 2.1.5 OK");

    RecipientVerdict verdict =
        callForward
            .verdict(request(""), route("slow@dept.example.org", "quick@dept.example.org"))
            .block(Duration.ofSeconds(5));

    assertThat(verdict).isEqualTo(GOOD);
  }

  @Test
  void aBackEndIsNeverAskedMoreAtATimeThanItsLimit() {
    nextHops.limits = new BackEnds.Limits(10, 30);
    callForward = nextHops.callForward();
    delivery.answers = request -> Mono.never();

    List<RecipientVerdict> told = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      callForward
          .verdict(request(""), route("user" + i + "@dept.example.org"))
          .subscribe(told::add);
    }

    assertThat(delivery.asked).hasSize(10);
    assertThat(told)
        .as("beyond those that wait")
        .hasSize(60)
        .containsOnly(new RecipientVerdict.Unknown(Reason.DESTINATION_BUSY, Replies.CALLOUT_BUSY));
  }
}
