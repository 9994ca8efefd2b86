package io.gatepost.routing.chain;

import static io.gatepost.routing.chain.FakeRouter.rewrite;
import static io.gatepost.routing.chain.FakeRouter.rewritten;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.routing.RouteAnswer;
import io.gatepost.contract.routing.RouteExplanation;
import io.gatepost.contract.routing.RouteExplanation.Result;
import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.contract.routing.RouteRequest.Scope;
import io.gatepost.contract.routing.RouteRequest.Skip;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

/// The walk with routers and sources that a test makes up.
class RoutingChainTest {

  private static final Duration LONG = Duration.ofSeconds(20);

  private Function<ForwardPath, RouterResult> aliases = _ -> RouterResult.NO_MATCH;
  private Function<ForwardPath, RouterResult> regsub = _ -> RouterResult.NO_MATCH;
  private QueryAnswers database = _ -> Mono.just(RouterResult.NO_MATCH);
  private MailboxFilter filter = MailboxFilter.NONE;
  private Duration time = LONG;

  static RouteRequest request(String recipient) {
    return new RouteRequest(new ReversePath.Null(), ForwardPath.of(recipient), Scope.HOSTED);
  }

  /// Aliases, rules and a database; every address that they do not know has a mailbox.
  private RoutingChain chain() {
    return new RoutingChain(
        List.of(
            new FakeRouter(RouterName.ALIASES, address -> aliases.apply(address)),
            new FakeRouter(RouterName.REGSUB, address -> regsub.apply(address)),
            FakeRouter.askingDatabase(),
            new FakeRouter(RouterName.MAILBOXES, RoutingChainTest::mailbox)),
        filter,
        database,
        time);
  }

  private static RouterResult mailbox(ForwardPath address) {
    return new RouterResult.Deliver(
        new Destination.Mailbox(address.localPart().text(), address.domain()));
  }

  private RouteAnswer route(String recipient) {
    return chain().route(request(recipient)).block(LONG);
  }

  private RouteAnswer route(String recipient, Skip skip) {
    RouteRequest plain = request(recipient);
    return chain()
        .route(
            new RouteRequest(plain.sender(), plain.recipient(), plain.scope(), Optional.of(skip)))
        .block(LONG);
  }

  private static List<String> legs(RouteAnswer answer) {
    return ((RouteAnswer.Resolved) answer)
        .legs().stream().map(leg -> leg.address().toString()).toList();
  }

  private static List<String> undecided(RouteAnswer answer) {
    return ((RouteAnswer.Resolved) answer)
        .undecided().stream()
            .map(leg -> leg.address() + " " + leg.router() + " " + leg.reply())
            .toList();
  }

  private static String[] members(int count) {
    return IntStream.range(0, count).mapToObj(i -> "m" + i + "@x.example").toArray(String[]::new);
  }

  private static boolean is(Query query, String address) {
    return ((Query.Sql) query).request().recipient().toString().equals(address);
  }

  private static Function<ForwardPath, RouterResult> only(String address, RouterResult result) {
    return asked -> asked.toString().equals(address) ? result : RouterResult.NO_MATCH;
  }

  @Test
  void theMembersOfAnAliasAreAskedForAtOnceAndAnswerInTheirOrder() {
    aliases = only("all@x.example", rewrite(members(100)));
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    database =
        _ ->
            Mono.delay(Duration.ofMillis(200))
                .<RouterResult>map(_ -> RouterResult.NO_MATCH)
                .doOnSubscribe(_ -> most.accumulateAndGet(running.incrementAndGet(), Math::max))
                .doOnTerminate(running::decrementAndGet);

    RouteAnswer answer = route("all@x.example");

    assertThat(legs(answer)).containsExactly(members(100));
    assertThat(most).hasValue(100);
  }

  @Test
  void moreQuestionsThanThatAreNotAskedAtOnce() {
    aliases = only("all@x.example", rewrite(members(900)));
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    database =
        _ ->
            Mono.delay(Duration.ofMillis(5))
                .<RouterResult>map(_ -> RouterResult.NO_MATCH)
                .doOnSubscribe(_ -> most.accumulateAndGet(running.incrementAndGet(), Math::max))
                .doOnTerminate(running::decrementAndGet);

    assertThat(legs(route("all@x.example"))).hasSize(900);
    assertThat(most).hasValue(100);
  }

  @Test
  void anAnswerThatComesTooLateIsNotNowForItsAddressAlone() {
    aliases = only("all@x.example", rewrite("ann@x.example", "bob@x.example"));
    database =
        query -> is(query, "bob@x.example") ? Mono.never() : Mono.just(RouterResult.NO_MATCH);
    time = Duration.ofMillis(300);

    RouteAnswer answer = route("all@x.example");

    assertThat(legs(answer)).containsExactly("ann@x.example");
    assertThat(undecided(answer)).containsExactly("bob@x.example sql " + Replies.ROUTING_TOO_SLOW);
    assertThat(route("bob@x.example"))
        .isEqualTo(new RouteAnswer.TryLater(Reason.DEADLINE_EXCEEDED, Replies.ROUTING_TOO_SLOW));
  }

