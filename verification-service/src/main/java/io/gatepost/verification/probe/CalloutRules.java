package io.gatepost.verification.probe;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.routing.Destination.NamedBy;
import io.gatepost.contract.routing.RouteAnswer.Leg;
import io.gatepost.verification.callout.CalloutRule;
import java.util.Map;

/// Which next hops are asked, and how.
///
/// @param usual for every domain
/// @param domains for some of them
public record CalloutRules(CalloutRule usual, Map<DomainName, CalloutRule> domains) {

  public CalloutRules {
    domains = Map.copyOf(domains);
  }

  CalloutRule of(DomainName domain) {
    return domains.getOrDefault(domain, usual);
  }

  /// Whether the next hop of a final address is asked. A smart host or an exchanger that the DNS
  /// names did not ask for such questions, and is asked for listed domains only.
  boolean isAsked(Leg leg) {
    return leg.destination() instanceof Destination.Smtp smtp
        && switch (of(leg.address().domain()).asked()) {
          case TABLES -> smtp.namedBy() == NamedBy.OPERATOR;
          case ALL -> true;
          case NONE -> false;
        };
  }
}
