package io.gatepost.contract.routing;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.ForwardPath;
import java.util.List;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.annotation.HttpExchange;
import org.springframework.web.service.annotation.PostExchange;
import reactor.core.publisher.Mono;

/// Domains, mailboxes and aliases in the database, as an operator sees and changes them. Answered
/// by routing-service. A change is durable when its call returns, and counts in routing then. Fails
/// with `NOT_FOUND` where what is named is not there, `INVALID_ARGUMENT` where it cannot be changed
/// so, and `UNAVAILABLE` where the database does not answer or is not the source of addresses.
@HttpExchange(accept = "application/json")
public interface RoutingOperator {

  /// Rows of one list, at most.
  int MOST_LISTED = 10_000;

  /// A mailbox.
  record Mailbox(String address) {}

  /// An alias.
  ///
  /// @param address a whole address, or `@` and a domain for every address in it that is nothing
  ///   else
  /// @param value addresses with commas between them, or `error:…`
  record Alias(String address, String value) {}

  /// The domains, by name.
  ///
  /// @param limit 1 to [#MOST_LISTED]
  @GetExchange("/gatepost.routing.v1.Operator/Domains")
  Mono<List<DomainName>> domains(@RequestParam("limit") int limit);

  @PostExchange("/gatepost.routing.v1.Operator/AddDomain")
  Mono<Void> addDomain(@RequestParam("domain") DomainName domain);

  /// Removes a domain that has no mailboxes and no aliases.
  @PostExchange("/gatepost.routing.v1.Operator/RemoveDomain")
  Mono<Void> removeDomain(@RequestParam("domain") DomainName domain);

  /// The mailboxes, by address.
  ///
  /// @param domain whose; empty for all
  /// @param limit 1 to [#MOST_LISTED]
  @GetExchange("/gatepost.routing.v1.Operator/Mailboxes")
  Mono<List<Mailbox>> mailboxes(
      @RequestParam("domain") String domain, @RequestParam("limit") int limit);

  @PostExchange("/gatepost.routing.v1.Operator/AddMailbox")
  Mono<Void> addMailbox(@RequestParam("address") ForwardPath address);

  /// Removes a mailbox from the list; its mail stays where it is.
  @PostExchange("/gatepost.routing.v1.Operator/RemoveMailbox")
  Mono<Void> removeMailbox(@RequestParam("address") ForwardPath address);

  /// The aliases, by address.
  ///
  /// @param domain whose; empty for all
  /// @param limit 1 to [#MOST_LISTED]
  @GetExchange("/gatepost.routing.v1.Operator/Aliases")
  Mono<List<Alias>> aliases(
      @RequestParam("domain") String domain, @RequestParam("limit") int limit);

  /// @param address as of [Alias]
  /// @param value as of [Alias]
  @PostExchange("/gatepost.routing.v1.Operator/AddAlias")
  Mono<Void> addAlias(@RequestParam("address") String address, @RequestParam("value") String value);

  /// @param address as of [Alias]
  @PostExchange("/gatepost.routing.v1.Operator/RemoveAlias")
  Mono<Void> removeAlias(@RequestParam("address") String address);
}
