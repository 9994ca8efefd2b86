package io.gatepost.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.routing.RouteAnswer;
import io.gatepost.contract.routing.RouteExplanation;
import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.contract.routing.RouteRequest.Scope;
import io.gatepost.routing.chain.HostLookup;
import io.gatepost.routing.chain.HostRule;
import io.gatepost.routing.chain.MailboxFilter;
import io.gatepost.routing.chain.OwnHosts;
import io.gatepost.routing.chain.Query.HostQuery;
import io.gatepost.routing.chain.RoutingChain;
import io.gatepost.routing.table.Aliases;
import io.gatepost.routing.table.LocalDomains;
import io.gatepost.routing.table.Mailertable;
import io.gatepost.routing.table.Regsub;
import io.gatepost.routing.table.Virtusertable;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Fuseable;
import reactor.core.publisher.Mono;

/// The chain with its standard routers, and tables as an operator would write them.
class StandardRoutingTest {

  private static final OwnHosts OWN =
      new OwnHosts(List.of(), Set.of(InetAddress.ofLiteral("192.0.2.99")), Set::of);

  private static final LocalDomains LOCAL =
      LocalDomains.of(
          List.of("here.example", "other.example"), List.of("alice", "bob@other.example"));

  private final List<HostQuery> lookedUp = new ArrayList<>();
  private final HostLookup dns =
      query -> {
        lookedUp.add(query);
        return Mono.<HostLookup.Found>just(
                switch (query) {
                  case HostQuery.MailExchange(var domain, var port, var _)
                      when domain.text().endsWith("slow.example") ->
                      new HostLookup.Found.Unknown(
                          Reason.DNS_UNAVAILABLE, Replies.dnsTimeout(domain));
                  case HostQuery.MailExchange(var domain, var port, var _)
                      when domain.text().equals("nowhere.example") ->
                      new HostLookup.Found.Nowhere(
                          Reason.UNROUTABLE_DOMAIN, Replies.unroutable(domain));
                  case HostQuery.MailExchange(var domain, var port, var _) ->
                      new HostLookup.Found.Hosts(smtp("mx:" + domain, port));
                  case HostQuery.Host(var host, var port, var _) ->
                      new HostLookup.Found.Hosts(smtp("smtp:" + host, port));
                })
            .hide();
      };
  private Aliases aliases = Aliases.NONE;
  private Optional<Supplier<Virtusertable>> virtusertable = Optional.empty();
  private Optional<Supplier<Regsub>> regsub = Optional.empty();
  private Mailertable mailertable = Mailertable.NONE;

  private static Destination.Smtp smtp(String name, int port) {
    return new Destination.Smtp(name, List.of(new Destination.NextHop("h", "192.0.2.1", port)));
  }

  private RoutingChain chain() {
    RoutingTables tables =
        new RoutingTables(
            () -> LOCAL,
            Optional.of(() -> aliases),
            virtusertable,
            regsub,
            Optional.of(() -> mailertable));
    Sources sources = new Sources(dns);
    return new RoutingChain(
        RouterOrder.of(RouterOrder.DEFAULT)
            .arrange(StandardRouters.configured(tables, sources, HostRule.ELSEWHERE, OWN)),
        MailboxFilter.NONE,
        sources);
  }

  private static RouteRequest request(String recipient, Scope scope) {
    return new RouteRequest(ReversePath.of("ann@sender.example"), ForwardPath.of(recipient), scope);
  }

  private RouteAnswer route(String recipient) {
    return chain().route(request(recipient, Scope.ANYWHERE)).block();
  }

  /// Where an address ends: names of destinations, or the refusal's words.
  private String ends(String recipient, Scope scope) {
    return switch (chain().route(request(recipient, scope)).block()) {
      case RouteAnswer.Resolved(var legs, var _, var _, var _) ->
          String.join(
              " ",
              legs.stream().map(leg -> leg.address() + ">" + leg.destination().name()).toList());
      case RouteAnswer.Refused(var reason, var reply, var _) -> reply.toString();
      case RouteAnswer.TryLater(var reason, var reply) -> reply.toString();
    };
  }

