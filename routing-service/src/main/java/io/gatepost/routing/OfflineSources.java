package io.gatepost.routing;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.routing.chain.AddressSource;
import io.gatepost.routing.chain.HostLookup;
import io.gatepost.routing.chain.Query.HostQuery;
import io.gatepost.routing.chain.RouterResult;
import io.gatepost.routing.sql.SqlProperties;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import reactor.core.publisher.Mono;

/// Sources in the place of those that take time. None is asked: a host of the DNS is its name, and
/// an address that a database or a directory may know waits, which says who would be asked.
final class OfflineSources {

  private static final int SMTP_PORT = 25;

  /// In the place of an address of a host; of a block for documentation (RFC 5737).
  private static final String NO_ADDRESS = "192.0.2.0";

  private OfflineSources() {}

  /// @param named the domains that tables name: the database's own are not known without it
  static Sources of(RoutingProperties properties, Predicate<DomainName> named) {
    return new Sources(
        query -> Mono.just(new HostLookup.Found.Hosts(host(query))),
        sql(properties.sql(), named),
        Optional.ofNullable(properties.ldap())
            .map(ldap -> new Unasked("asks the directory", ldap.domainNames()::contains)));
  }

  private static Destination.Smtp host(HostQuery query) {
    return switch (query) {
      case HostQuery.MailExchange(var domain, var port, var namedBy) ->
          host("mx:" + domain + port(port), domain, port, namedBy);
      case HostQuery.Host(var host, var port, var namedBy) ->
          host("smtp:[" + host + "]" + port(port), host, port, namedBy);
    };
  }

  private static Destination.Smtp host(
      String name, DomainName host, int port, Destination.NamedBy namedBy) {
    return new Destination.Smtp(
        name, namedBy, List.of(new Destination.NextHop(host.text(), NO_ADDRESS, port)));
  }

  private static String port(int port) {
    return port == SMTP_PORT ? "" : ":" + port;
  }

  private static Optional<AddressSource> sql(SqlProperties sql, Predicate<DomainName> named) {
    Set<DomainName> listed =
        sql.domains().stream().map(DomainName::listed).collect(Collectors.toSet());
    if (!sql.query().isBlank()) {
      return Optional.of(new Unasked("asks the database", listed::contains));
    }
    return sql.enabled()
        ? Optional.of(new Unasked("asks the database", named.negate()))
        : Optional.empty();
  }

  private record Unasked(String words, Predicate<DomainName> domains) implements AddressSource {

    @Override
    public boolean serves(RouteRequest request) {
      return domains.test(request.recipient().domain());
    }

    @Override
    public Mono<RouterResult> find(RouteRequest request) {
      return Mono.just(
          new RouterResult.Later(
              Reason.SERVICE_UNAVAILABLE,
              Reply.of(451, "4.3.0", words + " for " + request.recipient())));
    }
  }
}
