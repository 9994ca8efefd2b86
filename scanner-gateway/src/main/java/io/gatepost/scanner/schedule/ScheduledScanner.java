package io.gatepost.scanner.schedule;

import io.gatepost.contract.rpc.Known;
import io.gatepost.gate.Gate;
import io.gatepost.scanner.cache.VerdictCache;
import io.gatepost.scanner.cache.VerdictKey;
import io.gatepost.scanner.plan.ScanOutcome;
import io.gatepost.scanner.plan.ScanOutcome.Failure;
import io.gatepost.scanner.plan.ScannerRule;
import io.gatepost.scanner.scan.ScanJob;
import io.gatepost.scanner.scan.Scanner;
import io.gatepost.scanner.scan.ScannerAnswer;
import io.gatepost.scanner.scan.ScannerFailedException;
import io.gatepost.scanner.scan.ScannerFailedException.Kind;
import io.gatepost.scanner.schedule.ScannerMeters.CacheAnswer;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/// One scanner with its slots: a bounded number of scans at a time, a short wait in the order of
/// the senders' classes, a breaker and a limit on each scan, and what is known from earlier scans.
///
/// A scan for the cache goes on when its client has left, within its limit; one that waits for its
/// slot is dropped then, and so are scans under way that nobody waits for when the breaker opens. A
/// scan that is not for the cache ends with its client. A scan that was cancelled holds its slot
/// until the scanner works no more for it (clamd scans on).
public final class ScheduledScanner implements AutoCloseable {

  private final ScannerRule rule;
  private final Scanner scanner;
  private final Gate slots;
  private final Duration maxWait;
  private final ScannerBreaker breaker;
  private final VersionWatch version;
  private final VerdictCache cache;
  private final ScannerMeters meters;
  private final FailureLog failureLog;
  private final ScanTimes times = new ScanTimes(System::nanoTime);
  private final Map<VerdictKey, RunningScan> shared = new ConcurrentHashMap<>();
  private final Set<RunningScan> running = ConcurrentHashMap.newKeySet();

  /// How those who wait for a slot are told that they need not.
  private final Set<Runnable> waiters = ConcurrentHashMap.newKeySet();

  /// @param maxWait how long a scan waits for a slot at most
  public ScheduledScanner(
      ScannerRule rule,
      Scanner scanner,
      Gate slots,
      Duration maxWait,
      ScannerBreaker breaker,
      VersionWatch version,
      VerdictCache cache,
      ScannerMeters meters) {
    this.rule = rule;
    this.scanner = scanner;
    this.slots = slots;
    this.maxWait = maxWait;
    this.breaker = breaker;
    this.version = version;
    this.cache = cache;
    this.meters = meters;
    this.failureLog = new FailureLog(rule.name(), System::nanoTime);
    breaker.onOpen(() -> {
      running.forEach(RunningScan::stopIfLeft);
      waiters.forEach(Runnable::run);
    });
  }

  /// Follows the scanner's version from now on.
  public void start() {
    version.start(cache::clear);
  }

  @Override
  public void close() {
    version.close();
  }

  public ScannerRule rule() {
    return rule;
  }

  public Gate slots() {
    return slots;
  }

  public ScannerBreaker breaker() {
    return breaker;
  }

  public VersionWatch version() {
    return version;
  }

  public ScannerMeters meters() {
    return meters;
  }

  /// Asks the scanner. Fails only where the content cannot be read: what the scanner cannot do is
  /// an outcome. An answer that costs nothing to wait for is there at once, and takes no slot.
  public Mono<ScanOutcome> ask(ScanQuestion question) {
    long began = System.nanoTime();
    Mono<ScannerAnswer> scan = scan(question.job());
    ScannerAnswer atOnce = Known.value(scan);
    if (atOnce != null) {
      long took = System.nanoTime() - began;
      meters.scanned(took);
      return Mono.just(new ScanOutcome(new ScanOutcome.Answered(atOnce, false), nanos(took)));
    }
    return Mono.deferContextual(context ->
        answered(new Asking(question, scan, Patience.of(context)))
            .onErrorResume(
                ScanFailures::isOne, error -> Mono.just(ScanFailures.of(error, breaker.limit())))
            .map(result -> new ScanOutcome(result, nanos(System.nanoTime() - began)))
            .doOnNext(outcome -> note(question, outcome)));
  }

  private Mono<ScannerAnswer> scan(ScanJob job) {
    try {
      return scanner.scan(job);
    } catch (RuntimeException e) {
      return Mono.error(e);
    }
  }

  private Mono<ScanOutcome.Result> answered(Asking asking) {
    Optional<String> known = version.version();
    if (known.isEmpty() || !cache.isUsed()) {
      return inSlot(asking, null);
    }
    return asking
        .question()
        .digest()
        .flatMap(digest -> {
          VerdictKey key =
              digest
                  .map(content ->
                      VerdictCache.key(
                          known.get(),
                          content,
                          scanner.scope(),
                          asking.question().job().envelope()))
                  .orElse(null);
          Mono<ScanOutcome.Result> remembered = key == null ? null : remembered(asking, key);
          return remembered != null ? remembered : inSlot(asking, key);
        });
  }

  /// Result of a slot.
  private sealed interface Step {
    record Done(ScanOutcome.Result result) implements Step {}

    /// The same is being scanned: its slot is not needed.
    record Join(RunningScan other) implements Step {}
  }