  private String ends(String recipient) {
    return ends(recipient, Scope.HOSTED);
  }

  private void aliases(String... lines) {
    aliases = Aliases.parse("aliases", List.of(lines));
  }

  @Test
  void aMailboxIsFoundWithAndWithoutDetail() {
    assertThat(ends("Alice@here.example"))
        .isEqualTo("Alice@here.example>maildir:alice@here.example");
    assertThat(ends("alice+list@other.example"))
        .isEqualTo("alice+list@other.example>maildir:alice@other.example");
    assertThat(ends("\"alice\"@here.example")).endsWith(">maildir:alice@here.example");
    assertThat(ends("postmaster@here.example")).endsWith(">maildir:alice@here.example");
  }

  @Test
  void abuseIsThePostmasterWhereNothingElseIsSaid() {
    assertThat(ends("Abuse+spam@here.example"))
        .isEqualTo("postmaster@here.example>maildir:alice@here.example");
    assertThat(ends("abuse@far.example")).isEqualTo(Replies.RELAY_DENIED.toString());

    aliases("postmaster: admin@far.example");
    assertThat(ends("abuse@here.example")).isEqualTo("admin@far.example>mx:far.example");

    aliases("abuse: bob@other.example");
    assertThat(ends("abuse@here.example")).isEqualTo("bob@other.example>maildir:bob@other.example");
  }

  @Test
  void aMailboxOfOneDomainIsNotInAnother() {
    assertThat(ends("bob@other.example")).endsWith(">maildir:bob@other.example");
    assertThat(ends("bob@here.example")).startsWith("550 5.1.1 ");
    assertThat(ends("\"bob@other.example\"@here.example")).startsWith("550 5.1.1 ");
  }

  @Test
  void anAnswerFromTablesIsThereAtOnceAndAsksNoDns() {
    Mono<RouteAnswer> answer = chain().route(request("alice@here.example", Scope.HOSTED));

    assertThat(answer).isInstanceOf(Fuseable.ScalarCallable.class);
    assertThat(lookedUp).isEmpty();
  }

  @Test
  void strangersMayNotRelay() {
    assertThat(ends("bob@far.example")).isEqualTo(Replies.RELAY_DENIED.toString());
    assertThat(ends("bob@[192.0.2.1]")).isEqualTo(Replies.RELAY_DENIED.toString());
    assertThat(ends("\"bob@far.example\"@here.example")).startsWith("550 5.1.1 ");
    assertThat(ends("bob@far.example", Scope.ANYWHERE)).isEqualTo("bob@far.example>mx:far.example");
  }

  @Test
  void anAliasMayLeadAnywhere() {
    aliases("info: alice, bob@far.example", "bob@far.example: alice@here.example");

    assertThat(ends("info@here.example"))
        .isEqualTo("alice@here.example>maildir:alice@here.example");
    assertThat(ends("info+x@other.example")).startsWith("alice@other.example>");
    assertThat(ends("info@far.example")).isEqualTo(Replies.RELAY_DENIED.toString());
  }

  @Test
  void aDeadMemberOfAnAliasIsToldOfBesideTheGoodOnes() {
    aliases("staff: alice, gone, bob@bad.example", "all-gone: gone, also-gone");
    mailertable = Mailertable.parse("table", List.of("bad.example error:5.1.2:550 no such place"));

    assertThat(route("staff@here.example"))
        .isInstanceOfSatisfying(
            RouteAnswer.Resolved.class,
            answer -> {
              assertThat(answer.legs())
                  .extracting(leg -> leg.address().toString())
                  .containsExactly("alice@here.example");
              assertThat(answer.dead())
                  .extracting(leg -> leg.address() + " " + leg.reply())
                  .satisfiesExactly(
                      first -> assertThat(first).startsWith("gone@here.example 550 5.1.1 "),
                      second ->
                          assertThat(second).isEqualTo("bob@bad.example 550 5.1.2 no such place"));
            });
    assertThat(ends("all-gone@here.example")).startsWith("550 5.1.1 ");
  }

