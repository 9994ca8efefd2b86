package io.gatepost.routing;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.contract.routing.RouteRequest.Skip;
import io.gatepost.routing.chain.AddressLiteral;
import io.gatepost.routing.chain.HostRule;
import io.gatepost.routing.chain.Router;
import io.gatepost.routing.chain.RouterResult;
import io.gatepost.routing.table.Aliases;
import io.gatepost.routing.table.LocalDomains;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// The standard routers and their order.
final class StandardRouters {

  private static final int SMTP_PORT = 25;

  private StandardRouters() {}

  /// The order is the policy: our own users first, then what the tables say, then who may relay,
  /// then the world.
  static List<Router> inOrder(RoutingTables tables, HostRule hosts) {
    return List.of(
        router(
            "aliases", request -> aliases(tables.aliases().get(), tables.local().get(), request)),
        router("mailboxes", request -> mailbox(tables.local().get(), request.recipient())),
        router(
            "mailertable",
            request -> table(tables.mailertable().get().find(request.recipient().domain()))),
        router("relay control", StandardRouters::relayControl),
        router("smart host", request -> table(tables.mailertable().get().defaultRoute())),
        router("address literal", request -> literal(request.recipient(), hosts)),
        router("dns", request -> mailExchange(request.recipient())));
  }

  private record NamedRouter(String name, Function<RouteRequest, RouterResult> routing)
      implements Router {
    @Override
    public RouterResult route(RouteRequest request) {
      return routing.apply(request);
    }
  }

  private static Router router(String name, Function<RouteRequest, RouterResult> routing) {
    return new NamedRouter(name, routing);
  }

  private static RouterResult aliases(Aliases aliases, LocalDomains local, RouteRequest request) {
    if (request.skip().equals(Optional.of(Skip.ALIASES))) {
      return RouterResult.NO_MATCH;
    }
    ForwardPath address = request.recipient();
    List<ForwardPath> targets = aliases.find(address, local.contains(address.domain()));
    return targets.isEmpty() ? RouterResult.NO_MATCH : new RouterResult.Rewrite(targets);
  }

  private static RouterResult mailbox(LocalDomains local, ForwardPath address) {
    if (!local.contains(address.domain())) {
      return RouterResult.NO_MATCH;
    }
    Optional<Destination.Mailbox> mailbox = local.mailbox(address);
    return mailbox.isPresent()
        ? new RouterResult.Deliver(mailbox.get())
        : new RouterResult.Refuse(Reason.UNKNOWN_USER, Replies.unknownUser(address));
  }

  private static RouterResult table(Optional<RouterResult> entry) {
    return entry.orElse(RouterResult.NO_MATCH);
  }

  private static RouterResult relayControl(RouteRequest request) {
    return switch (request.scope()) {
      case HOSTED -> new RouterResult.Refuse(Reason.RELAY_DENIED, Replies.RELAY_DENIED);
      case ANYWHERE -> RouterResult.NO_MATCH;
    };
  }

  private static RouterResult literal(ForwardPath address, HostRule hosts) {
    DomainName domain = address.domain();
    return domain.isLiteral() ? literal(domain, hosts) : RouterResult.NO_MATCH;
  }

  private static RouterResult literal(DomainName domain, HostRule hosts) {
    Optional<String> ip = AddressLiteral.parse(domain.text());
    if (ip.isEmpty()) {
      return new RouterResult.Refuse(Reason.UNROUTABLE_DOMAIN, Replies.unroutable(domain));
    }
    if (!hosts.allows(ip.get())) {
      return new RouterResult.Refuse(Reason.UNROUTABLE_DOMAIN, Replies.unusableHost(domain));
    }
    return new RouterResult.Deliver(
        new Destination.Smtp(
            "smtp:" + domain,
            List.of(new Destination.NextHop(domain.text(), ip.get(), SMTP_PORT))));
  }

  private static RouterResult mailExchange(ForwardPath address) {
    return new RouterResult.LookUp(
        new RouterResult.HostQuery.MailExchange(address.domain(), SMTP_PORT));
  }
}
