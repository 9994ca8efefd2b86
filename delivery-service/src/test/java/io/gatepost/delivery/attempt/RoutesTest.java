package io.gatepost.delivery.attempt;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.routing.RouteAnswer;
import io.gatepost.contract.routing.RouteExplanation;
import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.contract.routing.Routing;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/// Answers of routing, and routing that gives none.
class RoutesTest {

  private static final RouteAnswer ANSWER =
      new RouteAnswer.Refused(Reason.UNKNOWN_USER, Reply.of(550, "5.1.1", "no such user"));
  private static final Duration LONGEST = Duration.ofSeconds(31);

  private int asked;

  /// The next attempt of a message comes after minutes.
  @ParameterizedTest
  @EnumSource(
      value = RpcStatus.class,
      names = {"UNAVAILABLE", "UNKNOWN"})
  void aServiceThatIsAwayForAFewSecondsDefersNothing(RpcStatus status) {
    StepVerifier.withVirtualTime(() -> routes(4, status))
        .thenAwait(LONGEST)
        .assertNext(all -> assertThat(all.getFirst().answer()).isEqualTo(ANSWER))
        .verifyComplete();
    assertThat(asked).isEqualTo(5);
  }

  @Test
  void aServiceThatStaysAwayDefers() {
    StepVerifier.withVirtualTime(() -> routes(Integer.MAX_VALUE, RpcStatus.UNAVAILABLE))
        .thenAwait(LONGEST)
        .assertNext(RoutesTest::assertDeferred)
        .verifyComplete();
    assertThat(asked).isEqualTo(7);
  }

  /// The call that failed would fail again.
  @Test
  void aBugDefersAtOnce() {
    StepVerifier.withVirtualTime(() -> routes(Integer.MAX_VALUE, RpcStatus.INTERNAL))
        .assertNext(RoutesTest::assertDeferred)
        .verifyComplete();
    assertThat(asked).isEqualTo(1);
  }

  private static void assertDeferred(List<Routes.Routed> all) {
    assertThat(all.getFirst().answer())
        .isInstanceOfSatisfying(
            RouteAnswer.TryLater.class,
            later -> assertThat(later.reason()).isEqualTo(Reason.SERVICE_UNAVAILABLE));
  }

  /// @param failures how often it is asked in vain
  private Mono<List<Routes.Routed>> routes(int failures, RpcStatus status) {
    Routing routing =
        new Routing() {
          @Override
          public Mono<RouteAnswer> route(RouteRequest request) {
            return asked++ < failures
                ? Mono.error(new RpcException(status, "away"))
                : Mono.just(ANSWER);
          }

          @Override
          public Mono<RouteExplanation> explain(RouteRequest request) {
            throw new AssertionError("not asked for");
          }
        };
    return new Routes(routing, Attempts.routes(1))
        .of(
            ReversePath.of("ann@sender.example"),
            List.of(Recipient.of(ForwardPath.of("bob@dest.example"))),
            _ -> false);
  }
}
