package io.gatepost.routing.check;

import io.gatepost.contract.address.DomainName;
import io.gatepost.routing.chain.RouterName;
import io.gatepost.routing.check.Finding.Kind;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// Domains of the database that another router has too. Both say what becomes of every address in
/// the domain, so the one that comes second is never asked.
///
/// @param order the routers in the order in which they are asked
/// @param where the database's domains are listed, for people
/// @param domains those of the database
/// @param others the other routers
public record DoubleDomains(
    List<RouterName> order, String where, Collection<DomainName> domains, List<Other> others) {

  /// Another router that answers for whole domains.
  ///
  /// @param where its domains are listed, for people
  /// @param mayPassOn whether it may leave an address of a domain to the next router
  public record Other(
      RouterName router, String where, Predicate<DomainName> domains, boolean mayPassOn) {}

  /// Looks at all of them.
  ///
  /// @param findings is told of each finding as soon as it is found
  public void run(Consumer<Finding> findings) {
    for (DomainName domain : domains) {
      for (Other other : others) {
        if (!other.domains().test(domain)) {
          continue;
        }
        if (order.indexOf(RouterName.SQL) < order.indexOf(other.router())) {
          findings.accept(shadowed(other.where(), domain, RouterName.SQL));
        } else if (!other.mayPassOn()) {
          findings.accept(shadowed(where, domain, other.router()));
        }
      }
    }
  }

  private static Finding shadowed(String where, DomainName domain, RouterName by) {
    return Finding.warning(
        Kind.SHADOWED_KEY,
        where,
        domain + " never counts here: the router " + by + " answers first for all its addresses",
        "remove it here or there, or change gatepost.routing.order");
  }
}
