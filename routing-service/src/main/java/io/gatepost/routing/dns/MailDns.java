package io.gatepost.routing.dns;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.routing.Destination;
import io.gatepost.routing.chain.HostLookup;
import io.gatepost.routing.chain.HostRule;
import io.gatepost.routing.chain.RouterResult.HostQuery;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.MXRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;
import org.xbill.DNS.lookup.LookupSession;
import org.xbill.DNS.lookup.NoSuchDomainException;
import org.xbill.DNS.lookup.NoSuchRRSetException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Signal;

/// Finds mail hosts as RFC 5321 §5.1 says: MX by preference, else the domain's own addresses; a
/// null MX takes no mail (RFC 7505). What leads back to ourselves is left out. Asynchronous: no
/// thread waits for a lookup (requirement C12).
public final class MailDns implements HostLookup {

  /// Hosts beyond this are never tried.
  private static final int MAX_HOPS = 20;

  /// Questions that wait for the DNS at a time; beyond it the answer is "later" at once.
  static final int MAX_RUNNING = 4_000;

  private static final Logger log = LoggerFactory.getLogger(MailDns.class);

  private final AtomicInteger running = new AtomicInteger();

  private final LookupSession session;
  private final Duration timeout;
  private final HostRule rule;
  private final DomainName ourselves;

  /// @param session dnsjava's resolver, cache and rules
  /// @param timeout for one question with all that follows from it
  /// @param rule which addresses of mail exchangers are used
  /// @param ourselves what this host calls itself
  public MailDns(LookupSession session, Duration timeout, HostRule rule, DomainName ourselves) {
    this.session = session;
    this.timeout = timeout;
    this.rule = rule;
    this.ourselves = ourselves;
  }

  /// Addresses of hosts.
  ///
  /// @param unusable whether there were others, to which no mail goes
  private record Addresses(List<Destination.NextHop> hops, boolean unusable) {}

  @Override
  public Mono<Found> find(HostQuery query) {
    return switch (query) {
      case HostQuery.MailExchange(var domain, var port) ->
          bounded(domain, mailExchange(domain, port));
      case HostQuery.Host(var host, var port) ->
          bounded(
              host,
              addresses(host.text(), port, any -> true) // the operator's word
                  .map(all -> host(host, port, all.hops())));
    };
  }

  private Mono<Found> bounded(DomainName domain, Mono<Found> lookup) {
    Found unknown = new Found.Unknown(Reason.DNS_UNAVAILABLE, Replies.dnsTimeout(domain));
    return Mono.defer(() -> {
      if (running.incrementAndGet() > MAX_RUNNING) {
        running.decrementAndGet();
        return Mono.just(unknown);
      }
      return lookup
          .timeout(timeout)
          .onErrorResume(error -> {
            log.debug("domain={} cannot be looked up: {}", domain, error.toString());
            return Mono.just(unknown);
          })
          .doFinally(signal -> running.decrementAndGet());
    });
  }

  /// How many questions wait for the DNS now.
  public int running() {
    return running.get();
  }

  private static Found host(DomainName host, int port, List<Destination.NextHop> hops) {
    return hops.isEmpty()
        ? nowhere(Replies.unroutable(host))
        : new Found.Hosts(new Destination.Smtp("smtp:[" + host + "]:" + port, hops));
  }

  private Mono<Found> mailExchange(DomainName domain, int port) {
    return records(domain.text(), Type.MX)
        .flatMap(records -> {
          if (records.isEmpty()) {
            return ownExchange(domain, port);
          }
          // A null MX stands alone (RFC 7505 §3); beside others it is a mistake and says nothing.
          List<MXRecord> exchangers =
              byPreference(records.stream().filter(rr -> !isNull(rr)).toList());
          if (exchangers.isEmpty()) {
            return Mono.just(nowhere(Replies.nullMx(domain)));
          }
          List<MXRecord> before = beforeOurselves(exchangers);
          return before.isEmpty()
              ? Mono.just(comesBack(domain))
              : addresses(before, port).map(all -> exchange(domain, port, all));
        });
  }

  /// Without MX a domain is its own exchanger.
  private Mono<Found> ownExchange(DomainName domain, int port) {
    return domain.equals(ourselves)
        ? Mono.just(comesBack(domain))
        : addresses(domain.text(), port, rule::allows).map(all -> exchange(domain, port, all));
  }

  private Found exchange(DomainName domain, int port, Addresses all) {
    String name = port == 25 ? "mx:" + domain : "mx:" + domain + ":" + port;
    if (!all.hops().isEmpty()) {
      return new Found.Hosts(new Destination.Smtp(name, Optional.of(domain), all.hops()));
    }
    return nowhere(all.unusable() ? Replies.unusableHost(domain) : Replies.unroutable(domain));
  }

