package io.gatepost.rpc;

import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// The instances of a service: one for each address that the host of its URL has. A name is looked
/// up at the first call, then at an interval, and when an instance cannot be reached. A name that
/// is not answered for keeps the addresses that it had; an address that it loses gets no new calls,
/// and its connections close when the last call has ended.
///
/// Of a service that may have one instance only, an address that was in use stays so while the name
/// has it; where none was, there is none to call until the name has one.
final class Instances implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Instances.class);
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final Service service;
  private final String host;
  private final AddressLookup lookup;
  private final InstanceMaker maker;
  private final @Nullable Duration interval;
  private final AtomicReference<@Nullable Mono<Void>> running = new AtomicReference<>();
  private volatile List<Placed> current = List.of();
  private volatile List<Instance> callable = List.of();
  private volatile int known;
  private volatile long lookedUpAt = System.nanoTime() - PAUSE.toNanos();
  private volatile @Nullable RpcException trouble;
  private volatile @Nullable Disposable timer;
  private Set<String> told = Set.of();
  private boolean closed;

  /// Makes the instance at an address.
  interface InstanceMaker {
    Instance at(InetAddress address);
  }

  private record Placed(InetAddress address, Instance instance) {}

  private Instances(
      Service service,
      String host,
      AddressLookup lookup,
      InstanceMaker maker,
      @Nullable Duration interval) {
    this.service = service;
    this.host = host;
    this.lookup = lookup;
    this.maker = maker;
    this.interval = interval;
  }

  /// Those of a name.
  ///
  /// @param interval between two look-ups
  static Instances named(
      Service service, String host, AddressLookup lookup, InstanceMaker maker, Duration interval) {
    Instances named = new Instances(service, host, lookup, maker, interval);
    named.timer =
        Flux.interval(interval).onBackpressureDrop().subscribe(tick -> named.lookUp().subscribe());
    return named;
  }

  /// The one of an address.
  static Instances fixed(Service service, String host, Instance instance) {
    Instances fixed =
        new Instances(service, host, name -> Mono.just(List.of()), any -> instance, null);
    fixed.callable = List.of(instance);
    fixed.known = 1;
    return fixed;
  }

  /// Whether there is one, which stays.
  boolean isFixed() {
    return interval == null;
  }

  /// Addresses that the name has.
  int known() {
    return known;
  }

  /// Instances that get no calls for now.
  int leftAlone() {
    return (int) callable.stream().filter(each -> each.breaker().isOpen()).count();
  }

  /// Those that may be called; at the first time when the name has been looked up. Fails with
  /// `UNAVAILABLE` where there is none.
  Mono<List<Instance>> callable() {
    if (isFixed()) {
      return Mono.just(callable);
    }
    return Mono.defer(this::ofName);
  }

  private Mono<List<Instance>> ofName() {
    List<Instance> now = callable;
    if (!now.isEmpty()) {
      return Mono.just(now);
    }
    if (trouble != null && isRecent()) {
      return Mono.error(trouble());
    }
    return lookUp()
        .then(Mono.defer(() -> callable.isEmpty() ? Mono.error(trouble()) : Mono.just(callable)));
  }

  /// An instance cannot be reached: the name may have others by now.
  void lookUpSoon() {
    if (!isFixed() && !isRecent()) {
      lookUp().subscribe();
    }
  }

  private boolean isRecent() {
    return System.nanoTime() - lookedUpAt < PAUSE.toNanos();
  }

  private RpcException trouble() {
    RpcException now = trouble;
    return now == null ? unavailable(host + " has no address") : now;
  }

  private RpcException unavailable(String detail) {
    return new RpcException(RpcStatus.UNAVAILABLE, service.text() + ": " + detail);
  }

  /// Several who ask at a time share an answer. Ends in any case, also where the name is not
  /// answered for.
  private Mono<Void> lookUp() {
    Mono<Void> other = running.get();
    if (other != null) {
      return other;
    }
    Mono<Void> own =
        lookup
            .addresses(host)
            .doOnNext(this::update)
            .doOnError(this::unknown)
            .then()
            .onErrorComplete()
            .doFinally(signal -> running.set(null))
            .cache();
    return running.compareAndSet(null, own) ? own : lookUpOf(own);
  }

  private Mono<Void> lookUpOf(Mono<Void> own) {
    Mono<Void> other = running.get();
    return other == null ? own : other;
  }

  private synchronized void unknown(Throwable error) {
    lookedUpAt = System.nanoTime();
    if (current.isEmpty()) {
      trouble = unavailable(host + " has no address: " + error.getMessage());
    }
    Set<String> now = Set.of("unknown");
    if (!told.equals(now)) {
      told = now;
      log.warn(
          "service={} {} has no address: {}; calls go to {}",
          service.text(),
          host,
          error.getMessage(),
          callable);
    }
  }

  private synchronized void update(List<InetAddress> found) {
    if (found.isEmpty()) {
      unknown(new UnknownHostException("no address in the answer"));
      return;
    }
    lookedUpAt = System.nanoTime();
    if (closed) {
      return;
    }
    List<InetAddress> wanted = oneFamily(found);
    known = wanted.size();
    if (service.isSole() && wanted.size() > 1) {
      wanted = onlyTheOneInUse(wanted);
    } else {
      trouble = null;
      tell(wanted);
    }
    replace(wanted);
  }

  private void tell(List<InetAddress> wanted) {
    Set<String> now = names(wanted);
    if (!told.equals(now)) {
      told = now;
      log.info("service={} instances={}", service.text(), now);
    }
  }

  /// Two of a service that keeps something by itself, such as content, would each have a part.
  private List<InetAddress> onlyTheOneInUse(List<InetAddress> wanted) {
    List<InetAddress> inUse =
        current.stream().map(Placed::address).filter(wanted::contains).toList();
    String complaint =
        "%s has %d addresses: %s (expected: 1, as there may be one %s-service only)"
            .formatted(host, wanted.size(), names(wanted), service.text());
    trouble = unavailable(complaint);
    Set<String> now = new TreeSet<>(names(wanted));
    now.add("refused");
    if (!told.equals(now)) {
      told = now;
      log.error(
          "service={} {}; {}",
          service.text(),
          complaint,
          inUse.isEmpty() ? "no calls are made" : "calls go on to " + names(inUse));
    }
    return inUse;
  }

  private void replace(List<InetAddress> wanted) {
    List<Placed> next = new ArrayList<>();
    for (InetAddress address : wanted) {
      next.add(
          current.stream()
              .filter(each -> each.address().equals(address))
              .findFirst()
              .orElseGet(() -> new Placed(address, made(address))));
    }
    List<Placed> gone = current.stream().filter(each -> !next.contains(each)).toList();
    current = List.copyOf(next);
    callable = next.stream().map(Placed::instance).toList();
    gone.forEach(each -> each.instance().retire());
  }

  private Instance made(InetAddress address) {
    Instance instance = maker.at(address);
    instance.onUnreachable(each -> lookUpSoon());
    return instance;
  }

  /// An instance with addresses of both families would be there twice.
  static List<InetAddress> oneFamily(List<InetAddress> found) {
    boolean hasIpv4 = found.stream().anyMatch(Inet4Address.class::isInstance);
    return found.stream()
        .filter(address -> address instanceof Inet4Address == hasIpv4)
        .distinct()
        .sorted(Comparator.comparing(InetAddress::getHostAddress))
        .toList();
  }

  static Set<String> names(List<InetAddress> addresses) {
    Set<String> names = new TreeSet<>();
    addresses.forEach(address -> names.add(address.getHostAddress()));
    return names;
  }

  /// Ends the look-ups.
  @Override
  public synchronized void close() {
    closed = true;
    Disposable running = timer;
    if (running != null) {
      running.dispose();
    }
  }
}
