package io.gatepost.routing.chain;

import static io.gatepost.routing.chain.FakeRouter.rewrite;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.routing.RouteAnswer;
import io.gatepost.contract.routing.RouteExplanation;
import java.time.Duration;
import java.util.AbstractList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/// A walk takes bounded memory, and its caller's thread for a bounded number of addresses.
class WalkBoundsTest {

  private static final Duration LONG = Duration.ofSeconds(20);
  private static final ForwardPath START = ForwardPath.of("all@x.example");

  private static RoutingChain chain(
      Function<ForwardPath, RouterResult> aliases, QueryAnswers database) {
    return new RoutingChain(
        List.of(
            new FakeRouter(RouterName.ALIASES, aliases),
            FakeRouter.askingDatabase(),
            new FakeRouter(
                RouterName.MAILBOXES,
                address -> new RouterResult.Refuse(Reason.UNKNOWN_USER, Replies.RELAY_DENIED))),
        MailboxFilter.NONE,
        database,
        LONG);
  }

  private static String[] members(String prefix, int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> prefix + i + "@x.example")
        .toArray(String[]::new);
  }

  private static Mono<RouterResult> unknown() {
    return Mono.just(RouterResult.NO_MATCH);
  }

  /// Addresses of an answer, each made when it is asked for.
  private static RouterResult counted(String prefix, AtomicInteger taken) {
    return new RouterResult.Rewrite(
        new AbstractList<>() {
          @Override
          public ForwardPath get(int index) {
            taken.incrementAndGet();
            return ForwardPath.of(prefix + index + "@x.example");
          }

          @Override
          public int size() {
            return RoutingChain.MAX_LEGS;
          }
        });
  }

  @Test
  void theAnswersOfOneRoundOpenNoMoreAddressesThanAWalkMayVisit() {
    AtomicInteger taken = new AtomicInteger();
    RoutingChain chain =
        chain(
            address -> address.equals(START) ? rewrite(members("m", 900)) : RouterResult.NO_MATCH,
            query ->
                Mono.just(
                    counted(((Query.Sql) query).request().recipient().localPart() + "-", taken)));

    RouteAnswer answer = chain.route(RoutingChainTest.request(START.toString())).block(LONG);

    assertThat(answer)
        .isEqualTo(new RouteAnswer.Refused(Reason.ROUTING_LOOP, Replies.ROUTING_LOOP));
    assertThat(taken).hasValueLessThanOrEqualTo(RoutingChain.MAX_VISITS + RoutingChain.MAX_LEGS);
  }

  @Test
  void theCallersThreadRoutesABoundedNumberOfAddresses() {
    Thread caller = Thread.currentThread();
    AtomicInteger onCaller = new AtomicInteger();
    AtomicInteger all = new AtomicInteger();
    RoutingChain chain =
        chain(
            address -> {
              all.incrementAndGet();
              onCaller.addAndGet(Thread.currentThread().equals(caller) ? 1 : 0);
              return address.equals(START) ? rewrite(members("m", 900)) : RouterResult.NO_MATCH;
            },
            _ -> unknown());

    RouteAnswer answer = chain.route(RoutingChainTest.request(START.toString())).block(LONG);

    assertThat(answer).isInstanceOf(RouteAnswer.Refused.class);
    assertThat(all).hasValue(901);
    assertThat(onCaller).hasValueLessThanOrEqualTo(Walk.VISITS_AT_ONCE);
  }

  /// Each of 900 members names all of them.
  @Test
  void anExplanationOfAddressesThatNameEachOtherIsBounded() {
    RouterResult all = rewrite(members("m", 900));
    RoutingChain chain = chain(_ -> all, _ -> unknown());

    RouteExplanation explanation =
        chain.explain(RoutingChainTest.request(START.toString())).block(LONG);

    assertThat(visits(explanation.start())).isLessThanOrEqualTo(2 * RoutingChain.MAX_VISITS);
    assertThat(explanation.start().steps().getFirst().words()).endsWith(" and 880 more");
  }

  private static int visits(RouteExplanation.Visit visit) {
    return 1
        + visit.steps().stream()
            .flatMap(step -> step.addresses().stream())
            .mapToInt(WalkBoundsTest::visits)
            .sum();
  }

  private static RoutingChain slow(AtomicInteger visits, Duration each, String... members) {
    return chain(
        address -> {
          visits.incrementAndGet();
          pause(each);
          return address.equals(START) ? rewrite(members) : RouterResult.NO_MATCH;
        },
        _ -> unknown());
  }

  private static void pause(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aRouterThatTakesItsTimeHoldsTheCallersThreadForAMomentOnly() {
    AtomicInteger visits = new AtomicInteger();
    RoutingChain chain = slow(visits, Duration.ofMillis(3), members("m", 60));

    Mono<RouteAnswer> answer = chain.route(RoutingChainTest.request(START.toString()));

    assertThat(visits).hasValueLessThan(10);
    answer.block(LONG);
    assertThat(visits).hasValue(61);
  }

  @Test
  void theTimeOfAllRoutersTogetherIsBounded() {
    AtomicInteger visits = new AtomicInteger();
    RoutingChain chain = slow(visits, Duration.ofMillis(50), members("m", 500));

    RouteAnswer answer = chain.route(RoutingChainTest.request(START.toString())).block(LONG);

    assertThat(answer)
        .isInstanceOfSatisfying(
            RouteAnswer.TryLater.class,
            later -> assertThat(later.reply()).isEqualTo(Replies.ROUTING_TOO_SLOW));
    assertThat(visits).hasValueLessThan(60);
  }
}
