package io.gatepost.routing;

import io.gatepost.routing.chain.AddressSource;
import io.gatepost.routing.chain.HostLookup;
import io.gatepost.routing.chain.Query;
import io.gatepost.routing.chain.QueryAnswers;
import io.gatepost.routing.chain.RouterResult;
import java.util.Optional;
import reactor.core.publisher.Mono;

/// The sources that take time, and which of the chain's questions each answers.
///
/// @param dns answers for hosts
/// @param sql the database; empty where none is configured
/// @param ldap the directory; empty where none is configured
record Sources(HostLookup dns, Optional<AddressSource> sql, Optional<AddressSource> ldap)
    implements QueryAnswers {

  /// The DNS alone.
  Sources(HostLookup dns) {
    this(dns, Optional.empty(), Optional.empty());
  }

  @Override
  public Mono<RouterResult> answer(Query query) {
    return switch (query) {
      case Query.HostQuery host -> dns.find(host).map(Sources::result);
      case Query.Sql(var request) -> configured(sql, query).find(request);
      case Query.Ldap(var request) -> configured(ldap, query).find(request);
    };
  }

  /// A router asks only where its source is configured.
  private static AddressSource configured(Optional<AddressSource> source, Query query) {
    return source.orElseThrow(() -> new IllegalStateException("no source to " + query.words()));
  }

  private static RouterResult result(HostLookup.Found found) {
    return switch (found) {
      case HostLookup.Found.Hosts(var destination) -> new RouterResult.Deliver(destination);
      case HostLookup.Found.Nowhere(var reason, var reply) ->
          new RouterResult.Refuse(reason, reply);
      case HostLookup.Found.Unknown(var reason, var reply) -> new RouterResult.Later(reason, reply);
    };
  }
}
