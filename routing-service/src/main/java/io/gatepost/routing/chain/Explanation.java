package io.gatepost.routing.chain;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.routing.RouteAnswer;
import io.gatepost.contract.routing.RouteExplanation;
import io.gatepost.contract.routing.RouteExplanation.Result;
import io.gatepost.contract.routing.RouteExplanation.Step;
import io.gatepost.contract.routing.RouteExplanation.Visit;
import io.gatepost.contract.routing.RouteRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Gathers the steps of a walk into a tree. As large as the walk, which is bounded: of addresses
/// that came up before no more are shown than a walk may visit.
final class Explanation implements Trace {

  /// The step's name of a mailbox's filter.
  private static final String SIEVE = "sieve";

  private final Node start;
  private final Map<ForwardPath, Node> visits = new HashMap<>();
  private int back;

  /// An address, while its steps come in.
  private record Node(ForwardPath address, List<Taken> steps) {
    Node(ForwardPath address) {
      this(address, new ArrayList<>());
    }

    Visit visit() {
      return new Visit(address, steps.stream().map(Taken::step).toList());
    }
  }

  /// A step, while the addresses that it leads to come in.
  private record Taken(
      String router, String source, long nanos, Result result, String words, List<Node> addresses) {
    Step step() {
      return new Step(
          router,
          source,
          TimeUnit.NANOSECONDS.toMicros(nanos),
          result,
          words,
          addresses.stream().map(Node::visit).toList());
    }
  }

  Explanation(ForwardPath start) {
    this.start = open(start);
  }

  RouteExplanation with(RouteAnswer answer) {
    return new RouteExplanation(start.visit(), answer);
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public void step(Router router, RouteRequest request, RouterResult result, long nanos) {
    Result kind =
        switch (result) {
          case RouterResult.NoMatch _ -> Result.NOT_MINE;
          case RouterResult.Deliver _, RouterResult.DeliverAs _ -> Result.DELIVER;
          case RouterResult.Rewrite _ -> Result.REWRITE;
          case RouterResult.Refuse _ -> Result.REFUSE;
          case RouterResult.Later _ -> Result.LATER;
          case RouterResult.Ask _ -> throw new IllegalArgumentException("no answer yet");
        };
    add(router, request, nanos, kind, result.words());
  }

  @Override
  public void passedOver(Router router, RouteRequest request, RouterResult result, long nanos) {
    add(router, request, nanos, Result.PASSED_OVER, result.words() + ", which does not count");
  }

  private void add(Router router, RouteRequest request, long nanos, Result kind, String words) {
    at(request.recipient())
        .steps()
        .add(
            new Taken(
                router.name().toString(),
                router.source(request),
                nanos,
                kind,
                words,
                new ArrayList<>(0)));
  }

  @Override
  public void filtered(
      MailboxFilter filter,
      RouteRequest request,
      Destination.Mailbox mailbox,
      MailboxFilter.Filtered result,
      long nanos) {
    Result kind =
        switch (result) {
          case MailboxFilter.Filtered.Kept(var destination, var copies)
              when destination.equals(mailbox) && copies.isEmpty() ->
              Result.NOT_MINE;
          case MailboxFilter.Filtered.Kept _ -> Result.DELIVER;
          case MailboxFilter.Filtered.Redirected _ -> Result.REWRITE;
          case MailboxFilter.Filtered.Refused _ -> Result.REFUSE;
          case MailboxFilter.Filtered.Awaited _ -> Result.LATER;
        };
    if (kind != Result.NOT_MINE) {
      at(request.recipient())
          .steps()
          .add(
              new Taken(
                  SIEVE, filter.source(mailbox), nanos, kind, result.words(), new ArrayList<>(0)));
    }
  }

  @Override
  public void leadsTo(ForwardPath from, ForwardPath to) {
    at(from).steps().getLast().addresses().add(open(to));
  }

  @Override
  public void leadsBack(ForwardPath from, ForwardPath to) {
    if (back++ < RoutingChain.MAX_VISITS) {
      at(from).steps().getLast().addresses().add(new Node(to));
    }
  }

  private Node open(ForwardPath address) {
    Node node = new Node(address);
    visits.put(address, node);
    return node;
  }

  private Node at(ForwardPath address) {
    Node node = visits.get(address);
    if (node == null) {
      throw new IllegalStateException("not on the way: " + address);
    }
    return node;
  }
}