  /// Those that are closer than we are: mail that is here must not go to us, nor away from its goal
  /// (RFC 5321 §5.1).
  private List<MXRecord> beforeOurselves(List<MXRecord> exchangers) {
    int ours =
        exchangers.stream()
            .filter(exchanger -> hostName(exchanger.getTarget()).equalsIgnoreCase(ourselves.text()))
            .mapToInt(MXRecord::getPriority)
            .min()
            .orElse(Integer.MAX_VALUE);
    return exchangers.stream().filter(exchanger -> exchanger.getPriority() < ours).toList();
  }

  private static boolean isNull(Record rr) {
    return ((MXRecord) rr).getTarget().equals(Name.root);
  }

  /// The hosts whose addresses are known; an error only where none is and one could not be told.
  private Mono<Addresses> addresses(List<MXRecord> exchangers, int port) {
    return Flux.fromIterable(exchangers)
        .take(MAX_HOPS)
        .flatMapSequential(exchanger ->
            addresses(hostName(exchanger.getTarget()), port, rule::allows).materialize())
        .collectList()
        .flatMap(MailDns::known)
        .map(all -> new Addresses(all.hops().stream().limit(MAX_HOPS).toList(), all.unusable()));
  }

  /// IPv4 before IPv6. A name server that fails for one family says nothing about the other.
  private Mono<Addresses> addresses(String host, int port, Predicate<InetAddress> usable) {
    Mono<Addresses> ipv4 =
        records(host, Type.A)
            .map(found ->
                addresses(
                    host, port, found.stream().map(rr -> ((ARecord) rr).getAddress()), usable));
    Mono<Addresses> ipv6 =
        records(host, Type.AAAA)
            .map(found ->
                addresses(
                    host, port, found.stream().map(rr -> ((AAAARecord) rr).getAddress()), usable));
    return Mono.zip(ipv4.materialize(), ipv6.materialize())
        .flatMap(both -> known(List.of(both.getT1(), both.getT2())));
  }

  private static Addresses addresses(
      String host, int port, Stream<InetAddress> found, Predicate<InetAddress> usable) {
    List<InetAddress> all = found.toList();
    List<Destination.NextHop> hops =
        all.stream()
            .filter(usable)
            .map(address -> new Destination.NextHop(host, address.getHostAddress(), port))
            .toList();
    return new Addresses(hops, hops.size() < all.size());
  }

  private static Mono<Addresses> known(List<Signal<Addresses>> answers) {
    List<Destination.NextHop> hops = new ArrayList<>();
    boolean unusable = false;
    Throwable trouble = null;
    for (Signal<Addresses> answer : answers) {
      Addresses found = answer.get();
      if (found != null) {
        hops.addAll(found.hops());
        unusable |= found.unusable();
      } else if (answer.getThrowable() != null) {
        trouble = answer.getThrowable();
      }
    }
    return hops.isEmpty() && trouble != null
        ? Mono.error(trouble)
        : Mono.just(new Addresses(hops, unusable));
  }

  /// The records of a type, none where the name or the type does not exist; any other trouble is an
  /// error.
  private Mono<List<Record>> records(String host, int type) {
    return Mono.<List<Record>>create(sink -> {
      CompletableFuture<List<Record>> future;
      try {
        future =
            session
                .lookupAsync(Name.fromString(host + "."), type)
                .thenApply(result ->
                    result.getRecords().stream().filter(rr -> rr.getType() == type).toList())
                .toCompletableFuture();
      } catch (TextParseException e) {
        sink.success(List.of()); // no name of the DNS, so nothing in it
        return;
      }
      future.whenComplete((records, error) -> {
        if (error == null) {
          sink.success(records);
        } else if (isAbsence(error)) {
          sink.success(List.of());
        } else {
          sink.error(error);
        }
      });
    });
  }

  private static boolean isAbsence(Throwable error) {
    Throwable cause = error.getCause() == null ? error : error.getCause();
    return cause instanceof NoSuchDomainException || cause instanceof NoSuchRRSetException;
  }

  /// Equal preferences in random order, so that the load spreads (RFC 5321 §5.1).
  private static List<MXRecord> byPreference(List<Record> records) {
    List<MXRecord> exchangers = new ArrayList<>();
    records.forEach(rr -> exchangers.add((MXRecord) rr));
    Collections.shuffle(exchangers);
    exchangers.sort(Comparator.comparingInt(MXRecord::getPriority));
    return exchangers;
  }

  private static String hostName(Name name) {
    return name.toString(true);
  }

  private static Found nowhere(Reply reply) {
    return new Found.Nowhere(Reason.UNROUTABLE_DOMAIN, reply);
  }

  private static Found comesBack(DomainName domain) {
    return new Found.Nowhere(Reason.ROUTING_LOOP, Replies.ownExchanger(domain));
  }
}