  /// Each question is in time, but every answer leads to another one.
  @Test
  void theTimeIsThatOfAllQuestionsTogether() {
    AtomicInteger asked = new AtomicInteger();
    database =
        _ ->
            Mono.delay(Duration.ofMillis(100))
                .map(_ -> rewrite("n" + asked.incrementAndGet() + "@x.example"));
    time = Duration.ofMillis(350);

    assertThat(route("n0@x.example"))
        .isEqualTo(new RouteAnswer.TryLater(Reason.DEADLINE_EXCEEDED, Replies.ROUTING_TOO_SLOW));
    assertThat(asked.get()).isBetween(1, 4);
  }

  @Test
  void aQuestionThatIsGivenUpIsCancelled() {
    AtomicInteger cancelled = new AtomicInteger();
    database = _ -> Mono.<RouterResult>never().doOnCancel(cancelled::incrementAndGet);
    time = Duration.ofMillis(50);

    route("ann@x.example");

    assertThat(cancelled).hasValue(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"fails", "throws", "ends", "asks"})
  void aSourceThatMisbehavesIsNotNowForItsAddressAlone(String how) {
    aliases = only("all@x.example", rewrite("ann@x.example", "bob@x.example"));
    database =
        query -> {
          if (!is(query, "bob@x.example")) {
            return Mono.just(RouterResult.NO_MATCH);
          }
          return switch (how) {
            case "fails" -> Mono.error(new IllegalStateException("out of order"));
            case "throws" -> throw new IllegalStateException("out of order");
            case "ends" -> Mono.empty();
            default -> Mono.just(new RouterResult.Ask(query));
          };
        };

    RouteAnswer answer = route("all@x.example");

    assertThat(legs(answer)).containsExactly("ann@x.example");
    assertThat(undecided(answer))
        .containsExactly("bob@x.example sql " + Replies.ROUTING_UNAVAILABLE);
  }

  @Test
  void addressesThatAreRewrittenWithoutEndAreALoop() {
    regsub = address -> rewrite("a" + address);
    assertLoop("a@x.example");

    regsub = address -> rewrite("b" + address, "c" + address);
    assertLoop("a@x.example");
  }

  @Test
  void aDatabaseThatRewritesWithoutEndIsALoop() {
    AtomicInteger asked = new AtomicInteger();
    database =
        query -> {
          asked.incrementAndGet();
          return Mono.just(rewrite("a" + ((Query.Sql) query).request().recipient()));
        };

    assertLoop("a@x.example");
    assertThat(asked.get()).isLessThanOrEqualTo(RoutingChain.MAX_DEPTH + 1);
  }

  @Test
  void aDatabaseThatRewritesInCirclesIsALoop() {
    database =
        query ->
            Mono.just(is(query, "a@x.example") ? rewrite("b@x.example") : rewrite("a@x.example"));

    assertLoop("a@x.example");
  }

  /// At no time are there many at the end, but very many on the way.
  @Test
  void addressesOnTheWayAreBounded() {
    AtomicInteger asked = new AtomicInteger();
    aliases = only("a@x.example", rewrite(members(900)));
    regsub =
        address -> {
          asked.incrementAndGet();
          return rewrite("n" + address);
        };

    assertLoop("a@x.example");
    assertThat(asked.get()).isLessThanOrEqualTo(RoutingChain.MAX_VISITS);
  }

  @Test
  void scriptsThatRedirectInCirclesAreALoop() {
    filter =
        (request, _) ->
            new MailboxFilter.Filtered.Redirected(
                rewritten(
                    request.recipient().toString().equals("a@x.example")
                        ? "b@x.example"
                        : "a@x.example"));

    assertLoop("a@x.example");
  }

  private void assertLoop(String address) {
    assertThat(route(address))
        .isEqualTo(new RouteAnswer.Refused(Reason.ROUTING_LOOP, Replies.ROUTING_LOOP));
  }

  @Test
  void whatTheDatabaseDoesNotKnowTheNextRouterIsAskedFor() {
    assertThat(legs(route("ann@x.example"))).containsExactly("ann@x.example");
  }

  @Test
  void noRouterRewritesWhereRewritingIsPassedOver() {
    Skip past = new Skip.Rewriting();
    aliases = _ -> rewrite("b@x.example");
    regsub = _ -> rewrite("c@x.example");
    database = _ -> Mono.just(rewrite("d@x.example", "a@x.example"));
    filter = (_, _) -> new MailboxFilter.Filtered.Redirected(rewritten("e@x.example"));

    assertThat(legs(route("a@x.example", past))).containsExactly("a@x.example");

    filter = (_, to) -> new MailboxFilter.Filtered.Kept(to, rewritten("e@x.example"));

    assertThat(legs(route("a@x.example", past))).containsExactly("a@x.example");
  }

