package io.gatepost.delivery.attempt;

import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.process.LogPace;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.routing.RouteAnswer;
import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.contract.routing.RouteRequest.Scope;
import io.gatepost.contract.routing.RouteRequest.Skip;
import io.gatepost.contract.routing.Routing;
import io.gatepost.contract.rpc.Deadline;
import io.gatepost.contract.rpc.Known;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.gate.Gate;
import io.gatepost.gate.GateLimits;
import io.gatepost.gate.Priority;
import io.gatepost.gate.Waiting;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/// Asks routing where the recipients of a message lead to. Where it does not answer, they wait.
final class Routes {

  private static final Logger log = LoggerFactory.getLogger(Routes.class);

  /// Each recipient who waits has a line of his own, with the queue id.
  private static final LogPace PACE = new LogPace();

  private static final Duration ROUTING_TIMEOUT = Duration.ofSeconds(30);

  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);

  /// A restart of routing-service takes some seconds, the next attempt minutes: it is asked again
  /// for up to 18 s.
  private static final Retry AGAIN =
      Retry.backoff(5, FIRST_PAUSE.multipliedBy(2))
          .maxBackoff(Duration.ofSeconds(5))
          .filter(Routes::isAway)
          .onRetryExhaustedThrow((_, last) -> last.failure());

  /// Questions of one message at a time.
  private static final int CONCURRENT_ROUTES = 32;

  /// Those of all messages with several recipients, who take turns. Beyond what the resolver takes
  /// they would be answered "later" unasked.
  private static final int ALL_ROUTES = 500;

  private final Routing routing;
  private final Gate gate;

  Routes(Routing routing, Gate gate) {
    this.routing = routing;
    this.gate = gate;
  }

  static Gate gate(int messages) {
    int places = (int) Math.min(Integer.MAX_VALUE, (long) messages * CONCURRENT_ROUTES);
    return new Gate("routes", GateLimits.of(ALL_ROUTES, places).withShare(CONCURRENT_ROUTES));
  }

  /// A recipient and its answer from routing.
  record Routed(Recipient recipient, RouteAnswer answer) {}

  /// Returns what routing says of recipients, in their order.
  ///
  /// @param isEnough asked after each, in order: the others are not looked at then. Not asked where
  ///   there is one recipient only.
  Mono<List<Routed>> of(
      ReversePath sender, List<Recipient> recipients, Predicate<Routed> isEnough) {
    if (recipients.size() == 1) {
      Recipient recipient = recipients.getFirst();
      RouteRequest request = request(sender, recipient);
      return routed(recipient, Mono.defer(() -> alone(request))).map(List::of);
    }
    Waiting inTurn = new Waiting(Priority.NORMAL, new Object(), Waiting.WITHOUT_LIMIT);
    return Flux.fromIterable(recipients)
        .flatMapSequential(
            recipient -> routed(recipient, inTurn(inTurn, request(sender, recipient))),
            CONCURRENT_ROUTES)
        .takeUntil(isEnough)
        .collectList();
  }

  /// The time is that of one question in its turn; none has a turn while it waits to be asked
  /// again.
  private Mono<RouteAnswer> inTurn(Waiting turn, RouteRequest request) {
    return gate.call(turn, () -> Deadline.within(ROUTING_TIMEOUT, routing.route(request)))
        .retryWhen(AGAIN);
  }

  /// An answer of routing in this process is mostly there at once: then nothing waits for it, which
  /// would cost as much as a tenth of the message.
  private Mono<RouteAnswer> alone(RouteRequest request) {
    Mono<RouteAnswer> answer = routing.route(request);
    return Known.map(
        answer,
        known -> known,
        later ->
            Deadline.within(
                ROUTING_TIMEOUT, later.onErrorResume(Routes::isAway, _ -> again(request))));
  }

  private Mono<RouteAnswer> again(RouteRequest request) {
    return Mono.delay(FIRST_PAUSE).then(Mono.defer(() -> routing.route(request)).retryWhen(AGAIN));
  }

  private static RouteRequest request(ReversePath sender, Recipient recipient) {
    return new RouteRequest(
        sender,
        recipient.address(),
        Scope.ANYWHERE,
        recipient.isMember() ? Optional.of(skip(recipient)) : Optional.empty());
  }

  /// A member is where rewriting ended, or has got as far as the router that could not answer.
  private static Skip skip(Recipient member) {
    return member.undecidedBy().<Skip>map(Skip.RewritingBefore::new).orElseGet(Skip.Rewriting::new);
  }

  private static Mono<Routed> routed(Recipient recipient, Mono<RouteAnswer> answer) {
    return answer
        .onErrorResume(error -> {
          PACE.tell(more ->
              log.warn(
                  "routing does not answer for <{}>: {}{}",
                  recipient.address(),
                  error.getMessage(),
                  more));
          return Mono.just(
              new RouteAnswer.TryLater(Reason.SERVICE_UNAVAILABLE, Replies.ROUTING_UNAVAILABLE));
        })
        .map(told -> new Routed(recipient, told));
  }

  private static boolean isAway(Throwable error) {
    return error instanceof RpcException rpc
        && switch (rpc.status()) {
          case UNAVAILABLE, UNKNOWN -> true;
          case INVALID_ARGUMENT,
              UNAUTHENTICATED,
              PERMISSION_DENIED,
              NOT_FOUND,
              ABORTED,
              RESOURCE_EXHAUSTED,
              INTERNAL,
              DEADLINE_EXCEEDED ->
              false;
        };
  }
}
