package io.gatepost.scanner.schedule;

import io.gatepost.scanner.plan.ScanOutcome.Failure;
import io.gatepost.scanner.scan.ScannerFailedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.timelimiter.TimeLimiter;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/// Circuit breaker and time limiter of one scanner, around each of its scans. Failures are those of
/// [ScannerFailedException] and scans that take too long; an answer of any kind shows that the
/// scanner lives. Content that cannot be read, and scans that were cancelled, do not count.
public final class ScannerBreaker {

  private static final Logger log = LoggerFactory.getLogger(ScannerBreaker.class);

  /// [#level()] of one that is open.
  static final int OPEN = 2;

  private final CircuitBreaker circuit;
  private final TimeLimiter limiter;

  public ScannerBreaker(CircuitBreaker circuit, TimeLimiter limiter) {
    this.circuit = circuit;
    this.limiter = limiter;
    circuit
        .getEventPublisher()
        .onStateTransition(event ->
            log.warn("{} breaker {}", circuit.getName(), event.getStateTransition().getToState()));
  }

  /// How long a scan may take.
  public Duration limit() {
    return limiter.getTimeLimiterConfig().getTimeoutDuration();
  }

  /// The state in the words of Resilience4j, such as `closed`.
  public String state() {
    return circuit.getState().name().toLowerCase(Locale.ROOT);
  }

  /// 0 closed, 1 half open, 2 open.
  int level() {
    return switch (circuit.getState()) {
      case CLOSED, DISABLED, METRICS_ONLY -> 0;
      case HALF_OPEN -> 1;
      case OPEN, FORCED_OPEN -> OPEN;
    };
  }

  /// Calls back whenever it opens.
  void onOpen(Runnable action) {
    circuit
        .getEventPublisher()
        .onStateTransition(event -> {
          if (event.getStateTransition().getToState() == CircuitBreaker.State.OPEN) {
            action.run();
          }
        });
  }

  /// Whether scans are refused now. Asking for a permission ends the open state once its time is
  /// over.
  public boolean isOpen() {
    if (circuit.tryAcquirePermission()) {
      circuit.releasePermission();
      return false;
    }
    return circuit.getState() != CircuitBreaker.State.HALF_OPEN;
  }

  /// Makes a scan that ends within the limit. Fails with [NotAskedException] where the breaker is
  /// open: then it does not begin.
  <T> Mono<T> guard(Mono<T> scan) {
    return Mono.defer(() -> {
      if (!circuit.tryAcquirePermission()) {
        return Mono.error(refusal());
      }
      Pending pending = new Pending();
      return scan.timeout(limit())
          .doOnSuccess(_ -> pending.answered())
          .doOnError(pending::failed)
          .doOnCancel(pending::saysNothing);
    });
  }

  NotAskedException refusal() {
    return new NotAskedException(
        Failure.LEFT_ALONE, "it has failed too often, and is left alone for now");
  }

  /// A scan that was let through, counted once.
  private final class Pending {

    private final long began = System.nanoTime();
    private final AtomicBoolean counted = new AtomicBoolean();

    void answered() {
      if (counted.compareAndSet(false, true)) {
        circuit.onSuccess(System.nanoTime() - began, TimeUnit.NANOSECONDS);
        limiter.onSuccess();
      }
    }

    void failed(Throwable error) {
      if (!(error instanceof ScannerFailedException) && !(error instanceof TimeoutException)) {
        saysNothing();
      } else if (counted.compareAndSet(false, true)) {
        circuit.onError(System.nanoTime() - began, TimeUnit.NANOSECONDS, error);
        limiter.onError(error);
      }
    }

    void saysNothing() {
      if (counted.compareAndSet(false, true)) {
        circuit.releasePermission();
      }
    }
  }
}
