package io.gatepost.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.queue.Queue;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.routing.RouteAnswer;
import io.gatepost.contract.routing.Routing;
import io.gatepost.contract.rpc.Deadline;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.timelimiter.TimeLimiterConfig;
import io.github.resilience4j.timelimiter.TimeLimiterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// A service that does not answer is left alone for a while.
class BreakerTest extends RpcFixture {

  private static final int CALLS = 4;
  private static final Duration OPEN = Duration.ofMillis(300);
  private static final RouteAnswer ANSWER =
      new RouteAnswer.Refused(Reason.UNKNOWN_USER, Reply.of(550, "5.1.1", "no"));

  private final CircuitBreakerRegistry registry =
      CircuitBreakerRegistry.of(
          CircuitBreakerConfig.custom()
              .slidingWindowSize(CALLS)
              .minimumNumberOfCalls(CALLS)
              .waitDurationInOpenState(OPEN)
              .permittedNumberOfCallsInHalfOpenState(1)
              .build());

  @Test
  void aHungServiceIsNotCalledAfterTheConfiguredNumberOfCalls() {
    Routing routing = routing(SHORT);
    failTimes(CALLS, routing);
    server.routing.forget();

    assertThatThrownBy(() -> routing.route(REQUEST).block(LONG))
        .isInstanceOfSatisfying(
            RpcException.class,
            error -> assertThat(error.status()).isEqualTo(RpcStatus.UNAVAILABLE))
        .hasMessageContaining("left alone");
    assertThat(server.routing.asked.get()).isNull();
  }

  @Test
  void aServiceThatIsBackIsCalledAgain() {
    Routing routing = routing(SHORT);
    failTimes(CALLS, routing);
    server.routing.answer.set(Mono.just(ANSWER));

    await()
        .atMost(LONG)
        .ignoreException(RpcException.class)
        .untilAsserted(() -> assertThat(routing.route(REQUEST).block(LONG)).isEqualTo(ANSWER));
    assertThat(breaker().getState()).isEqualTo(CircuitBreaker.State.CLOSED);
  }

  /// A time limit outside a breaker cancels the call, which by itself says nothing. The caller may
  /// hear of it before the breaker has counted it.
  @Test
  void aCallerWhoseOwnDeadlinePassesHasWaitedInVain() {
    Routing routing = routing(LONG);
    for (int i = 0; i < CALLS; i++) {
      assertFails(RpcStatus.DEADLINE_EXCEEDED, Deadline.within(SHORT, routing.route(REQUEST)));
    }

    await()
        .atMost(LONG)
        .untilAsserted(() -> assertThat(breaker().getState()).isEqualTo(CircuitBreaker.State.OPEN));
  }

  @Test
  void aServiceThatIsGoneCountsAsOneThatHangs() {
    Routing routing =
        clients(LONG)
            .port(Routing.class, Service.ROUTING, URI.create("http://127.0.0.1:" + NOBODY_LISTENS));
    for (int i = 0; i < CALLS; i++) {
      assertFails(RpcStatus.UNAVAILABLE, routing.route(REQUEST));
    }

    assertThat(registry.circuitBreaker("routing@127.0.0.1:" + NOBODY_LISTENS).getState())
        .isEqualTo(CircuitBreaker.State.OPEN);
  }

  @Test
  void refusalsAreAnswers() {
    Routing routing = routing(LONG);
    for (RpcStatus status :
        new RpcStatus[] {
          RpcStatus.RESOURCE_EXHAUSTED, RpcStatus.UNAVAILABLE, RpcStatus.INTERNAL, RpcStatus.ABORTED
        }) {
      server.routing.answer.set(Mono.error(new RpcException(status, "because")));
      assertFails(status, routing.route(REQUEST));
    }

    assertThat(breaker().getMetrics().getNumberOfSuccessfulCalls()).isEqualTo(4);
    assertThat(breaker().getState()).isEqualTo(CircuitBreaker.State.CLOSED);
  }

  @Test
  void aCallerThatGoesAwaySaysNothing() {
    Routing routing = routing(LONG);
    for (int i = 0; i < CALLS; i++) {
      server.routing.forget();
      var call = routing.route(REQUEST).subscribe();
      await().until(() -> server.routing.left.get() != null);
      call.dispose();
      await().untilTrue(server.routing.cancelled);
    }

    assertThat(breaker().getMetrics().getNumberOfBufferedCalls()).isZero();
  }

  /// Such a call may take minutes; its length is the client's matter.
  @Test
  void contentIsRefusedWhileTheBreakerIsOpenAndSaysNothingOtherwise() {
    Queue queue = clients(SHORT).port(Queue.class, Service.QUEUE, server.base());
    CircuitBreaker breaker = registry.circuitBreaker("queue@" + server.base().getAuthority());

    assertThat(queue.getContent(ID).take(1).blockLast(LONG)).isNotNull();
    assertThat(breaker.getMetrics().getNumberOfBufferedCalls()).isZero();

    breaker.transitionToOpenState();
    assertFails(RpcStatus.UNAVAILABLE, queue.getContent(ID).last());
    assertFails(RpcStatus.UNAVAILABLE, queue.putContent(ID, Flux.empty()));

    await()
        .atMost(LONG)
        .ignoreException(RpcException.class)
        .untilAsserted(() -> assertThat(queue.getContent(ID).take(1).blockLast(LONG)).isNotNull());
  }

  private void failTimes(int times, Routing routing) {
    for (int i = 0; i < times; i++) {
      assertFails(RpcStatus.DEADLINE_EXCEEDED, routing.route(REQUEST));
    }
  }

  private CircuitBreaker breaker() {
    return registry.circuitBreaker("routing@" + server.base().getAuthority());
  }

  private Routing routing(Duration limit) {
    return clients(limit).port(Routing.class, Service.ROUTING, server.base());
  }

  private RpcClients clients(Duration limit) {
    TimeLimiterConfig config = TimeLimiterConfig.custom().timeoutDuration(limit).build();
    return new RpcClients(
        RpcServer.client(RpcServer.TOKEN, limit),
        new Breakers(registry, TimeLimiterRegistry.of(config)),
        new SystemLookup(),
        new SimpleMeterRegistry(),
        ObservationRegistry.NOOP);
  }
}
