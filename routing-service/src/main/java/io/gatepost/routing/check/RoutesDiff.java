package io.gatepost.routing.check;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.routing.RouteAnswer;
import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.contract.routing.RouteRequest.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Compares what two sets of sources say of addresses. Reasons do not count, destinations and
/// replies do; the order of destinations does not.
///
/// @param before the routing that there is
/// @param after the routing that is to be
/// @param sender the reverse-path, as validity may depend on it
public record RoutesDiff(
    Function<RouteRequest, RouteAnswer> before,
    Function<RouteRequest, RouteAnswer> after,
    ReversePath sender) {

  /// An address that is routed in another way.
  public record Change(ForwardPath address, Outcome before, Outcome after) {}

  /// Change for mail to an address.
  ///
  /// @param own for our own clients: destinations, or a reply
  /// @param stranger for strangers
  public record Outcome(List<String> own, List<String> stranger) {}

  /// Compares one address; empty where nothing changes.
  public Optional<Change> compare(ForwardPath address) {
    Outcome one = outcome(before, address);
    Outcome other = outcome(after, address);
    return one.equals(other) ? Optional.empty() : Optional.of(new Change(address, one, other));
  }

  private Outcome outcome(Function<RouteRequest, RouteAnswer> routing, ForwardPath address) {
    return new Outcome(
        words(routing.apply(new RouteRequest(sender, address, Scope.ANYWHERE))),
        words(routing.apply(new RouteRequest(sender, address, Scope.HOSTED))));
  }

  private static List<String> words(RouteAnswer answer) {
    return switch (answer) {
      case RouteAnswer.Resolved(var legs, var dead, var undecided, var _) -> {
        List<String> words = new ArrayList<>();
        legs.forEach(leg -> words.add(leg.atNextHop() + " to " + leg.destination().name()));
        dead.forEach(leg -> words.add(leg.address() + " is left out: " + leg.reply()));
        undecided.forEach(leg -> words.add(leg.address() + " waits: " + leg.reply()));
        words.sort(null);
        yield List.copyOf(words);
      }
      case RouteAnswer.Refused(var _, var reply, var _) -> List.of(reply.toString());
      case RouteAnswer.TryLater(var _, var reply) -> List.of(reply.toString());
    };
  }
}