  @Test
  void whoseAnAddressIsDoesNotDependOnScripts() {
    aliases = only("a@x.example", rewrite("b@x.example"));
    filter = (_, _) -> new MailboxFilter.Filtered.Redirected(rewritten("e@x.example"));

    assertThat(legs(route("a@x.example", new Skip.Filters()))).containsExactly("b@x.example");
  }

  @Test
  void refusalsCountWhereRewritingIsPassedOver() {
    RouterResult refusal = new RouterResult.Refuse(Reason.UNKNOWN_USER, Replies.RELAY_DENIED);
    database = _ -> Mono.just(refusal);

    assertThat(route("a@x.example", new Skip.Rewriting()))
        .isEqualTo(new RouteAnswer.Refused(Reason.UNKNOWN_USER, Replies.RELAY_DENIED));
  }

  @Test
  void routersFromTheOneThatCouldNotAnswerMayRewrite() {
    aliases = only("a@x.example", rewrite("b@x.example", "a@x.example"));
    database =
        query ->
            Mono.just(is(query, "a@x.example") ? rewrite("c@x.example") : RouterResult.NO_MATCH);

    assertThat(legs(route("a@x.example", new Skip.RewritingBefore("sql"))))
        .containsExactly("c@x.example");
    assertThat(legs(route("a@x.example", new Skip.RewritingBefore("mailboxes"))))
        .containsExactly("a@x.example");
    assertThat(legs(route("a@x.example", new Skip.RewritingBefore("gone"))))
        .containsExactly("b@x.example", "c@x.example");
  }

  @Test
  void aScriptThatRedirectsToItsOwnMailboxKeepsTheMail() {
    filter =
        (request, to) ->
            request.recipient().toString().equals("a@x.example")
                ? new MailboxFilter.Filtered.Redirected(rewritten("A@x.example", "b@x.example"))
                : new MailboxFilter.Filtered.Kept(to, List.of());

    assertThat(legs(route("a@x.example"))).containsExactly("a@x.example", "b@x.example");
  }

  @Test
  void anExplanationIsATreeOfStepsWithSourcesAndTimes() {
    aliases = only("all@x.example", rewrite("ann@x.example", "bob@x.example", "all@x.example"));
    database =
        query ->
            Mono.delay(Duration.ofMillis(20))
                .map(_ ->
                    is(query, "bob@x.example") ? rewrite("ann@x.example") : RouterResult.NO_MATCH);

    RouteExplanation told = chain().explain(request("all@x.example")).block(LONG);

    assertThat(shown(told.start(), ""))
        .isEqualTo(
            """
            all@x.example
              aliases REWRITE is ann@x.example, bob@x.example, all@x.example (source of aliases)
                ann@x.example
                  aliases NOT_MINE not mine (source of aliases)
                  regsub NOT_MINE not mine (source of regsub)
                  sql NOT_MINE not mine (source of sql)
                  mailboxes DELIVER deliver to maildir:ann@x.example (source of mailboxes)
                bob@x.example
                  aliases NOT_MINE not mine (source of aliases)
                  regsub NOT_MINE not mine (source of regsub)
                  sql REWRITE is ann@x.example (source of sql)
                    ann@x.example
              regsub NOT_MINE not mine (source of regsub)
              sql NOT_MINE not mine (source of sql)
              mailboxes DELIVER deliver to maildir:all@x.example (source of mailboxes)
            """);
    assertThat(told.answer()).isEqualTo(route("all@x.example"));
    RouteExplanation.Step sql = told.start().steps().get(2);
    assertThat(sql.router()).isEqualTo("sql");
    assertThat(sql.micros()).isGreaterThanOrEqualTo(20_000);
  }

  @Test
  void anExplanationShowsScriptsAndWhatIsPassedOver() {
    aliases = only("a@x.example", rewrite("b@x.example"));
    filter = (_, to) -> new MailboxFilter.Filtered.Kept(to, rewritten("c@x.example"));
    RouteRequest plain = request("a@x.example");

    RouteExplanation told =
        chain()
            .explain(
                new RouteRequest(
                    plain.sender(),
                    plain.recipient(),
                    plain.scope(),
                    Optional.of(new Skip.Rewriting())))
            .block(LONG);

    assertThat(told.start().steps())
        .extracting(step -> step.router() + " " + step.result())
        .containsExactly(
            "aliases " + Result.PASSED_OVER,
            "regsub " + Result.NOT_MINE,
            "sql " + Result.NOT_MINE,
            "mailboxes " + Result.DELIVER,
            "sieve " + Result.DELIVER);
  }

  private static String shown(RouteExplanation.Visit visit, String indent) {
    StringBuilder text = new StringBuilder(indent + visit.address() + "\n");
    for (RouteExplanation.Step step : visit.steps()) {
      text.append(
          "%s  %s %s %s (%s)\n"
              .formatted(indent, step.router(), step.result(), step.words(), step.source()));
      step.addresses().forEach(address -> text.append(shown(address, indent + "    ")));
    }
    return text.toString();
  }
}
