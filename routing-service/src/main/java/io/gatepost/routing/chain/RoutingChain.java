package io.gatepost.routing.chain;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.routing.RouteAnswer;
import io.gatepost.contract.routing.RouteAnswer.DeadLeg;
import io.gatepost.contract.routing.RouteAnswer.Leg;
import io.gatepost.contract.routing.RouteAnswer.UndecidedLeg;
import io.gatepost.contract.routing.RouteExplanation;
import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.contract.routing.RouteRequest.Scope;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Walks an address through the routers in order. A rewritten address starts again at the top;
/// depth and breadth are bounded, and what exceeds them is `5.4.6`, never a hang.
public final class RoutingChain {

  static final int MAX_DEPTH = 20;

  /// Addresses that one may lead to, at most.
  public static final int MAX_LEGS = 1000;

  private static final int CONCURRENT_LOOKUPS = 32;

  private final List<Router> routers;
  private final HostLookup hosts;

  /// @param routers in the order to ask; the last must answer every address
  public RoutingChain(List<Router> routers, HostLookup hosts) {
    this.routers = List.copyOf(routers);
    this.hosts = hosts;
  }

  /// Routes an address. The answer is there at once unless the DNS has to be asked.
  public Mono<RouteAnswer> route(RouteRequest request) {
    return finish(expand(request, (router, address, result) -> {}));
  }

  /// Routes an address and tells how.
  public Mono<RouteExplanation> explain(RouteRequest request) {
    List<RouteExplanation.Step> steps = new ArrayList<>();
    Trace trace =
        (router, address, result) ->
            steps.add(new RouteExplanation.Step(router.name(), address.toString(), result.words()));
    return finish(expand(request, trace))
        .map(answer -> new RouteExplanation(List.copyOf(steps), answer));
  }

  /// An address at the end of the chain.
  private sealed interface End {
    record Resolved(Leg leg) implements End {}

    record Refused(DeadLeg leg) implements End {}

    record Undecided(UndecidedLeg leg) implements End {}

    record Pending(ForwardPath address, RouterResult.HostQuery query) implements End {}
  }

  /// Told of every step; words are made only where somebody wants them.
  private interface Trace {
    void step(Router router, ForwardPath address, RouterResult result);
  }

  private record Visit(RouteRequest request, int depth) {}

  private List<End> expand(RouteRequest request, Trace trace) {
    List<End> ends = new ArrayList<>(1);
    Set<ForwardPath> seen = new HashSet<>();
    ArrayDeque<Visit> open = new ArrayDeque<>();
    open.add(new Visit(request, 0));
    seen.add(request.recipient());
    while (!open.isEmpty()) {
      Visit visit = open.remove();
      if (visit.depth() > MAX_DEPTH || ends.size() + open.size() > MAX_LEGS) {
        return List.of(loop(request));
      }
      step(visit, seen, open, ends, trace);
    }
    // Every address that came up had come up before: the aliases point at each other.
    return ends.isEmpty() ? List.of(loop(request)) : ends;
  }

  private void step(
      Visit visit, Set<ForwardPath> seen, ArrayDeque<Visit> open, List<End> ends, Trace trace) {
    RouteRequest request = visit.request();
    for (Router router : routers) {
      RouterResult result = router.route(request);
      if (result instanceof RouterResult.NoMatch) {
        continue;
      }
      trace.step(router, request.recipient(), result);
      switch (result) {
        case RouterResult.NoMatch _ -> {}
        case RouterResult.Deliver(var destination) ->
            ends.add(new End.Resolved(new Leg(request.recipient(), destination)));
        case RouterResult.Refuse(var reason, var reply) ->
            ends.add(new End.Refused(new DeadLeg(request.recipient(), reason, reply)));
        case RouterResult.Later(var reason, var reply) ->
            ends.add(new End.Undecided(new UndecidedLeg(request.recipient(), reason, reply)));
        case RouterResult.LookUp(var query) ->
            ends.add(new End.Pending(request.recipient(), query));
        case RouterResult.Rewrite(var addresses) -> {
          // An alias is ours: where it points is not for relay control to judge.
          request = new RouteRequest(request.sender(), request.recipient(), Scope.ANYWHERE);
          if (rewrite(request, addresses, visit.depth(), seen, open)) {
            continue; // the alias names itself: what the routers behind it say counts as well
          }
        }
      }
      return;
    }
    throw new IllegalStateException("no router answers " + request.recipient());
  }

  /// Opens what is new among the addresses; says whether the address itself is one of them.
  private static boolean rewrite(
      RouteRequest request,
      List<ForwardPath> addresses,
      int depth,
      Set<ForwardPath> seen,
      ArrayDeque<Visit> open) {
    boolean itself = false;
    for (ForwardPath address : addresses) {
      if (isSame(address, request.recipient())) {
        itself = true;
      } else if (seen.add(address)) {
        open.add(
            new Visit(new RouteRequest(request.sender(), address, request.scope()), depth + 1));
      }
    }
    return itself;
  }

  private static boolean isSame(ForwardPath one, ForwardPath other) {
    return one.domain().equals(other.domain())
        && one.localPart().lookupKey().equals(other.localPart().lookupKey());
  }

  private static End loop(RouteRequest request) {
    return new End.Refused(
        new DeadLeg(request.recipient(), Reason.ROUTING_LOOP, Replies.ROUTING_LOOP));
  }

  private Mono<RouteAnswer> finish(List<End> ends) {
    if (ends.stream().noneMatch(End.Pending.class::isInstance)) {
      return Mono.just(combine(ends));
    }
    return Flux.fromIterable(ends)
        .flatMapSequential(this::resolve, CONCURRENT_LOOKUPS)
        .collectList()
        .map(RoutingChain::combine);
  }

  private Mono<End> resolve(End end) {
    return switch (end) {
      case End.Pending(var address, var query) ->
          hosts.find(query).map(found -> resolved(address, found));
      case End.Resolved _, End.Refused _, End.Undecided _ -> Mono.just(end);
    };
  }

  private static End resolved(ForwardPath address, HostLookup.Found found) {
    return switch (found) {
      case HostLookup.Found.Hosts(var destination) ->
          new End.Resolved(new Leg(address, destination));
      case HostLookup.Found.Nowhere(var reason, var reply) ->
          new End.Refused(new DeadLeg(address, reason, reply));
      case HostLookup.Found.Unknown(var reason, var reply) ->
          new End.Undecided(new UndecidedLeg(address, reason, reply));
    };
  }

  /// Legs that are dead or cannot be told now are told of beside a good one: no member of an alias
  /// holds up the others. Without a good one the address waits as long as a leg cannot be told, and
  /// is refused as its last where all are dead.
  private static RouteAnswer combine(List<End> ends) {
    List<Leg> legs = new ArrayList<>(ends.size());
    List<DeadLeg> dead = new ArrayList<>(0);
    List<UndecidedLeg> undecided = new ArrayList<>(0);
    for (End end : ends) {
      switch (end) {
        case End.Resolved(var leg) -> legs.add(leg);
        case End.Refused(var leg) -> dead.add(leg);
        case End.Undecided(var leg) -> undecided.add(leg);
        case End.Pending pending ->
            throw new IllegalStateException("not looked up: " + pending.address());
      }
    }
    if (!legs.isEmpty()) {
      return new RouteAnswer.Resolved(legs, dead, undecided);
    }
    return undecided.isEmpty()
        ? new RouteAnswer.Refused(dead.getLast().reason(), dead.getLast().reply())
        : new RouteAnswer.TryLater(undecided.getFirst().reason(), undecided.getFirst().reply());
  }
}
