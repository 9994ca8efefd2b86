package io.gatepost.delivery.early;

import io.gatepost.contract.delivery.EarlyResult;
import io.gatepost.contract.delivery.EarlyResult.Why;
import io.gatepost.contract.delivery.EarlyTerms;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.event.RecipientOutcome.Failed;
import io.gatepost.delivery.attempt.AttemptSink;
import io.gatepost.delivery.attempt.Attempts;
import io.gatepost.delivery.transport.AttemptRoom;
import io.gatepost.rpc.trace.Span;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/// Delivers messages while their clients wait (requirements F1 to F4), and keeps the attempts that
/// have not ended in the time that there was until their records are read. Safe for all threads.
public final class EarlyDelivery implements AutoCloseable {

  /// A record that has not come by then never will: its client was told within minutes.
  static final Duration LONGEST_WAIT = Duration.ofMinutes(15);

  static final Duration LOOK = Duration.ofSeconds(10);

  /// Verification learns of refusals before the client does, where it does not take longer.
  private static final Duration TELLING = Duration.ofMillis(500);

  private final Attempts attempts;
  private final AttemptRoom room;
  private final Hosts hosts;
  private final EarlyAdmission admission;
  private final Surroundings surroundings;
  private final Scheduler scheduler;
  private final LongSupplier nanos;
  private final EarlyMeters meters;
  private final ConcurrentMap<QueueId, Call> underWay = new ConcurrentHashMap<>();
  private final EndedAttempts ended;
  private final ReadRecords read = new ReadRecords();
  private final Disposable look;

  /// The next hops.
  ///
  /// @param rules for which domains less is wanted than a client can wait
  /// @param refusalsTold done once verification has been told what has been heard at RCPT
  public record Hosts(NextHops nextHops, EarlyRules rules, Supplier<Mono<Void>> refusalsTold) {}

  /// An attempt, and since when it is made.
  private record Call(EarlyAttempt attempt, long sinceNanos) {}

  /// @param most attempts that may be under way, or wait for their records
  /// @param scheduler for the ends of budgets; nothing blocks it
  /// @param nanos a monotonic clock
  public EarlyDelivery(
      Attempts attempts,
      AttemptRoom room,
      Hosts hosts,
      int most,
      Scheduler scheduler,
      LongSupplier nanos,
      EarlyMeters meters) {
    this.attempts = attempts;
    this.room = room;
    this.hosts = hosts;
    this.scheduler = scheduler;
    this.nanos = nanos;
    this.meters = meters;
    this.admission = new EarlyAdmission(room, most);
    this.surroundings = new EarlySurroundings(hosts.nextHops(), new ToldRefusals(nanos), meters);
    this.ended = new EndedAttempts(LONGEST_WAIT.toNanos(), EndedAttempts.MAX_RECIPIENTS, nanos);
    long seconds = LOOK.toSeconds();
    this.look = scheduler.schedulePeriodically(this::look, seconds, seconds, TimeUnit.SECONDS);
  }

  /// Attempts a message; see [io.gatepost.contract.delivery.Delivery#deliverNow].
  public Mono<EarlyResult> deliverNow(EnvelopeRecord message, EarlyTerms terms) {
    return Mono.deferContextual(context -> {
      Optional<Why> against = admission.against(message.envelope(), underWay.size());
      if (against.isPresent()) {
        return notTried(message, against.get());
      }
      Optional<Duration> budget = hosts.rules().budget(message.envelope(), terms.budget());
      if (budget.isEmpty()) {
        return notTried(message, Why.NOT_WANTED);
      }
      EarlyAttempt attempt = new EarlyAttempt(message, surroundings, Span.of(context));
      Call call = new Call(attempt, nanos.getAsLong());
      QueueId id = message.envelope().id();
      Call known = underWay.putIfAbsent(id, call);
      if (known != null) {
        return Mono.fromFuture(known.attempt().answer(), true);
      }
      room.enter(message);
      Optional<Why> late = tooLate(id);
      if (late.isPresent()) {
        remove(id, call);
        attempt.giveUp(late.get());
        return Mono.fromFuture(attempt.answer(), true);
      }
      return begin(call, budget.get(), budget.get().compareTo(terms.budget()) < 0);
    });
  }

  /// Why an attempt must not begin although it could a moment ago: the call was made before, or was
  /// held up on its way; or [#own] and [#stopAccepting] have not found it among those under way.
  private Optional<Why> tooLate(QueueId id) {
    return read.has(id) || ended.of(id).isPresent()
        ? Optional.of(Why.UNKNOWN)
        : admission.closedTo(id);
  }

  private Mono<EarlyResult> notTried(EnvelopeRecord message, Why why) {
    EarlyResult result = new EarlyResult.NotTried(why);
    surroundings.told(message.envelope(), result, Cause.NONE);
    return Mono.just(result);
  }