  /// A scan, once there is a slot. The slot is held until the scanner works no more for it.
  ///
  /// @param key under which the answer is kept; null where it is not
  private Mono<ScanOutcome.Result> inSlot(Asking asking, @Nullable VerdictKey key) {
    if (breaker.isOpen()) {
      return Mono.error(breaker.refusal());
    }
    return Mono.<Step>defer(
            () -> {
              RunningScan own = new RunningScan();
              Sinks.One<Step> step = Sinks.one();
              long since = System.nanoTime();
              Disposable waiting =
                  slots
                      .<Void>callToEnd(
                          asking.waiting(estimate(asking), maxWait),
                          () -> told(begun(asking, since, () -> step(asking, key, own)), step))
                      .subscribe(_ -> {}, step::tryEmitError);
              Runnable refusal =
                  () -> {
                    if (!own.hasBegun()) {
                      waiting.dispose();
                      step.tryEmitError(breaker.refusal());
                    }
                  };
              waiters.add(refusal);
              return step.asMono()
                  .doFinally(_ -> waiters.remove(refusal))
                  .doOnCancel(() -> {
                    waiting.dispose(); // goes on where it has begun
                    own.leave(key == null || isGivenUp());
                  });
            })
        .flatMap(step ->
            switch (step) {
              case Step.Done(var result) -> Mono.just(result);
              case Step.Join(var other) -> joined(other);
            });
  }

  /// Tells the caller, and ends when the slot is free.
  private Mono<Void> told(Mono<Step> work, Sinks.One<Step> caller) {
    return work.doOnNext(caller::tryEmitValue)
        .then()
        .onErrorResume(error -> {
          caller.tryEmitError(error);
          return ScanFailures.wasCancelled(error) ? scanner.settled() : Mono.empty();
        });
  }

  /// By the time that there is a slot, somebody else may have got the answer, or be at it.
  private Mono<Step> step(Asking asking, @Nullable VerdictKey key, RunningScan own) {
    own.begin();
    if (key != null && asking.question().mayBeRemembered()) {
      VerdictCache.Verdict verdict = cache.get(key);
      if (verdict != null) {
        return Mono.just(new Step.Done(hit(verdict)));
      }
      RunningScan other = shared.putIfAbsent(key, own);
      if (other != null) {
        return Mono.just(new Step.Join(other));
      }
    }
    if (key != null) {
      meters.asked(CacheAnswer.MISS);
    }
    running.add(own);
    long began = System.nanoTime();
    return own.run(timed(asking, breaker.guard(asking.scan())))
        .doOnNext(answer -> {
          if (key != null) {
            cache.put(key, answer, nanos(System.nanoTime() - began));
          }
        })
        .<Step>map(answer -> new Step.Done(new ScanOutcome.Answered(answer, false)))
        .doFinally(_ -> {
          running.remove(own);
          if (key != null) {
            shared.remove(key, own);
          }
        });
  }

  /// Whether a scan that nobody waits for is to stop.
  private boolean isGivenUp() {
    return breaker.level() == ScannerBreaker.OPEN;
  }

  private @Nullable Mono<ScanOutcome.Result> remembered(Asking asking, VerdictKey key) {
    if (!asking.question().mayBeRemembered()) {
      return null;
    }
    VerdictCache.Verdict verdict = cache.get(key);
    if (verdict != null) {
      return Mono.just(hit(verdict));
    }
    RunningScan other = shared.get(key);
    return other == null ? null : joined(other);
  }

  private ScanOutcome.Result hit(VerdictCache.Verdict verdict) {
    meters.asked(CacheAnswer.HIT);
    meters.saved(verdict.took());
    return new ScanOutcome.Answered(verdict.answer(), true);
  }

  private Mono<ScanOutcome.Result> joined(RunningScan other) {
    meters.asked(CacheAnswer.JOINED);
    return other.join(this::isGivenUp).map(answer -> new ScanOutcome.Answered(answer, true));
  }

  /// The work of a slot, which is not begun where the client would not wait for its end.
  private Mono<Step> begun(Asking asking, long since, Supplier<Mono<Step>> work) {
    meters.waited(System.nanoTime() - since);
    return asking.patience().lasts(estimate(asking))
        ? work.get()
        : Mono.error(
            new NotAskedException(Failure.BUSY, "its client would not wait for the answer"));
  }

  private Mono<ScannerAnswer> timed(Asking asking, Mono<ScannerAnswer> scan) {
    return Mono.defer(() -> {
      long began = System.nanoTime();
      return scan.switchIfEmpty(
              Mono.error(() -> new ScannerFailedException(Kind.GARBLED, "it says nothing")))
          .doOnSuccess(_ -> took(asking, System.nanoTime() - began))
          .doOnError(TimeoutException.class, _ -> took(asking, System.nanoTime() - began));
    });
  }

  private long estimate(Asking asking) {
    return times.estimate(asking.question().octets());
  }

  private void took(Asking asking, long nanos) {
    times.add(asking.question().octets(), nanos);
    meters.scanned(nanos);
  }

  private void note(ScanQuestion question, ScanOutcome outcome) {
    if (outcome.result() instanceof ScanOutcome.Failed failed) {
      meters.failed(failed.failure());
      failureLog.failed(question.job().id(), failed);
    }
  }

  private static Duration nanos(long nanos) {
    return Duration.ofNanos(nanos);
  }
}