  @Test
  void anAliasThatNamesItselfKeepsItsMailbox() {
    aliases("alice: Alice, bob@far.example");

    assertThat(ends("alice@here.example"))
        .isEqualTo("alice@here.example>maildir:alice@here.example bob@far.example>mx:far.example");
    assertThat(ends("alice+x@here.example"))
        .isEqualTo("Alice@here.example>maildir:alice@here.example bob@far.example>mx:far.example");
  }

  @Test
  void anAliasThatNamesOnlyItselfAndHasNoMailboxIsUnknown() {
    aliases("ghost: ghost");

    assertThat(ends("ghost@here.example")).startsWith("550 5.1.1 ");
  }

  @Test
  void aliasesThatPointAtEachOtherAreALoop() {
    aliases("one: two", "two: three", "three: one");

    assertThat(ends("one@here.example")).isEqualTo(Replies.ROUTING_LOOP.toString());
  }

  @Test
  void listsInsideListsGiveEachAddressOnce() {
    aliases("all: staff, alice", "staff: all, alice, bob@other.example");

    assertThat(ends("all@here.example"))
        .isEqualTo(
            "alice@here.example>maildir:alice@here.example"
                + " bob@other.example>maildir:bob@other.example");
  }

  @Test
  void depthAndBreadthAreBounded() {
    aliases(IntStream.range(0, 50).mapToObj(i -> "a" + i + ": a" + (i + 1)).toArray(String[]::new));
    assertThat(ends("a0@here.example")).isEqualTo(Replies.ROUTING_LOOP.toString());

    aliases("many: one, two", "one: " + users(0, 600), "two: " + users(600, 1_200));
    assertThat(ends("many@here.example")).isEqualTo(Replies.ROUTING_LOOP.toString());
  }

  private static String users(int from, int to) {
    return String.join(
        ",", IntStream.range(from, to).mapToObj(i -> "u" + i + "@far.example").toList());
  }

  @Test
  void oneLegThatCannotBeToldIsToldOfBesideTheGoodOnes() {
    aliases("mixed: alice, bob@slow.example, gone, eve@later.example");
    mailertable = Mailertable.parse("table", List.of("later.example error:4.3.2:450 moving house"));

    assertThat(route("mixed@here.example"))
        .isInstanceOfSatisfying(
            RouteAnswer.Resolved.class,
            answer -> {
              assertThat(answer.legs())
                  .extracting(leg -> leg.address().toString())
                  .containsExactly("alice@here.example");
              assertThat(answer.dead())
                  .extracting(leg -> leg.address().toString())
                  .containsExactly("gone@here.example");
              assertThat(answer.undecided())
                  .extracting(
                      leg -> leg.address() + " " + leg.reason() + " " + leg.reply().code().value())
                  .containsExactly(
                      "bob@slow.example DNS_UNAVAILABLE 451",
                      "eve@later.example REFUSED_BY_TABLE 450");
            });
  }

  @Test
  void anAddressWithoutAGoodLegWaitsAsLongAsOneCannotBeTold() {
    aliases("mixed: gone, bob@slow.example, bob@nowhere.example");

    assertThat(ends("mixed@here.example")).startsWith("451 4.4.3 ");
  }

  @Test
  void whatCameOutOfAliasesIsRoutedPastThem() {
    aliases("alice: alice, bob@far.example", "gone: bob@far.example");

    assertThat(past("alice@here.example"))
        .isEqualTo(
            new RouteAnswer.Resolved(
                List.of(
                    new RouteAnswer.Leg(
                        ForwardPath.of("alice@here.example"),
                        new Destination.Mailbox("alice", DomainName.of("here.example"))))));
    assertThat(past("gone@here.example")).isInstanceOf(RouteAnswer.Refused.class);
  }

  private RouteAnswer past(String recipient) {
    RouteRequest request = request(recipient, Scope.ANYWHERE);
    return chain()
        .route(
            new RouteRequest(
                request.sender(),
                request.recipient(),
                request.scope(),
                Optional.of(new RouteRequest.Skip.Rewriting())))
        .block();
  }

