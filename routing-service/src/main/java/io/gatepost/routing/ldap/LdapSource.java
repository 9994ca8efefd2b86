package io.gatepost.routing.ldap;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.ResultCode;
import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.contract.routing.RouteRequest.Scope;
import io.gatepost.gate.Gate;
import io.gatepost.gate.GateLimits;
import io.gatepost.gate.GateRefusedException;
import io.gatepost.gate.Priority;
import io.gatepost.gate.ScarceResource;
import io.gatepost.gate.SingleFlight;
import io.gatepost.gate.Waiting;
import io.gatepost.routing.chain.AddressSource;
import io.gatepost.routing.chain.Complaints;
import io.gatepost.routing.chain.HostLookup;
import io.gatepost.routing.chain.RouterResult;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/// Addresses of some domains from a directory (requirements C10, C13). Questions wait for a bounded
/// time for one of the slots, in turns of their domains; equal ones are asked once, and answers are
/// remembered for a while. A directory that is busy, away or wrong costs its own domains a 4xx.
public final class LdapSource implements AddressSource, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(LdapSource.class);

  private static final int MAX_CACHED = 50_000;
  private static final int MAX_WAITING = 2_000;
  private static final int MAX_QUESTIONS = 10_000;

  private final LdapProperties properties;
  private final Set<DomainName> domains;
  private final FilterTemplate filter;
  private final Directory directory;
  private final EntryReader reader;
  private final Results results;
  private final Gate gate;
  private final SingleFlight<Question, Found> flights =
      new SingleFlight<>("ldap-questions", MAX_QUESTIONS);
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("ldap-", 0).factory());
  private final Scheduler scheduler = Schedulers.fromExecutorService(threads);
  private final LdapMeters meters;
  private final Health health = new Health();
  private final Complaints complaints = new Complaints();
  private final Cache<Question, Found> cache;

  /// One question.
  ///
  /// @param sender empty where the filter does not ask for it, and for the null reverse-path
  record Question(ForwardPath address, String sender) {}

  /// Connects to nobody yet, so that the service starts while the directory is away.
  ///
  /// @param context of TLS, asked for each connection
  /// @param hosts finds the addresses of hosts that entries name
  /// @param ourselves the name of this host
  /// @param gate from [#gate]
  public LdapSource(
      LdapProperties properties,
      Supplier<SSLContext> context,
      HostLookup hosts,
      DomainName ourselves,
      Gate gate,
      MeterRegistry meters) {
    this.properties = properties;
    this.domains = properties.domainNames();
    this.filter = properties.filterTemplate();
    this.directory = Directory.of(properties, context);
    this.reader = new EntryReader(properties.attributes(), properties.detail(), ourselves);
    this.results = new Results(properties, hosts);
    this.gate = gate;
    this.meters = new LdapMeters(meters);
    this.cache =
        Caffeine.newBuilder()
            .maximumSize(MAX_CACHED)
            .expireAfter(Expiry.<Question, Found>creating((_, found) -> lifetime(found)))
            .recordStats()
            .build();
    this.meters.watch(cache);
  }

  /// The gate of the slots. Where there are several domains each may take half of the places to
  /// wait.
  public static Gate gate(LdapProperties properties) {
    GateLimits limits = GateLimits.of(properties.slots(), MAX_WAITING);
    return new Gate(
        "ldap", properties.domainNames().size() > 1 ? limits.withShare(MAX_WAITING / 2) : limits);
  }

  /// The questions under way, equal ones counted once.
  public ScarceResource questions() {
    return flights;
  }

  @Override
  public boolean serves(RouteRequest request) {
    return domains.contains(request.recipient().domain());
  }

  @Override
  public Mono<RouterResult> find(RouteRequest request) {
    if (!serves(request)) {
      return Mono.just(RouterResult.NO_MATCH);
    }
    Question question = new Question(request.recipient(), sender(request.sender()));
    Found known = cache.getIfPresent(question);
    return (known != null ? Mono.just(known) : ask(question, request.scope()))
        .flatMap(found -> results.of(found, request.recipient()))
        .onErrorResume(error -> Mono.just(later(question, error)));
  }

  private String sender(ReversePath sender) {
    return filter.uses(FilterTemplate.SENDER) ? sender.text() : "";
  }

  /// A caller waits no longer than the settings say, whatever the directory does with its search;
  /// the slot is free again when that is over.
  private Mono<Found> ask(Question question, Scope scope) {
    Waiting waiting =
        new Waiting(priority(scope), question.address().domain(), properties.maxWait());
    return flights
        .call(
            question,
            () ->
                gate.callToEnd(
                    waiting,
                    () -> Mono.fromCallable(() -> search(question)).subscribeOn(scheduler)))
        .timeout(properties.maxWait().plus(properties.timeout()));
  }

  /// Strangers wait behind our own clients.
  private static Priority priority(Scope scope) {
    return switch (scope) {
      case HOSTED -> Priority.NORMAL;
      case ANYWHERE -> Priority.HIGH;
    };
  }

  /// Blocks until the directory has answered, or the time is over.
  private Found search(Question question) throws LDAPException {
    long start = System.nanoTime();
    long end = start + properties.timeout().toNanos();
    try {
      Found found = Found.NOTHING;
      for (LookUp lookUp : LookUp.of(question.address(), properties.detail(), filter)) {
        Duration left = Duration.ofNanos(end - System.nanoTime());
        if (!left.isPositive()) {
          throw new LDAPException(ResultCode.TIMEOUT, "no answer in " + properties.timeout());
        }
        found =
            reader.read(
                lookUp,
                directory.search(
                    filter.with(lookUp.values(question.sender())), reader.attributes(), left));
        if (!(found instanceof Found.Nothing)) {
          break;
        }
      }
      health.works();
      tell(question, found);
      cache.put(question, found);
      return found;
    } finally {
      meters.searched(System.nanoTime() - start);
    }
  }

  private void tell(Question question, Found found) {
    switch (found) {
      case Found.Routed _, Found.Relayed _, Found.Here _ -> meters.found();
      case Found.Nothing _ -> meters.unknown();
      case Found.Unusable(var problem) -> {
        meters.unusable();
        complaints.tell(more ->
            log.error(
                "address=<{}> has unusable data in the directory, its mail waits: {}{}",
                question.address(),
                problem,
                more));
      }
    }
  }

  private Duration lifetime(Found found) {
    return switch (found) {
      case Found.Routed _, Found.Relayed _, Found.Here _ -> properties.cacheGood();
      case Found.Nothing _, Found.Unusable _ -> properties.cacheBad();
    };
  }

  private RouterResult later(Question question, Throwable error) {
    if (error instanceof GateRefusedException) {
      meters.busy();
      log.debug("address=<{}> is not looked up: {}", question.address(), error.getMessage());
    } else {
      meters.away();
      health.fails(question.address(), error);
    }
    return Results.LATER;
  }

  /// Ends the connections; searches under way fail.
  @Override
  public void close() {
    threads.shutdownNow();
    scheduler.dispose();
    directory.close();
  }
}
