package io.gatepost.routing.chain;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.routing.RouteAnswer;
import io.gatepost.contract.routing.RouteAnswer.DeadLeg;
import io.gatepost.contract.routing.RouteAnswer.Leg;
import io.gatepost.contract.routing.RouteAnswer.UndecidedLeg;
import io.gatepost.contract.routing.RouteAnswer.Validity;
import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.contract.routing.RouteRequest.Scope;
import io.gatepost.contract.routing.RouteRequest.Skip;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/// One address on its way through the routers. Goes on from memory as far as it can; then asks all
/// that it has to ask at once, and goes on from the answers: one round of questions after the
/// other. Used by one thread at a time.
final class Walk {

  /// Questions of one walk at a time. More than a source takes wait there.
  private static final int CONCURRENT_QUERIES = 100;

  /// Addresses that are routed at a stretch on the caller's thread, which may be an event loop.
  /// More of them go on elsewhere, in turns with other walks.
  static final int VISITS_AT_ONCE = 100;

  /// The time after which the next address is routed elsewhere.
  private static final long NANOS_AT_ONCE = TimeUnit.MILLISECONDS.toNanos(10);

  /// The time that the routers may take for all addresses of a walk, beside what is asked.
  /// Thousands of addresses take milliseconds; only a table of regular expressions made to be dear
  /// takes more.
  private static final long MAX_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final RouteRequest start;
  private final List<Router> routers;
  private final MailboxFilter filter;
  private final Questions questions;
  private final Trace trace;
  private final boolean asksFilter;
  private final Set<ForwardPath> seen = new HashSet<>();
  private final ArrayDeque<Visit> open = new ArrayDeque<>();
  private List<End> ends = new ArrayList<>(1);
  private Validity validity = Validity.LASTING;

  /// Time of the routers before this stretch.
  private long nanosBefore;

  /// An address that is to be routed.
  ///
  /// @param depth how many rewrites it is away from the first
  /// @param rewritesFrom the place of the first router that may rewrite it
  private record Visit(RouteRequest request, int depth, int rewritesFrom) {
    ForwardPath address() {
      return request.recipient();
    }
  }

  /// An address at the end of the chain.
  private sealed interface End {
    record Resolved(Leg leg) implements End {}

    record Refused(DeadLeg leg) implements End {}

    record Undecided(UndecidedLeg leg) implements End {}

    /// Somebody has to be asked.
    ///
    /// @param place of the router that asks
    record Pending(Visit visit, int place, Query query, long sinceNanos) implements End {}

    record Answered(Pending asked, RouterResult result, long nanos) implements End {}

    /// The decision of a mailbox's user is not known yet.
    record Awaited(Arrival arrival, Mono<MailboxFilter.Filtered> answer) implements End {}

    record Told(Arrival arrival, MailboxFilter.Filtered result) implements End {}
  }

  /// A mailbox that an address has come to.
  ///
  /// @param place of the router that says so
  private record Arrival(Visit visit, int place, Destination.Mailbox mailbox, long sinceNanos) {}

  Walk(
      RouteRequest start,
      List<Router> routers,
      MailboxFilter filter,
      Questions questions,
      Trace trace) {
    this.start = start;
    this.routers = routers;
    this.filter = filter;
    this.questions = questions;
    this.trace = trace;
    this.asksFilter = start.skip().filter(Skip.Filters.class::isInstance).isEmpty();
    open.add(new Visit(start, 0, start.skip().map(this::rewritesFrom).orElse(0)));
    seen.add(start.recipient());
  }

  private int rewritesFrom(Skip skip) {
    return switch (skip) {
      case Skip.Filters _ -> 0;
      case Skip.Rewriting _ -> routers.size();
      case Skip.RewritingBefore(var name) -> {
        int place = 0;
        while (place < routers.size() && !routers.get(place).name().toString().equals(name)) {
          place++;
        }
        yield place == routers.size() ? 0 : place;
      }
    };
  }

  /// The answer, there at once unless somebody has to be asked or very many addresses are on the
  /// way.
  Mono<RouteAnswer> answer() {
    if (!walk()) {
      return Mono.just(
          new RouteAnswer.Refused(Reason.ROUTING_LOOP, Replies.ROUTING_LOOP, validity));
    }
    if (!open.isEmpty()) {
      return Mono.defer(this::answer).subscribeOn(Schedulers.parallel());
    }
    for (End end : ends) {
      if (end instanceof End.Pending || end instanceof End.Awaited) {
        return answered().flatMap(this::goOn);
      }
    }
    return Mono.just(combine());
  }

