package io.gatepost.verification.probe;

import static io.gatepost.verification.FakeDelivery.HOP;
import static io.gatepost.verification.FakeDelivery.rcpt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.delivery.ProbeAnswer;
import io.gatepost.contract.delivery.ProbeAnswer.Stage;
import io.gatepost.contract.delivery.ProbeRequest;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.routing.Destination.NamedBy;
import io.gatepost.contract.routing.RouteAnswer;
import io.gatepost.contract.routing.RouteAnswer.Leg;
import io.gatepost.contract.routing.RouteAnswer.Resolved;
import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.contract.rpc.Known;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.contract.verification.HeardRecipient;
import io.gatepost.contract.verification.RecipientVerdict;
import io.gatepost.contract.verification.RecipientVerdict.Doubt;
import io.gatepost.verification.FakeDelivery;
import io.gatepost.verification.MovedClock;
import io.gatepost.verification.NextHops;
import io.gatepost.verification.callout.CalloutRule;
import io.gatepost.verification.callout.CalloutRule.Asked;
import io.gatepost.verification.callout.CalloutRule.Late;
import io.gatepost.verification.callout.CalloutRule.ProbeSender;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

class CallForwardTest {

  private static final String BOB = "bob@dept.example.org";
  private static final RecipientVerdict GOOD = new RecipientVerdict.Good();
  private static final Destination.Smtp DEPARTMENT =
      new Destination.Smtp("smtp:[192.0.2.25]", List.of(HOP));

  private final FakeDelivery delivery = new FakeDelivery();
  private final MovedClock clock = new MovedClock();
  private NextHops nextHops = with(NextHops.TABLES);
  private CallForward callForward = nextHops.callForward();

  private NextHops with(CalloutRule rule) {
    NextHops made = new NextHops(delivery, rule);
    made.clock = clock;
    return made;
  }

  private void use(CalloutRule rule) {
    nextHops = with(rule);
    callForward = nextHops.callForward();
  }

  private static RouteRequest request(String sender) {
    return new RouteRequest(ReversePath.of(sender), ForwardPath.of(BOB), RouteRequest.Scope.HOSTED);
  }

  private static Leg leg(String address, Destination destination) {
    return new Leg(ForwardPath.of(address), destination);
  }

  private static Resolved route(String... addresses) {
    List<Leg> legs = new ArrayList<>();
    for (String address : addresses) {
      legs.add(leg(address, DEPARTMENT));
    }
    return new Resolved(legs);
  }

  private Mono<RecipientVerdict> ask(String sender) {
    return callForward.verdict(request(sender), route(BOB));
  }

  private RecipientVerdict verdict(String sender) {
    return ask(sender).block(Duration.ofSeconds(5));
  }

  private static RecipientVerdict bad(String reply) {
    return new RecipientVerdict.Bad(Reason.NEXT_HOP_REFUSED, Reply.parse(reply));
  }

  private static RecipientVerdict later(Reason reason, String reply) {
    return new RecipientVerdict.Unknown(reason, Reply.parse(reply));
  }

  private static Mono<ProbeAnswer> host(Stage stage, String reply) {
    return Mono.just(new ProbeAnswer.OfHost(HOP, stage, Reply.parse(reply)));
  }

  private List<String> askedSenders() {
    return delivery.asked.stream().map(each -> each.sender().text()).toList();
  }

  // Whose word counts.

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

  // Legs.

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

  // Senders.

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

  // Hosts.

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

  // What cannot be told.

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
    assertThat(nextHops.meters.find("gatepost.verification.callout.late").counters()).isEmpty();

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

  // Time.

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
  void aNewUserIsAcceptedWhenTheRefusalHasOutlivedItsTimeOrIsForgotten() {
    delivery.answers = request -> rcpt("550 5.1.1 unknown");
    verdict("");
    delivery.answers = request -> rcpt("250 2.1.5 OK");
    assertThat(verdict("")).isEqualTo(bad("550 5.1.1 unknown"));

    clock.pass(Duration.ofMinutes(30));
    assertThat(verdict("")).isEqualTo(GOOD);

    delivery.answers = request -> rcpt("550 5.1.1 unknown");
    assertThat(nextHops.cache().forget(ForwardPath.of(BOB))).isEqualTo(1);
    assertThat(verdict("")).isEqualTo(bad("550 5.1.1 unknown"));
    assertThat(nextHops.cache().forget(DomainName.of("dept.example.org"))).isEqualTo(1);
    delivery.answers = request -> rcpt("250 2.1.5 OK");
    assertThat(verdict("")).isEqualTo(GOOD);
  }

  // Hosts that accept everybody.

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

  // Deliveries.

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

    assertThat(nextHops.cache().forget(ForwardPath.of(BOB))).isZero();
  }

  // Bounds.

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
