package io.gatepost.delivery.early;

import io.gatepost.contract.delivery.EarlyResult;
import io.gatepost.contract.delivery.EarlyResult.Why;
import io.gatepost.contract.delivery.EarlyTerms;
import io.gatepost.contract.envelope.DsnParameters.Notify;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.routing.Destination;
import io.gatepost.delivery.attempt.AttemptSink;
import io.gatepost.delivery.attempt.Attempts;
import io.gatepost.delivery.transport.AttemptRoom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/// Delivers messages while their clients wait (requirements F1 to F4), and keeps the attempts that
/// have not ended in the time that there was until their records are read. Safe for all threads.
public final class EarlyDelivery {

  /// A record that has not come by then never will: its client was told within minutes.
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(15);

  private final Attempts attempts;
  private final AttemptRoom room;
  private final Function<Destination.Smtp, Optional<Why>> hosts;
  private final int most;
  private final Scheduler scheduler;
  private final ConcurrentMap<QueueId, EarlyAttempt> underWay = new ConcurrentHashMap<>();
  private volatile boolean isStopping;

  /// @param hosts why mail for next hops would have to wait
  /// @param most attempts that may be under way, or wait for their records
  /// @param scheduler for the ends of budgets; nothing blocks it
  public EarlyDelivery(
      Attempts attempts,
      AttemptRoom room,
      Function<Destination.Smtp, Optional<Why>> hosts,
      int most,
      Scheduler scheduler) {
    this.attempts = attempts;
    this.room = room;
    this.hosts = hosts;
    this.most = most;
    this.scheduler = scheduler;
  }

  /// Attempts a message; see [io.gatepost.contract.delivery.Delivery#deliverNow].
  public Mono<EarlyResult> deliverNow(EnvelopeRecord message, EarlyTerms terms) {
    return Mono.defer(() ->
        against(message)
            .<Mono<EarlyResult>>map(why -> Mono.just(new EarlyResult.NotTried(why)))
            .orElseGet(() -> begin(message, terms)));
  }

  private Mono<EarlyResult> begin(EnvelopeRecord message, EarlyTerms terms) {
    QueueId id = message.envelope().id();
    EarlyAttempt attempt = new EarlyAttempt(message, this::against);
    EarlyAttempt known = underWay.putIfAbsent(id, attempt);
    if (known != null) {
      return known.result();
    }
    room.enter(message);
    AtomicBoolean isInRoom = new AtomicBoolean(true);
    Disposable budget =
        scheduler.schedule(attempt::budgetIsOver, terms.budget().toMillis(), TimeUnit.MILLISECONDS);
    Disposable wait =
        scheduler.schedule(
            () -> forget(id, attempt), LONGEST_WAIT.toMillis(), TimeUnit.MILLISECONDS);
    attempt.onEnd(() -> {
      budget.dispose();
      if (isInRoom.compareAndSet(true, false)) {
        room.leave(message);
      }
    });
    attempt.onSettled(() -> {
      wait.dispose();
      underWay.remove(id, attempt);
    });
    attempts.start(message, attempt.sink(), attempt);
    return attempt.result();
  }

  /// A message's record has been read: where its attempt was made early, that goes on.
  ///
  /// @param sink told of all that it comes to
  /// @return false where there is none, and one has to be begun
  public boolean join(QueueId id, AttemptSink sink) {
    EarlyAttempt attempt = underWay.remove(id);
    return attempt != null && attempt.join(sink);
  }

  /// Ends an attempt; see [io.gatepost.contract.delivery.Delivery#withdraw].
  public Mono<EarlyResult> withdraw(QueueId id) {
    return Mono.defer(() -> {
      EarlyAttempt attempt = underWay.get(id);
      return attempt == null
          ? Mono.just(new EarlyResult.NotTried(Why.UNKNOWN))
          : attempt.withdraw();
    });
  }

  /// Begins no more.
  public void stopAccepting() {
    isStopping = true;
  }

  /// Attempts under way, and those that wait for their records.
  public int running() {
    return underWay.size();
  }

  private void forget(QueueId id, EarlyAttempt attempt) {
    if (underWay.remove(id, attempt)) {
      attempt.withdraw().subscribe();
    }
  }

  private Optional<Why> against(EnvelopeRecord message) {
    if (isStopping) {
      return Optional.of(Why.STOPPING);
    }
    if (underWay.size() >= most || room.isFull()) {
      return Optional.of(Why.NO_ROOM);
    }
    boolean isNoticeWanted =
        message.envelope().recipients().stream()
            .anyMatch(each -> each.dsn().notifyOn().contains(Notify.SUCCESS));
    return isNoticeWanted ? Optional.of(Why.NOTICE_WANTED) : Optional.empty();
  }

  private Optional<Why> against(List<Destination> destinations) {
    for (Destination destination : destinations) {
      if (destination instanceof Destination.Smtp host) {
        Optional<Why> why = hosts.apply(host);
        if (why.isPresent()) {
          return why;
        }
      }
    }
    return Optional.empty();
  }
}
