package io.gatepost.routing.check;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.routing.Destination.NamedBy;
import io.gatepost.contract.routing.RouteAnswer;
import io.gatepost.contract.routing.RouteAnswer.DeadLeg;
import io.gatepost.contract.routing.RouteAnswer.Leg;
import io.gatepost.routing.check.Finding.Kind;
import java.util.List;
import java.util.Optional;

/// Finds mistakes in the way of an address that an entry leads to others.
///
/// @param where the entry's place
/// @param address one that the entry is for
/// @param open whether the entry is for other names, too
/// @param catchAll whether it is for every name of a domain
/// @param targets where it leads
record WalkCheck(
    String where, ForwardPath address, boolean open, boolean catchAll, List<ForwardPath> targets) {

  Optional<Finding> check(RouteAnswer answer) {
    return switch (answer) {
      case RouteAnswer.Refused(Reason reason, var _, var _) when reason == Reason.ROUTING_LOOP ->
          Optional.of(
              Finding.error(
                  Kind.LOOP,
                  where,
                  address + " leads round in circles, or to too many addresses",
                  "see ./gatepost route " + address + ", and let one of them end"));
      case RouteAnswer.Refused(var _, var reply, var _) ->
          dependsOnName()
              ? Optional.empty()
              : Optional.of(
                  Finding.error(
                      Kind.LEADS_NOWHERE,
                      where,
                      address + " is refused where it leads: " + reply,
                      "mend the target, or give the entry a reply of its own with error:"));
      case RouteAnswer.Resolved resolved -> dead(resolved).or(() -> overEstimate(resolved));
      case RouteAnswer.TryLater _ -> Optional.empty(); // whoever is to be asked decides
    };
  }

  /// Whether the way of one name says nothing of the others.
  private boolean dependsOnName() {
    return open && targets.stream().anyMatch(KeySamples::hasWord);
  }

  private Optional<Finding> dead(RouteAnswer.Resolved resolved) {
    return resolved.dead().stream()
        .filter(leg -> !(open && KeySamples.hasWord(leg.address())))
        .findFirst()
        .map(this::member);
  }

  private Finding member(DeadLeg leg) {
    return Finding.warning(
        Kind.LEADS_NOWHERE,
        where,
        leg.address() + " gets no copy: " + leg.reply(),
        "remove or mend that target");
  }

  private Optional<Finding> overEstimate(RouteAnswer.Resolved resolved) {
    if (catchAll && resolved.legs().stream().noneMatch(leg -> KeySamples.hasWord(leg.address()))) {
      return Optional.of(
          Finding.warning(
              Kind.OVER_ESTIMATE,
              where,
              "every name at " + address.domain() + " is good, also those that nobody has",
              "list the names that there are, and let error:nouser answer for the rest"));
    }
    return resolved.legs().stream().anyMatch(this::isLeftToTheNextHop)
        ? Optional.of(
            Finding.warning(
                Kind.OVER_ESTIMATE,
                where,
                "the next hop of " + address.domain() + " knows whether " + address + " exists",
                "remove the entry: recipients are verified at the next hop"))
        : Optional.empty();
  }

  private boolean isLeftToTheNextHop(Leg leg) {
    return leg.address().equals(address)
        && targets.size() == 1
        && leg.destination() instanceof Destination.Smtp hosts
        && hosts.namedBy() == NamedBy.OPERATOR;
  }
}
