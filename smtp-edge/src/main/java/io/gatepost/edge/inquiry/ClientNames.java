package io.gatepost.edge.inquiry;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.gatepost.contract.address.DomainName;
import io.gatepost.dns.Answer;
import io.gatepost.dns.Dns;
import io.gatepost.dns.RecordData;
import io.gatepost.dns.RecordType;
import io.gatepost.dns.ReverseName;
import io.gatepost.edge.inquiry.NamedClient.Found;
import io.gatepost.gate.Gate;
import io.gatepost.gate.GateLimits;
import io.gatepost.gate.Priority;
import io.gatepost.gate.Waiting;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// The names of clients: those to which the pointers of an address lead (RFC 1035 §3.5), where one
/// of the name's addresses is the client's. Nobody waits for them.
public final class ClientNames {

  /// Names of one address that are looked at: a shared host may have thousands.
  private static final int MAX_NAMES = 5;

  /// Addresses of one name that are looked at.
  private static final int MAX_ADDRESSES = 100;

  /// Longer ones are left out: they are a line in headers and logs.
  private static final int MAX_LENGTH = 255;

  /// Clients that are asked about at a time.
  private static final int MAX_RUNNING = 250;

  private static final int MAX_WAITING = 2_000;

  /// The party of all these questions at the process's gate.
  private static final Object PARTY = "client names";

  private final Dns dns;
  private final Duration timeout;
  private final LongSupplier nanoTime;
  private final Gate gate = new Gate("client-names", GateLimits.of(MAX_RUNNING, MAX_WAITING));
  private final Cache<InetAddress, NameInquiry> known;
  private final Counter confirmed;
  private final Counter unconfirmed;
  private final Counter failed;

  /// @param dns past its cache, with the time-out of names
  /// @param timeout for a name, all questions together
  /// @param maxKnown clients whose names are kept
  public ClientNames(Dns dns, Duration timeout, int maxKnown, MeterRegistry meters) {
    this(dns, timeout, maxKnown, meters, System::nanoTime);
  }

  ClientNames(
      Dns dns, Duration timeout, int maxKnown, MeterRegistry meters, LongSupplier nanoTime) {
    this.dns = dns;
    this.timeout = timeout;
    this.nanoTime = nanoTime;
    this.known = Caffeine.newBuilder().maximumSize(maxKnown).executor(Runnable::run).build();
    this.confirmed = counter("confirmed", meters);
    this.unconfirmed = counter("unconfirmed", meters);
    this.failed = counter("failed", meters);
  }

  private static Counter counter(String result, MeterRegistry meters) {
    return Counter.builder("gatepost.edge.names")
        .description("Clients whose names were asked for, by what was found")
        .tag("result", result)
        .register(meters);
  }

  /// Begins to ask for a client's name, unless it is known or being asked for.
  NamedClient about(InetAddress client) {
    NameInquiry inquiry = known.getIfPresent(client);
    return inquiry != null && inquiry.holds(nanoTime.getAsLong()) ? inquiry : ask(client);
  }

  private NameInquiry ask(InetAddress client) {
    AtomicBoolean isNew = new AtomicBoolean();
    NameInquiry inquiry =
        known
            .asMap()
            .compute(
                client,
                (_, earlier) -> {
                  long now = nanoTime.getAsLong();
                  if (earlier != null && earlier.holds(now)) {
                    return earlier;
                  }
                  isNew.set(true);
                  return new NameInquiry(now + 2 * timeout.toNanos());
                });
    if (isNew.get()) {
      begin(client, inquiry);
    }
    return inquiry;
  }

  private void begin(InetAddress client, NameInquiry inquiry) {
    gate.call(new Waiting(Priority.NORMAL, PARTY, timeout), () -> find(client))
        .timeout(timeout)
        .subscribe(
            named -> {
              (named.found() instanceof Found.Confirmed ? confirmed : unconfirmed).increment();
              inquiry.settle(named.found(), nanoTime.getAsLong() + named.keep());
            },
            error -> {
              failed.increment();
              inquiry.settle(Found.UNCONFIRMED, nanoTime.getAsLong() + KeepingTime.ofSilentNames());
            });
  }

  /// @param keep for how long, in nanoseconds
  private record Named(Found found, long keep) {}

  private Mono<Named> find(InetAddress client) {
    return dns.ask(ReverseName.of(client), RecordType.PTR, PARTY)
        .flatMap(answer ->
            switch (answer) {
              case Answer.Absent(var ttl) ->
                  Mono.just(new Named(Found.UNCONFIRMED, KeepingTime.ofAbsence(ttl)));
              case Answer.Found(var records, var ttl) -> confirm(client, names(records), ttl);
            });
  }

  /// The names that are host names: a pointer may hold anything.
  private static List<DomainName> names(List<RecordData> records) {
    return records.stream()
        .filter(RecordData.Pointer.class::isInstance)
        .map(data -> ((RecordData.Pointer) data).name())
        .filter(name -> name.length() <= MAX_LENGTH && isHost(name))
        .limit(MAX_NAMES)
        .map(DomainName::of)
        .toList();
  }

  private static boolean isHost(String name) {
    return name.chars().allMatch(c -> c > ' ' && c < 0x7f)
        && DomainName.isDomain(name)
        && name.charAt(0) != '[';
  }

  /// The first of the names that leads back. One that cannot be looked up says nothing of the
  /// others.
  private Mono<Named> confirm(InetAddress client, List<DomainName> names, Duration ttl) {
    RecordType type = client instanceof Inet4Address ? RecordType.A : RecordType.AAAA;
    return Flux.fromIterable(names)
        .flatMapSequential(name ->
            dns.ask(name.text(), type, PARTY)
                .filter(answer -> leadsTo(client, answer))
                .map(answer ->
                    new Named(
                        new Found.Confirmed(name),
                        KeepingTime.ofRecords(
                            answer.ttl().compareTo(ttl) < 0 ? answer.ttl() : ttl)))
                .onErrorResume(_ -> Mono.empty()))
        .next()
        .defaultIfEmpty(new Named(Found.UNCONFIRMED, KeepingTime.ofAbsence(ttl)));
  }

  private static boolean leadsTo(InetAddress client, Answer answer) {
    return answer instanceof Answer.Found(var records, _)
        && records.stream()
            .limit(MAX_ADDRESSES)
            .anyMatch(
                data -> data instanceof RecordData.Address(var address) && address.equals(client));
  }
}