  private Mono<List<End>> answered() {
    Mono<List<End>> answered =
        Flux.fromIterable(ends).flatMapSequential(this::asked, CONCURRENT_QUERIES).collectList();
    return ends.size() > VISITS_AT_ONCE ? answered.publishOn(Schedulers.parallel()) : answered;
  }

  private Mono<End> asked(End end) {
    return switch (end) {
      case End.Pending pending ->
          questions
              .ask(pending.query())
              .map(result ->
                  new End.Answered(pending, result, trace.nanoTime() - pending.sinceNanos()));
      case End.Awaited(var arrival, var answer) ->
          answer.map(result -> new End.Told(arrival, result));
      case End.Resolved _, End.Refused _, End.Undecided _, End.Answered _, End.Told _ ->
          Mono.just(end);
    };
  }

  private Mono<RouteAnswer> goOn(List<End> answered) {
    ends = new ArrayList<>(answered.size());
    for (End end : answered) {
      if (end instanceof End.Answered(var asked, var result, var nanos)) {
        take(asked.visit(), asked.place(), result, nanos)
            .ifPresent(visit -> ask(visit, asked.place() + 1));
      } else if (end instanceof End.Told(var arrival, var result)) {
        keep(arrival, result);
      } else {
        ends.add(end);
      }
    }
    return answer();
  }

  /// Takes the next of what is open as far as memory knows; false where that has no end.
  private boolean walk() {
    long start = System.nanoTime();
    for (int taken = 0; !open.isEmpty(); taken++) {
      long nanos = System.nanoTime() - start;
      if (taken == VISITS_AT_ONCE || (taken > 0 && nanos > NANOS_AT_ONCE)) {
        nanosBefore += nanos;
        return true;
      }
      Visit visit = open.remove();
      if (visit.depth() > RoutingChain.MAX_DEPTH
          || ends.size() + open.size() > RoutingChain.MAX_LEGS
          || seen.size() > RoutingChain.MAX_VISITS) {
        return false;
      }
      if (visit.depth() > 0 && (questions.isOver() || nanosBefore + nanos > MAX_NANOS)) {
        undecided(visit, 0, Questions.TOO_SLOW);
      } else {
        ask(visit, 0);
      }
    }
    nanosBefore += System.nanoTime() - start;
    // Every address that came up had come up before: the aliases point at each other.
    return !ends.isEmpty();
  }

  /// Asks the routers from a place on.
  private void ask(Visit first, int from) {
    Visit visit = first;
    for (int place = from; place < routers.size(); place++) {
      long since = trace.nanoTime();
      RouterResult result = routers.get(place).route(visit.request());
      if (result instanceof RouterResult.Ask(var query)) {
        ends.add(new End.Pending(visit, place, query, since));
        return;
      }
      if (result instanceof RouterResult.NoMatch) {
        trace.step(routers.get(place), visit.request(), result, trace.nanoTime() - since);
        continue;
      }
      Optional<Visit> next = take(visit, place, result, trace.nanoTime() - since);
      if (next.isEmpty()) {
        return;
      }
      visit = next.get();
    }
    throw new IllegalStateException("no router answers " + visit.address());
  }

  /// Takes a result; returns what the next router is asked, if anything.
  private Optional<Visit> take(Visit visit, int place, RouterResult result, long nanos) {
    Router router = routers.get(place);
    if (result instanceof RouterResult.Rewrite && isPastRewriting(visit, place)) {
      trace.passedOver(router, visit.request(), result, nanos);
      return Optional.of(visit);
    }
    trace.step(router, visit.request(), result, nanos);
    ForwardPath address = visit.address();
    switch (result) {
      case RouterResult.NoMatch _ -> {
        return Optional.of(visit);
      }
      case RouterResult.Deliver(Destination.Mailbox mailbox) -> keep(visit, place, mailbox);
      case RouterResult.DeliverAs(var destination, var as) ->
          ends.add(new End.Resolved(new Leg(address, destination, Optional.of(as))));
      case RouterResult.Deliver(var destination) -> deliver(visit, destination);
      case RouterResult.Refuse(var reason, var reply) ->
          ends.add(new End.Refused(new DeadLeg(address, reason, reply)));
      case RouterResult.Later later -> undecided(visit, place, later);
      case RouterResult.Ask(var query) ->
          throw new IllegalStateException("an answer that asks: " + query.words());
      case RouterResult.Rewrite(var addresses) -> {
        // An alias is ours: where it points is not for relay control to judge.
        if (rewrite(visit, addresses)) {
          // It names itself: what the routers behind it say counts as well.
          return Optional.of(
              new Visit(
                  new RouteRequest(visit.request().sender(), address, Scope.ANYWHERE),
                  visit.depth(),
                  visit.rewritesFrom()));
        }
      }
    }
    return Optional.empty();
  }

