package io.gatepost.delivery.attempt;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.routing.Destination.NextHop;
import io.gatepost.contract.routing.RouteAnswer;
import io.gatepost.contract.routing.RouteExplanation;
import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.contract.routing.RouteRequest.Skip;
import io.gatepost.contract.routing.Routing;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import reactor.core.publisher.Mono;

/// Aliases of one level, and mailboxes.
final class FakeRouting implements Routing {

  static final Reply NO_USER = Reply.of(550, "5.1.1", "no such user");
  static final Reply NO_DNS = Reply.of(451, "4.4.3", "DNS does not answer");

  final Map<String, List<String>> aliases = new HashMap<>();
  final Set<String> dead = new HashSet<>();
  final Set<String> undecided = new HashSet<>();

  /// Mailboxes whose users throw everything away.
  final Set<String> discarding = new HashSet<>();

  /// Aliases that cannot be looked up.
  final Set<String> silentAliases = new HashSet<>();

  /// The names that addresses have at their next hop.
  final Map<String, String> names = new HashMap<>();

  private final List<NextHop> exchangers =
      new ArrayList<>(
          List.of(
              new NextHop("one.far.example", "192.0.2.1", 25),
              new NextHop("two.far.example", "192.0.2.2", 25)));

  @Override
  public Mono<RouteAnswer> route(RouteRequest request) {
    String address = request.recipient().toString();
    List<String> targets =
        isRewritten(request) ? aliases.getOrDefault(address, List.of(address)) : List.of(address);
    if (silentAliases.contains(address)) {
      return Mono.just(new RouteAnswer.TryLater(Reason.SERVICE_UNAVAILABLE, NO_DNS));
    }
    List<RouteAnswer.Leg> legs = new ArrayList<>();
    List<RouteAnswer.DeadLeg> refused = new ArrayList<>();
    List<RouteAnswer.UndecidedLeg> later = new ArrayList<>();
    for (String target : targets) {
      ForwardPath path = ForwardPath.of(target);
      if (dead.contains(target)) {
        refused.add(new RouteAnswer.DeadLeg(path, Reason.UNKNOWN_USER, NO_USER));
      } else if (undecided.contains(target)) {
        later.add(new RouteAnswer.UndecidedLeg(path, "sql", Reason.DNS_UNAVAILABLE, NO_DNS));
      } else {
        Optional<ForwardPath> name = Optional.ofNullable(names.get(target)).map(ForwardPath::of);
        legs.add(new RouteAnswer.Leg(path, destination(path), name));
      }
    }
    if (!legs.isEmpty()) {
      return Mono.just(new RouteAnswer.Resolved(legs, refused, later));
    }
    return Mono.just(
        later.isEmpty()
            ? new RouteAnswer.Refused(Reason.UNKNOWN_USER, NO_USER)
            : new RouteAnswer.TryLater(Reason.DNS_UNAVAILABLE, NO_DNS));
  }

  /// Whether aliases count: they are asked after the database.
  private static boolean isRewritten(RouteRequest request) {
    return request
        .skip()
        .map(skip ->
            switch (skip) {
              case Skip.Rewriting _ -> false;
              case Skip.RewritingBefore(var router) -> router.equals("sql");
              case Skip.Filters _ -> true;
            })
        .orElse(true);
  }

  /// The hosts of far.example are of one preference, and come in another order each time.
  private Destination destination(ForwardPath path) {
    if (discarding.contains(path.toString())) {
      return new Destination.Discard(path.localPart().text(), path.domain());
    }
    if (!path.domain().text().equals("far.example")) {
      return new Destination.Mailbox(path.localPart().text(), path.domain());
    }
    Collections.rotate(exchangers, 1);
    return new Destination.Smtp(
        "mx:far.example", Destination.NamedBy.DNS, Optional.of(path.domain()), exchangers);
  }

  @Override
  public Mono<RouteExplanation> explain(RouteRequest request) {
    throw new AssertionError("not asked for");
  }
}
