package io.gatepost.routing.dns;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.routing.Destination.NamedBy;
import io.gatepost.dns.Answer;
import io.gatepost.dns.Dns;
import io.gatepost.dns.RecordData;
import io.gatepost.dns.RecordData.Address;
import io.gatepost.dns.RecordData.Exchanger;
import io.gatepost.dns.RecordType;
import io.gatepost.routing.chain.HostLookup;
import io.gatepost.routing.chain.HostRule;
import io.gatepost.routing.chain.OwnHosts;
import io.gatepost.routing.chain.Query.HostQuery;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Signal;

/// Finds mail hosts as RFC 5321 §5.1 says: MX by preference, else the domain's own addresses; a
/// null MX takes no mail (RFC 7505). What leads back to ourselves is left out. Asynchronous: no
/// thread waits for a lookup (requirement C12).
public final class MailDns implements HostLookup {

  /// Hosts beyond this are never tried.
  private static final int MAX_HOPS = 20;

  private static final Logger log = LoggerFactory.getLogger(MailDns.class);

  private final Dns dns;
  private final HostRule rule;
  private final OwnHosts own;

  /// @param dns whose time is for one answer; a domain takes two at most, one after the other: its
  ///   exchangers, then all addresses at a time
  /// @param rule which addresses of mail exchangers are used
  /// @param own our own mail hosts
  public MailDns(Dns dns, HostRule rule, OwnHosts own) {
    this.dns = dns;
    this.rule = rule;
    this.own = own;
  }

  /// Addresses of hosts.
  ///
  /// @param unusable whether there were others, to which no mail goes
  /// @param ours whether one of them is ours
  private record Addresses(List<Destination.NextHop> hops, boolean unusable, boolean ours) {}

  /// A mail exchanger and its addresses, or why they cannot be told.
  private record Located(int preference, Signal<Addresses> addresses) {
    boolean isOurs() {
      Addresses known = addresses.get();
      return known != null && known.ours();
    }
  }

  @Override
  public Mono<Found> find(HostQuery query) {
    return switch (query) {
      case HostQuery.MailExchange exchange -> bounded(exchange.domain(), mailExchange(exchange));
      case HostQuery.Host(var host, var port, var namedBy) ->
          bounded(
              host,
              addresses(host, host.text(), port, any -> true) // the operator's word
                  .map(all -> host(host, port, namedBy, all.hops())));
    };
  }

  private Mono<Found> bounded(DomainName domain, Mono<Found> lookup) {
    Found unknown = new Found.Unknown(Reason.DNS_UNAVAILABLE, Replies.dnsTimeout(domain));
    return lookup.onErrorResume(error -> {
      log.debug("domain={} cannot be looked up: {}", domain, error.toString());
      return Mono.just(unknown);
    });
  }

  private static Found host(
      DomainName host, int port, NamedBy namedBy, List<Destination.NextHop> hops) {
    return hops.isEmpty()
        ? nowhere(Replies.unroutable(host))
        : new Found.Hosts(new Destination.Smtp("smtp:[" + host + "]:" + port, namedBy, hops));
  }

  private Mono<Found> mailExchange(HostQuery.MailExchange query) {
    DomainName domain = query.domain();
    return records(domain, domain.text(), RecordType.MX)
        .flatMap(records -> {
          if (records.isEmpty()) {
            return ownExchange(query);
          }
          // A null MX stands alone (RFC 7505 §3); beside others it is a mistake and says nothing.
          List<Exchanger> exchangers =
              byPreference(
                  records.stream()
                      .map(Exchanger.class::cast)
                      .filter(exchanger -> !exchanger.isNull())
                      .toList());
          if (exchangers.isEmpty()) {
            return Mono.just(nowhere(Replies.nullMx(domain)));
          }
          List<Exchanger> before = beforeOurNames(exchangers);
          return before.isEmpty()
              ? Mono.just(comesBack(domain))
              : exchangers(domain, before, query.port()).flatMap(all -> exchange(query, all));
        });
  }

  /// Without MX a domain is its own exchanger.
  private Mono<Found> ownExchange(HostQuery.MailExchange query) {
    DomainName domain = query.domain();
    return own.isNamed(domain.text())
        ? Mono.just(comesBack(domain))
        : addresses(domain, domain.text(), query.port(), rule::allows)
            .map(all -> all.ours() ? comesBack(domain) : exchange(query, all));
  }

  /// The hosts whose addresses are known, which is enough to send mail (RFC 5321 §5.1); an error
  /// only where none is and one could not be told.
  private Mono<Found> exchange(HostQuery.MailExchange query, List<Located> exchangers) {
    List<Located> before = beforeOurAddresses(exchangers);
    return before.isEmpty()
        ? Mono.just(comesBack(query.domain()))
        : known(before.stream().map(Located::addresses).toList()).map(all -> exchange(query, all));
  }