  private boolean isPastRewriting(Visit visit, int place) {
    return place < visit.rewritesFrom() && routers.get(place).name().isRewriting();
  }

  private void undecided(Visit visit, int place, RouterResult.Later later) {
    String router = routers.get(place).name().toString();
    ends.add(
        new End.Undecided(
            new UndecidedLeg(visit.address(), router, later.reason(), later.reply())));
  }

  /// Where rewriting is passed over, a script's redirections and copies are: the mailbox has mail
  /// that came past them.
  private void keep(Visit visit, int place, Destination.Mailbox mailbox) {
    if (!asksFilter) {
      deliver(visit, mailbox);
      return;
    }
    validity = filter.validity();
    Arrival arrival = new Arrival(visit, place, mailbox, trace.nanoTime());
    keep(arrival, filter.judge(visit.request(), mailbox));
  }

  private void keep(Arrival arrival, MailboxFilter.Filtered result) {
    Visit visit = arrival.visit();
    Destination.Mailbox mailbox = arrival.mailbox();
    if (result instanceof MailboxFilter.Filtered.Awaited(var answer)) {
      ends.add(new End.Awaited(arrival, answer));
      return;
    }
    boolean pastRewriting = arrival.place() < visit.rewritesFrom();
    trace.filtered(
        filter, visit.request(), mailbox, result, trace.nanoTime() - arrival.sinceNanos());
    switch (result) {
      case MailboxFilter.Filtered.Awaited _ -> {} // above
      case MailboxFilter.Filtered.Kept(var destination, var copies) -> {
        deliver(visit, destination);
        if (!pastRewriting) {
          rewrite(visit, copies);
        }
      }
      case MailboxFilter.Filtered.Redirected(var addresses) -> {
        if (pastRewriting || rewrite(visit, addresses)) {
          deliver(visit, mailbox); // also where it redirects to itself
        }
      }
      case MailboxFilter.Filtered.Refused(var reason, var reply) ->
          ends.add(new End.Refused(new DeadLeg(visit.address(), reason, reply)));
    }
  }

  private void deliver(Visit visit, Destination destination) {
    ends.add(new End.Resolved(new Leg(visit.address(), destination)));
  }

  /// Opens what is new among the addresses, as far as the walk may go; says whether the address
  /// itself is one of them.
  private boolean rewrite(Visit visit, List<ForwardPath> addresses) {
    ForwardPath from = visit.address();
    boolean itself = false;
    for (ForwardPath address : addresses) {
      if (seen.size() > RoutingChain.MAX_VISITS) {
        break; // the walk ends at the next address
      }
      if (isSame(address, from)) {
        itself = true;
      } else if (seen.add(address)) {
        RouteRequest request = new RouteRequest(visit.request().sender(), address, Scope.ANYWHERE);
        open.add(new Visit(request, visit.depth() + 1, 0));
        trace.leadsTo(from, address);
      } else {
        trace.leadsBack(from, address);
      }
    }
    return itself;
  }

  private static boolean isSame(ForwardPath one, ForwardPath other) {
    return one.domain().equals(other.domain())
        && one.localPart().lookupKey().equals(other.localPart().lookupKey());
  }

  /// Legs that are dead or cannot be told now are told of beside a good one: no member of an alias
  /// holds up the others. Without a good one the address waits as long as a leg cannot be told, and
  /// is refused as its last where all are dead.
  private RouteAnswer combine() {
    List<Leg> legs = new ArrayList<>(ends.size());
    List<DeadLeg> dead = new ArrayList<>(0);
    List<UndecidedLeg> undecided = new ArrayList<>(0);
    for (End end : ends) {
      switch (end) {
        case End.Resolved(var leg) -> legs.add(leg);
        case End.Refused(var leg) -> dead.add(leg);
        case End.Undecided(var leg) -> undecided.add(leg);
        case End.Pending _, End.Answered _, End.Awaited _, End.Told _ ->
            throw new IllegalStateException("not answered: " + start.recipient());
      }
    }
    if (!legs.isEmpty()) {
      return new RouteAnswer.Resolved(legs, dead, undecided, validity);
    }
    return undecided.isEmpty()
        ? new RouteAnswer.Refused(dead.getLast().reason(), dead.getLast().reply(), validity)
        : new RouteAnswer.TryLater(undecided.getFirst().reason(), undecided.getFirst().reply());
  }
}
