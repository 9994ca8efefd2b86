package io.gatepost.routing.ldap;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.routing.Destination.NamedBy;
import io.gatepost.routing.chain.Complaints;
import io.gatepost.routing.chain.HostLookup;
import io.gatepost.routing.chain.Query.HostQuery;
import io.gatepost.routing.chain.RouterResult;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/// The router's results for what the directory says. Mistakes in its data are the operator's: mail
/// waits until they are mended.
final class Results {

  /// Nothing can be told now.
  static final RouterResult LATER =
      new RouterResult.Later(Reason.SERVICE_UNAVAILABLE, Replies.ROUTING_UNAVAILABLE);

  private static final Logger log = LoggerFactory.getLogger(Results.class);

  /// A name that is safe as a file's.
  private static final Pattern USER = Pattern.compile("[a-z0-9_][a-z0-9_.-]{0,63}");

  private final LdapProperties properties;
  private final HostLookup hosts;
  private final Complaints complaints = new Complaints();

  Results(LdapProperties properties, HostLookup hosts) {
    this.properties = properties;
    this.hosts = hosts;
  }

  Mono<RouterResult> of(Found found, ForwardPath address) {
    return switch (found) {
      case Found.Routed(var addresses) -> Mono.just(new RouterResult.Rewrite(addresses));
      case Found.Relayed(Found.Host.Literal host, var as) -> Mono.just(deliver(host(host), as));
      case Found.Relayed(Found.Host.Named(var host, var port), var as) ->
          hosts
              .find(new HostQuery.Host(host, port, NamedBy.OPERATOR))
              .map(known -> deliver(known, host, address, as));
      case Found.Here(var names) -> Mono.just(here(names, address));
      case Found.Nothing _ -> Mono.just(nothing(address));
      case Found.Unusable _ -> Mono.just(LATER);
    };
  }

  private static Destination.Smtp host(Found.Host.Literal host) {
    return new Destination.Smtp(
        "smtp:" + host.literal() + ':' + host.port(),
        NamedBy.OPERATOR,
        List.of(new Destination.NextHop(host.literal(), host.address(), host.port())));
  }

  private RouterResult deliver(
      HostLookup.Found known, DomainName host, ForwardPath address, Optional<ForwardPath> as) {
    return switch (known) {
      case HostLookup.Found.Hosts(var destination) -> deliver(destination, as);
      case HostLookup.Found.Nowhere _ -> {
        complaints.tell(more ->
            log.error(
                "address=<{}> mail waits, its host does not exist: {}{}", address, host, more));
        yield LATER;
      }
      case HostLookup.Found.Unknown(var reason, var reply) -> new RouterResult.Later(reason, reply);
    };
  }

  private static RouterResult deliver(Destination.Smtp destination, Optional<ForwardPath> as) {
    return as.<RouterResult>map(name -> new RouterResult.DeliverAs(destination, name))
        .orElseGet(() -> new RouterResult.Deliver(destination));
  }

  private RouterResult here(List<String> names, ForwardPath address) {
    return switch (properties.withoutRoute()) {
      case NEXT -> RouterResult.NO_MATCH;
      case MAILBOX -> mailbox(names, address);
    };
  }

  private RouterResult mailbox(List<String> names, ForwardPath address) {
    String name = names.size() == 1 ? names.getFirst().toLowerCase(Locale.ROOT) : "";
    if (USER.matcher(name).matches()) {
      return new RouterResult.Deliver(new Destination.Mailbox(name, address.domain()));
    }
    complaints.tell(more ->
        log.error(
            "address=<{}> mail waits, its entry names no mailbox: {}: {} (expected: one name of"
                + " letters, digits, dot, dash and underscore){}",
            address,
            properties.attributes().mailbox(),
            names,
            more));
    return LATER;
  }

  private RouterResult nothing(ForwardPath address) {
    return switch (properties.notFound()) {
      case REFUSE -> new RouterResult.Refuse(Reason.UNKNOWN_USER, Replies.unknownUser(address));
      case NEXT -> RouterResult.NO_MATCH;
    };
  }
}
