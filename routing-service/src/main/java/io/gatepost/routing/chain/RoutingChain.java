package io.gatepost.routing.chain;

import io.gatepost.contract.routing.RouteAnswer;
import io.gatepost.contract.routing.RouteExplanation;
import io.gatepost.contract.routing.RouteRequest;
import java.time.Duration;
import java.util.List;
import reactor.core.publisher.Mono;

/// Walks an address through the routers in order. A rewritten address starts again at the top;
/// depth, breadth and time are bounded. Rewriting that exceeds them is `5.4.6`; addresses that are
/// not routed when the time is over are `4.3.0`.
public final class RoutingChain {

  /// Rewrites from the first address to the last, at most.
  static final int MAX_DEPTH = 20;

  /// Addresses that one may lead to, at most.
  public static final int MAX_LEGS = 1000;

  /// Addresses on the way, at most.
  static final int MAX_VISITS = 5 * MAX_LEGS;

  /// The time of a walk where no other is set.
  private static final Duration USUAL_TIME = Duration.ofSeconds(20);

  private final List<Router> routers;
  private final MailboxFilter filter;
  private final QueryAnswers answers;
  private final Duration time;

  /// @param routers in the order to ask; the last must answer every address
  /// @param filter is asked about every mailbox that an address comes to
  /// @param time for all questions of one walk together
  public RoutingChain(
      List<Router> routers, MailboxFilter filter, QueryAnswers answers, Duration time) {
    this.routers = List.copyOf(routers);
    this.filter = filter;
    this.answers = answers;
    this.time = time;
  }

  /// A chain with the usual time.
  public RoutingChain(List<Router> routers, MailboxFilter filter, QueryAnswers answers) {
    this(routers, filter, answers, USUAL_TIME);
  }

  /// Routes an address. The answer is there at once unless a source has to be asked or very many
  /// addresses are on the way; to be subscribed to once.
  public Mono<RouteAnswer> route(RouteRequest request) {
    return walk(request, Trace.NONE).answer();
  }

  /// Routes an address and tells how.
  public Mono<RouteExplanation> explain(RouteRequest request) {
    return Mono.defer(() -> {
      Explanation explanation = new Explanation(request.recipient());
      return walk(request, explanation).answer().map(explanation::with);
    });
  }

  private Walk walk(RouteRequest request, Trace trace) {
    return new Walk(request, routers, filter, new Questions(answers, time), trace);
  }
}