  private Mono<EarlyResult> begin(Call call, Duration longest, boolean isCut) {
    EarlyAttempt attempt = call.attempt();
    Disposable budget =
        scheduler.schedule(
            () -> attempt.budgetIsOver(isCut), longest.toMillis(), TimeUnit.MILLISECONDS);
    attempt
        .answer()
        .whenComplete((_, _) -> {
          budget.dispose();
          meters.took(nanos.getAsLong() - call.sinceNanos());
        });
    attempt.end().whenComplete((_, _) -> ended(call));
    attempts.start(attempt.message(), attempt.sink(), attempt);
    return Mono.fromFuture(attempt.answer(), true)
        .doOnCancel(attempt::callIsLost)
        .flatMap(this::onceRefusalsAreTold);
  }

  private void ended(Call call) {
    if (!call.attempt().awaitsRecord()) {
      settle(call);
    }
  }

  /// A client that comes again hears of refusals at RCPT, where verification can know of them.
  private Mono<EarlyResult> onceRefusalsAreTold(EarlyResult result) {
    return result instanceof EarlyResult.TryLater(var outcomes)
            && outcomes.stream().anyMatch(Failed.class::isInstance)
        ? hosts
            .refusalsTold()
            .get()
            .timeout(TELLING, scheduler)
            .onErrorComplete()
            .thenReturn(result)
        : Mono.just(result);
  }

  /// A message's record has been read: where its attempt was made early, that goes on.
  ///
  /// @param sink told of all that it comes to
  /// @return where an attempt has to be begun, those who have their copies by an early one; empty
  ///   where none has to be
  public Optional<List<RecipientOutcome>> join(QueueId id, AttemptSink sink) {
    read.add(id);
    Call call = underWay.get(id);
    if (call != null && remove(id, call)) {
      boolean wasOver = call.attempt().isOver();
      boolean isJoined = call.attempt().join(sink);
      EarlyMeters.Join join = wasOver ? EarlyMeters.Join.ENDED : EarlyMeters.Join.RUNNING;
      joined(id, isJoined ? join : EarlyMeters.Join.BROKEN_OFF);
      return isJoined ? Optional.empty() : Optional.of(served(call.attempt()));
    }
    Optional<EndedAttempts.Ended> known = ended.of(id);
    if (known.isEmpty()) {
      return Optional.of(List.of());
    }
    joined(id, EarlyMeters.Join.REMEMBERED);
    if (known.get().isAll()) {
      sink.delivered(known.get().served());
      return Optional.empty();
    }
    return Optional.of(known.get().served());
  }

  private void joined(QueueId id, EarlyMeters.Join join) {
    meters.joined(join);
    EarlyLog.joined(id, join);
  }

  /// Ends an attempt; see [io.gatepost.contract.delivery.Delivery#withdraw].
  public Mono<EarlyResult> withdraw(QueueId id) {
    return Mono.defer(
            () -> {
              Call call = underWay.get(id);
              if (call == null) {
                return Mono.just(
                    ended
                        .of(id)
                        .map(EndedAttempts.Ended::result)
                        .orElse(new EarlyResult.NotTried(Why.UNKNOWN)));
              }
              Mono<EarlyResult> end = Mono.fromFuture(call.attempt().withdraw(), true);
              if (call.attempt().isOver()) {
                settle(call);
              }
              return end;
            })
        .doOnNext(result -> EarlyLog.withdrawn(id, result));
  }

  /// The parts of the log that are read here: a record of another would not find its attempt.
  /// Attempts of those are broken off where nobody can have the message.
  public void own(Set<Integer> mine) {
    admission.own(mine);
    for (Call call : underWay.values()) {
      if (!mine.contains(call.attempt().envelope().id().partition())) {
        call.attempt().giveUp(Why.ELSEWHERE);
      }
    }
  }

  /// Begins no more, and breaks off what nobody can have got.
  public void stopAccepting() {
    admission.stop();
    underWay.values().forEach(call -> call.attempt().giveUp(Why.STOPPING));
  }

  /// Attempts under way, and those that wait for their records.
  public int running() {
    return underWay.size();
  }

  /// Attempts that are not the queue's yet, whose next hops may have the message, or get it.
  public long going() {
    return underWay.values().stream().filter(call -> call.attempt().isGoing()).count();
  }

  @Override
  public void close() {
    look.dispose();
  }

  /// Forgets those whose records never came.
  private void look() {
    hosts.nextHops().forget();
    for (Call call : underWay.values()) {
      if (nanos.getAsLong() - call.sinceNanos() > LONGEST_WAIT.toNanos()) {
        call.attempt().withdraw();
        settle(call);
        meters.forgotten();
        EarlyLog.forgotten(call.attempt().envelope(), call.attempt().outcomes());
      }
    }
  }

  /// Keeps no more of an attempt than whom it has served: first of all that, so that its record
  /// finds one or the other.
  private void settle(Call call) {
    QueueId id = call.attempt().envelope().id();
    boolean isOver = call.attempt().isOver();
    ended.add(id, call.attempt().outcomes(), isOver);
    remove(id, call);
  }

  private boolean remove(QueueId id, Call call) {
    boolean isRemoved = underWay.remove(id, call);
    if (isRemoved) {
      room.leave(call.attempt().message());
    }
    return isRemoved;
  }

  private static List<RecipientOutcome> served(EarlyAttempt attempt) {
    return attempt.outcomes().stream().filter(RecipientOutcome::isServed).toList();
  }
}
