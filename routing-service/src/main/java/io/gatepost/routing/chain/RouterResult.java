package io.gatepost.routing.chain;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.routing.Destination;
import java.util.List;
import java.util.stream.Collectors;

/// What a router says of an address.
public sealed interface RouterResult {

  /// Not mine: ask the next router.
  record NoMatch() implements RouterResult {}

  /// Deliver there.
  record Deliver(Destination destination) implements RouterResult {}

  /// Route these instead, from the start of the chain.
  record Rewrite(List<ForwardPath> addresses) implements RouterResult {}

  /// The DNS has to be asked.
  record LookUp(HostQuery query) implements RouterResult {}

  /// Bad for good, with a 5xx.
  record Refuse(Reason reason, Reply reply) implements RouterResult {}

  /// Cannot be told now, with a 4xx.
  record Later(Reason reason, Reply reply) implements RouterResult {}

  RouterResult NO_MATCH = new NoMatch();

  /// What it comes to, for people.
  default String words() {
    return switch (this) {
      case NoMatch _ -> "not mine";
      case Deliver(var destination) -> "deliver to " + destination.name();
      case Rewrite(var addresses) ->
          addresses.stream()
              .map(ForwardPath::toString)
              .collect(Collectors.joining(", ", "is ", ""));
      case LookUp(HostQuery.MailExchange(var domain, var port)) ->
          "ask the DNS for the mail exchangers of " + domain;
      case LookUp(HostQuery.Host(var host, var port)) -> "ask the DNS for the addresses of " + host;
      case Refuse(var reason, var reply) -> "refuse, " + reason.label() + ": " + reply;
      case Later(var reason, var reply) -> "not now, " + reason.label() + ": " + reply;
    };
  }

  /// What the DNS is asked.
  sealed interface HostQuery {
    /// The mail exchangers of a domain (RFC 5321 §5.1).
    record MailExchange(DomainName domain, int port) implements HostQuery {}

    /// The addresses of one host, without MX.
    record Host(DomainName host, int port) implements HostQuery {}
  }
}
