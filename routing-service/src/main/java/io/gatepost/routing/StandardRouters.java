package io.gatepost.routing;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.routing.Destination.NamedBy;
import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.routing.chain.AddressLiteral;
import io.gatepost.routing.chain.AddressSource;
import io.gatepost.routing.chain.HostRule;
import io.gatepost.routing.chain.OwnHosts;
import io.gatepost.routing.chain.Query;
import io.gatepost.routing.chain.Router;
import io.gatepost.routing.chain.RouterName;
import io.gatepost.routing.chain.RouterResult;
import io.gatepost.routing.table.LocalDomains;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// The standard routers. [RouterOrder] says in which order they are asked.
final class StandardRouters {

  private static final int SMTP_PORT = 25;

  private StandardRouters() {}

  /// Returns the routers with a configured source in the order of the settings; throws
  /// [io.gatepost.contract.setting.SettingException] where that leaves one out.
  static List<Router> inOrder(
      RoutingProperties properties,
      RoutingTables tables,
      Sources sources,
      HostRule hosts,
      OwnHosts own) {
    return properties.routerOrder().arrange(configured(tables, sources, hosts, own));
  }

  /// Returns the routers with a configured source, one line each.
  static List<Router> configured(
      RoutingTables tables, Sources sources, HostRule hosts, OwnHosts own) {
    Supplier<LocalDomains> local = tables.local();
    return Stream.of(
            tables.aliases().map(aliases -> TableRouters.aliases(aliases, local)),
            tables.virtusertable().map(TableRouters::virtusertable),
            tables.regsub().map(TableRouters::regsub),
            sources.sql().map(sql -> asking(RouterName.SQL, "database", sql, Query.Sql::new)),
            sources.ldap().map(ldap -> asking(RouterName.LDAP, "directory", ldap, Query.Ldap::new)),
            Optional.of(TableRouters.mailboxes(local)),
            tables.mailertable().map(TableRouters::mailertable),
            Optional.of(TableRouters.relayControl(tables.virtusertable())),
            tables.mailertable().map(TableRouters::smartHost),
            Optional.of(addressLiteral(hosts, own)),
            Optional.of(asking(RouterName.DNS, "DNS", StandardRouters::mailExchange)))
        .flatMap(Optional::stream)
        .toList();
  }

  private record NamedRouter(
      RouterName name, String source, Function<RouteRequest, RouterResult> routing)
      implements Router {
    @Override
    public RouterResult route(RouteRequest request) {
      return routing.apply(request);
    }

    @Override
    public String source(RouteRequest request) {
      return source;
    }
  }

  private static Router asking(
      RouterName name, String source, Function<RouteRequest, Query> question) {
    return new NamedRouter(name, source, request -> new RouterResult.Ask(question.apply(request)));
  }

  private static Router asking(
      RouterName name,
      String source,
      AddressSource addresses,
      Function<RouteRequest, Query> question) {
    return new NamedRouter(
        name,
        source,
        request ->
            addresses.serves(request)
                ? new RouterResult.Ask(question.apply(request))
                : RouterResult.NO_MATCH);
  }

  private static Router addressLiteral(HostRule hosts, OwnHosts own) {
    return new NamedRouter(
        RouterName.ADDRESS_LITERAL,
        "the address",
        request -> literal(request.recipient(), hosts, own));
  }

  private static RouterResult literal(ForwardPath address, HostRule hosts, OwnHosts own) {
    DomainName domain = address.domain();
    return domain.isLiteral() ? literal(domain, hosts, own) : RouterResult.NO_MATCH;
  }

  private static RouterResult literal(DomainName domain, HostRule hosts, OwnHosts own) {
    Optional<String> ip = AddressLiteral.parse(domain.text());
    if (ip.isEmpty()) {
      return new RouterResult.Refuse(Reason.UNROUTABLE_DOMAIN, Replies.unroutable(domain));
    }
    if (own.isAt(InetAddress.ofLiteral(ip.get()))) {
      return new RouterResult.Refuse(Reason.ROUTING_LOOP, Replies.ownExchanger(domain));
    }
    if (!hosts.allows(ip.get())) {
      return new RouterResult.Refuse(Reason.UNROUTABLE_DOMAIN, Replies.unusableHost(domain));
    }
    return new RouterResult.Deliver(
        new Destination.Smtp(
            "smtp:" + domain,
            NamedBy.DNS,
            List.of(new Destination.NextHop(domain.text(), ip.get(), SMTP_PORT))));
  }

  private static Query mailExchange(RouteRequest request) {
    return new Query.HostQuery.MailExchange(request.recipient().domain(), SMTP_PORT, NamedBy.DNS);
  }
}
