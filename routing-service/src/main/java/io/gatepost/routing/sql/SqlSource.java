package io.gatepost.routing.sql;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.contract.routing.RouteRequest.Scope;
import io.gatepost.database.DatabaseCalls;
import io.gatepost.gate.GateLimits;
import io.gatepost.gate.GateRefusedException;
import io.gatepost.gate.Priority;
import io.gatepost.gate.ScarceResource;
import io.gatepost.gate.SingleFlight;
import io.gatepost.gate.Waiting;
import io.gatepost.routing.chain.AddressSource;
import io.gatepost.routing.chain.Complaints;
import io.gatepost.routing.chain.RouterResult;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.NestedExceptionUtils;
import reactor.core.publisher.Mono;

/// Addresses of some domains from a database (requirements C11, C13). Questions wait for a bounded
/// time for one of the slots, in turns of their domains; equal ones are asked once, and answers are
/// remembered for a moment. A database that is busy, away or wrong costs its own domains a 4xx and
/// nobody else's anything. Its domains are hosted: an address of theirs that it does not know is
/// refused.
final class SqlSource implements AddressSource {

  static final String SCHEMA = "routing";

  private static final Logger log = LoggerFactory.getLogger(SqlSource.class);
  private static final RouterResult LATER =
      new RouterResult.Later(Reason.SERVICE_UNAVAILABLE, Replies.ROUTING_UNAVAILABLE);
  private static final int MAX_CACHED = 50_000;
  private static final int MAX_WAITING = 2_000;
  private static final int MAX_QUESTIONS = 10_000;

  private final AddressLookup lookup;
  private final ServedDomains domains;
  private final DatabaseCalls calls;
  private final SqlProperties properties;
  private final SqlMeters meters;
  private final SingleFlight<Question, RouterResult> flights =
      new SingleFlight<>("sql-questions", MAX_QUESTIONS);
  private final Cache<Question, RouterResult> known;

  /// Counts the changes of the data that are known of: what was read before one is not kept.
  private final AtomicInteger changes = new AtomicInteger();

  private final Complaints complaints = new Complaints();

  private volatile boolean isAway;

  /// One question.
  ///
  /// @param sender empty where the answer does not depend on it
  private record Question(ForwardPath address, String sender) {}

  /// @param calls through the gate of [#limits]
  SqlSource(
      AddressLookup lookup,
      ServedDomains domains,
      DatabaseCalls calls,
      SqlProperties properties,
      SqlMeters meters) {
    this.lookup = lookup;
    this.domains = domains;
    this.calls = calls;
    this.properties = properties;
    this.meters = meters;
    this.known =
        Caffeine.newBuilder()
            .maximumSize(MAX_CACHED)
            .expireAfter(Expiry.<Question, RouterResult>creating((_, result) -> lifetime(result)))
            .recordStats()
            .build();
    meters.watch(known);
  }

  /// Of the gate: each domain may take half of the places to wait.
  static GateLimits limits(SqlProperties properties) {
    return GateLimits.of(properties.slots(), MAX_WAITING).withShare(MAX_WAITING / 2);
  }

  /// The questions under way, equal ones counted once.
  ScarceResource questions() {
    return flights;
  }

  /// Forgets all answers: the data has changed.
  void forget() {
    changes.incrementAndGet();
    known.invalidateAll();
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
    Question question = question(request);
    RouterResult remembered = known.getIfPresent(question);
    return remembered != null
        ? Mono.just(remembered)
        : ask(question, request)
            .onErrorResume(error -> Mono.just(later(request.recipient(), error)));
  }

  private Question question(RouteRequest request) {
    return new Question(request.recipient(), lookup.usesSender() ? request.sender().text() : "");
  }

  /// A caller waits no longer than the settings say, whatever the database does with its question.
  private Mono<RouterResult> ask(Question question, RouteRequest request) {
    Waiting waiting =
        new Waiting(priority(request.scope()), question.address().domain(), properties.maxWait());
    return flights
        .call(question, () -> calls.call(waiting, () -> look(question, request.sender())))
        .timeout(properties.maxWait().plus(properties.timeout()));
  }

  /// Strangers wait behind our own clients.
  private static Priority priority(Scope scope) {
    return switch (scope) {
      case HOSTED -> Priority.NORMAL;
      case ANYWHERE -> Priority.HIGH;
    };
  }

  /// Blocks until the database has answered, or its time is over.
  private RouterResult look(Question question, ReversePath sender) {
    int before = changes.get();
    long start = System.nanoTime();
    RouterResult result;
    try {
      result = found(question, lookup.find(question.address(), sender));
    } catch (UnusableRowException e) {
      result = unusable(question, e);
    }
    meters.asked(System.nanoTime() - start);
    isAway = false;
    if (before == changes.get()) {
      known.put(question, result);
    }
    return result;
  }

  private RouterResult found(Question question, RouterResult found) {
    meters.answered(found);
    return found instanceof RouterResult.NoMatch
        ? new RouterResult.Refuse(Reason.UNKNOWN_USER, Replies.unknownUser(question.address()))
        : found;
  }

  /// An answer like the others, so that a mistake costs the database no more than other data.
  private RouterResult unusable(Question question, UnusableRowException e) {
    meters.unusable();
    complaints.tell(more ->
        log.error(
            "address=<{}> mail waits, its data cannot be used: {}{}",
            question.address(),
            e.getMessage(),
            more));
    return LATER;
  }

  private Duration lifetime(RouterResult result) {
    return switch (result) {
      case RouterResult.Refuse _, RouterResult.Later _ -> properties.cacheBad();
      case RouterResult.Deliver _,
          RouterResult.DeliverAs _,
          RouterResult.Rewrite _,
          RouterResult.Ask _,
          RouterResult.NoMatch _ ->
          properties.cacheGood();
    };
  }

  private RouterResult later(ForwardPath address, Throwable error) {
    switch (error) {
      case GateRefusedException busy -> {
        meters.busy();
        log.debug("address=<{}> is not looked up: {}", address, busy.getMessage());
      }
      default -> {
        meters.away();
        if (!isAway) { // told once
          isAway = true;
          log.warn(
              "address=<{}> mail waits, the database does not answer: {}",
              address,
              NestedExceptionUtils.getMostSpecificCause(error).toString());
        }
      }
    }
    return LATER;
  }
}
