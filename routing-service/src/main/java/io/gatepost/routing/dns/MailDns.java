package io.gatepost.routing.dns;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.routing.Destination;
import io.gatepost.routing.chain.HostLookup;
import io.gatepost.routing.chain.RouterResult.HostQuery;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
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
/// null MX takes no mail (RFC 7505). Asynchronous: no thread waits for a lookup (requirement C12).
public final class MailDns implements HostLookup {

  /// Hosts beyond this are never tried.
  private static final int MAX_HOPS = 20;

  /// Questions that wait for the DNS at a time; beyond it the answer is "later" at once.
  static final int MAX_RUNNING = 4_000;

  private static final Logger log = LoggerFactory.getLogger(MailDns.class);

  private final AtomicInteger running = new AtomicInteger();

  private final LookupSession session;
  private final Duration timeout;

  /// @param session dnsjava's resolver, cache and rules
  /// @param timeout for one question with all that follows from it
  public MailDns(LookupSession session, Duration timeout) {
    this.session = session;
    this.timeout = timeout;
  }

  @Override
  public Mono<Found> find(HostQuery query) {
    return switch (query) {
      case HostQuery.MailExchange(var domain, var port) ->
          bounded(domain, mailExchange(domain, port));
      case HostQuery.Host(var host, var port) ->
          bounded(
              host,
              addresses(host, port).map(hops -> found(host, "smtp:[" + host + "]:" + port, hops)));
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

  private Mono<Found> mailExchange(DomainName domain, int port) {
    String name = port == 25 ? "mx:" + domain : "mx:" + domain + ":" + port;
    return records(domain.text(), Type.MX)
        .flatMap(records -> {
          // A null MX stands alone (RFC 7505 §3); beside others it is a mistake and says nothing.
          List<MXRecord> exchangers =
              byPreference(records.stream().filter(rr -> !isNull(rr)).toList());
          if (records.isEmpty()) {
            // No MX: the domain is its own exchanger.
            return addresses(domain, port).map(hops -> found(domain, name, hops));
          }
          if (exchangers.isEmpty()) {
            return Mono.just(new Found.Nowhere(Reason.UNROUTABLE_DOMAIN, Replies.nullMx(domain)));
          }
          return hops(exchangers, port).map(hops -> found(domain, name, hops));
        });
  }

  private static boolean isNull(Record rr) {
    return ((MXRecord) rr).getTarget().equals(Name.root);
  }

  /// The hosts whose addresses are known; an error only where none is and one could not be told.
  private Mono<List<Destination.NextHop>> hops(List<MXRecord> exchangers, int port) {
    return Flux.fromIterable(exchangers)
        .take(MAX_HOPS)
        .flatMapSequential(
            exchanger -> addresses(hostName(exchanger.getTarget()), port).materialize())
        .collectList()
        .flatMap(MailDns::known)
        .map(hops -> hops.stream().limit(MAX_HOPS).toList());
  }

  private Mono<List<Destination.NextHop>> addresses(DomainName host, int port) {
    return addresses(host.text(), port);
  }

  /// IPv4 before IPv6. A name server that fails for one family says nothing about the other.
  private Mono<List<Destination.NextHop>> addresses(String host, int port) {
    return Mono.zip(
            records(host, Type.A).map(found -> ipv4(host, found, port)).materialize(),
            records(host, Type.AAAA).map(found -> ipv6(host, found, port)).materialize())
        .flatMap(both -> known(List.of(both.getT1(), both.getT2())));
  }

  private static Mono<List<Destination.NextHop>> known(
      List<Signal<List<Destination.NextHop>>> answers) {
    List<Destination.NextHop> hops = new ArrayList<>();
    Throwable trouble = null;
    for (Signal<List<Destination.NextHop>> answer : answers) {
      List<Destination.NextHop> found = answer.get();
      if (found != null) {
        hops.addAll(found);
      } else if (answer.getThrowable() != null) {
        trouble = answer.getThrowable();
      }
    }
    return hops.isEmpty() && trouble != null ? Mono.error(trouble) : Mono.just(hops);
  }

  private static List<Destination.NextHop> ipv4(String host, List<Record> records, int port) {
    return records.stream().map(rr -> hop(host, ((ARecord) rr).getAddress(), port)).toList();
  }

  private static List<Destination.NextHop> ipv6(String host, List<Record> records, int port) {
    return records.stream().map(rr -> hop(host, ((AAAARecord) rr).getAddress(), port)).toList();
  }

  private static Destination.NextHop hop(String host, InetAddress address, int port) {
    return new Destination.NextHop(host, address.getHostAddress(), port);
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

  private static Found found(DomainName domain, String name, List<Destination.NextHop> hops) {
    return hops.isEmpty()
        ? new Found.Nowhere(Reason.UNROUTABLE_DOMAIN, Replies.unroutable(domain))
        : new Found.Hosts(new Destination.Smtp(name, hops));
  }
}