  private Found exchange(HostQuery.MailExchange query, Addresses all) {
    DomainName domain = query.domain();
    int port = query.port();
    String name = port == 25 ? "mx:" + domain : "mx:" + domain + ":" + port;
    if (!all.hops().isEmpty()) {
      List<Destination.NextHop> hops = all.hops().stream().limit(MAX_HOPS).toList();
      return new Found.Hosts(
          new Destination.Smtp(name, query.namedBy(), Optional.of(domain), hops));
    }
    return nowhere(all.unusable() ? Replies.unusableHost(domain) : Replies.unroutable(domain));
  }

  /// Those that are closer than we are: mail that is here must not go to us, nor away from its goal
  /// (RFC 5321 §5.1).
  private List<Exchanger> beforeOurNames(List<Exchanger> exchangers) {
    int ours =
        exchangers.stream()
            .filter(exchanger -> own.isNamed(exchanger.host()))
            .mapToInt(Exchanger::preference)
            .min()
            .orElse(Integer.MAX_VALUE);
    return exchangers.stream().filter(exchanger -> exchanger.preference() < ours).toList();
  }

  /// The same where an exchanger is ours under a name that we do not know.
  private static List<Located> beforeOurAddresses(List<Located> exchangers) {
    int ours =
        exchangers.stream()
            .filter(Located::isOurs)
            .mapToInt(Located::preference)
            .min()
            .orElse(Integer.MAX_VALUE);
    return exchangers.stream().filter(exchanger -> exchanger.preference() < ours).toList();
  }

  private Mono<List<Located>> exchangers(DomainName domain, List<Exchanger> exchangers, int port) {
    return Flux.fromIterable(exchangers)
        .take(MAX_HOPS)
        .flatMapSequential(exchanger ->
            addresses(domain, exchanger.host(), port, rule::allows)
                .materialize()
                .map(found -> new Located(exchanger.preference(), found)))
        .collectList();
  }

  /// IPv4 before IPv6. A name server that fails for one family says nothing about the other.
  private Mono<Addresses> addresses(
      DomainName domain, String host, int port, Predicate<InetAddress> usable) {
    Mono<Addresses> ipv4 =
        records(domain, host, RecordType.A)
            .map(found ->
                addresses(host, port, found.stream().map(rr -> ((Address) rr).address()), usable));
    Mono<Addresses> ipv6 =
        records(domain, host, RecordType.AAAA)
            .map(found ->
                addresses(host, port, found.stream().map(rr -> ((Address) rr).address()), usable));
    return Mono.zip(ipv4.materialize(), ipv6.materialize())
        .flatMap(both -> known(List.of(both.getT1(), both.getT2())));
  }

  private Addresses addresses(
      String host, int port, Stream<InetAddress> found, Predicate<InetAddress> usable) {
    List<InetAddress> all = found.toList();
    List<Destination.NextHop> hops =
        all.stream()
            .filter(usable)
            .map(address -> new Destination.NextHop(host, address.getHostAddress(), port))
            .toList();
    return new Addresses(hops, hops.size() < all.size(), all.stream().anyMatch(own::isAt));
  }

  private static Mono<Addresses> known(List<Signal<Addresses>> answers) {
    List<Destination.NextHop> hops = new ArrayList<>();
    boolean unusable = false;
    boolean ours = false;
    Throwable trouble = null;
    for (Signal<Addresses> answer : answers) {
      Addresses found = answer.get();
      if (found != null) {
        hops.addAll(found.hops());
        unusable |= found.unusable();
        ours |= found.ours();
      } else if (answer.getThrowable() != null) {
        trouble = answer.getThrowable();
      }
    }
    return hops.isEmpty() && !ours && trouble != null
        ? Mono.error(trouble)
        : Mono.just(new Addresses(hops, unusable, ours));
  }

  /// The records of a type, none where the name or the type does not exist; any other trouble is an
  /// error.
  ///
  /// @param domain on whose behalf it is asked
  private Mono<List<RecordData>> records(DomainName domain, String host, RecordType type) {
    return dns.ask(host, type, domain)
        .map(answer ->
            switch (answer) {
              case Answer.Found(var records, _) -> records;
              case Answer.Absent _ -> List.of();
            });
  }

  /// Equal preferences in random order, so that the load spreads (RFC 5321 §5.1).
  private static List<Exchanger> byPreference(List<Exchanger> records) {
    List<Exchanger> exchangers = new ArrayList<>(records);
    Collections.shuffle(exchangers);
    exchangers.sort(Comparator.comparingInt(Exchanger::preference));
    return exchangers;
  }

  private static Found nowhere(Reply reply) {
    return new Found.Nowhere(Reason.UNROUTABLE_DOMAIN, reply);
  }

  private static Found comesBack(DomainName domain) {
    return new Found.Nowhere(Reason.ROUTING_LOOP, Replies.ownExchanger(domain));
  }
}