  @Test
  void theMailertableOpensWhatItListsAndItsDefaultNothing() {
    mailertable =
        Mailertable.parse(
            "mailertable",
            List.of(
                "sink.example smtp:[127.0.0.1]:2600 # no MX look-up",
                ".sub.example smtp:relay.example",
                "bad.example error:5.1.2:550 no such place",
                "later.example error:4.3.2:450 moving house",
                ". smtp:[smarthost.example]:587"));

    assertThat(ends("bob@sink.example")).isEqualTo("bob@sink.example>smtp:[127.0.0.1]:2600");
    assertThat(ends("bob@a.b.sub.example")).isEqualTo("bob@a.b.sub.example>mx:relay.example");
    assertThat(ends("bob@sub.example")).isEqualTo(Replies.RELAY_DENIED.toString());
    assertThat(ends("bob@bad.example")).isEqualTo("550 5.1.2 no such place");
    assertThat(ends("bob@later.example")).isEqualTo("450 4.3.2 moving house");
    assertThat(ends("bob@far.example")).isEqualTo(Replies.RELAY_DENIED.toString());
    assertThat(ends("bob@far.example", Scope.ANYWHERE)).endsWith(">smtp:smarthost.example");
    assertThat(lookedUp.getLast()).isInstanceOf(HostQuery.Host.class);
  }

  @Test
  void anAddressLiteralIsItsOwnHost() {
    assertThat(ends("bob@[192.0.2.1]", Scope.ANYWHERE))
        .isEqualTo("bob@[192.0.2.1]>smtp:[192.0.2.1]");
    assertThat(ends("bob@[IPv6:2001:db8::1]", Scope.ANYWHERE))
        .isEqualTo("bob@[ipv6:2001:db8::1]>smtp:[ipv6:2001:db8::1]");
    assertThat(ends("bob@[300.1.1.1]", Scope.ANYWHERE)).startsWith("550 5.1.2 ");
    assertThat(lookedUp).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[127.0.0.1]",
        "[0.0.0.0]",
        "[169.254.169.254]",
        "[224.0.0.1]",
        "[IPv6:::1]",
        "[IPv6:::]",
        "[IPv6:fe80::1]",
        "[IPv6:ff02::1]",
        "[IPv6:::ffff:127.0.0.1]"
      })
  void anAddressLiteralThatIsNoHostElsewhereIsRefused(String literal) {
    assertThat(route("bob@" + literal))
        .isEqualTo(
            new RouteAnswer.Refused(
                Reason.UNROUTABLE_DOMAIN, Replies.unusableHost(DomainName.of(literal))));
  }

  @Test
  void anAddressLiteralThatIsOursIsALoop() {
    assertThat(route("bob@[192.0.2.99]"))
        .isEqualTo(
            new RouteAnswer.Refused(
                Reason.ROUTING_LOOP, Replies.ownExchanger(DomainName.of("[192.0.2.99]"))));
  }

  @Test
  void theOperatorMayNameALoopbackAddress() {
    mailertable = Mailertable.parse("table", List.of(". smtp:[127.0.0.1]:2600"));

    assertThat(ends("bob@far.example", Scope.ANYWHERE)).endsWith(">smtp:[127.0.0.1]:2600");
  }

  @Test
  void anExplanationEndsInTheSameAnswer() {
    aliases("info: alice, bob@far.example");
    RouteRequest request = request("info@here.example", Scope.HOSTED);

    RouteExplanation explanation = chain().explain(request).block();

    assertThat(explanation.answer()).isEqualTo(chain().route(request).block());
    assertThat(explanation.start().steps())
        .extracting(step -> step.router() + ": " + step.words())
        .containsExactly("aliases: is alice@here.example, bob@far.example");
    assertThat(explanation.start().steps().getFirst().addresses())
        .extracting(
            visit -> visit.address() + " " + visit.steps().getLast().router(),
            visit -> visit.steps().getLast().words())
        .containsExactly(
            tuple("alice@here.example mailboxes", "deliver to maildir:alice@here.example"),
            tuple("bob@far.example dns", "deliver to mx:far.example"));
    assertThat(route("info@here.example")).isEqualTo(explanation.answer());
  }
}
