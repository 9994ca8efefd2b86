package io.gatepost.rpc;

import io.gatepost.contract.rpc.Deadline;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.timelimiter.TimeLimiter;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.reactive.function.client.WebClientRequestException;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

/// The circuit breaker and the time limiter of one address of a service. A call fails where no
/// answer comes in time or the connection fails; any answer shows that the service lives, be it a
/// refusal. While the breaker is open, calls fail with `UNAVAILABLE` and are not sent.
final class Breaker {

  private static final Logger log = LoggerFactory.getLogger(Breaker.class);

  private final CircuitBreaker circuit;
  private final TimeLimiter limiter;

  Breaker(CircuitBreaker circuit, TimeLimiter limiter) {
    this.circuit = circuit;
    this.limiter = limiter;
    circuit
        .getEventPublisher()
        .onStateTransition(event ->
            log.warn(
                "service={} breaker {}",
                circuit.getName(),
                event.getStateTransition().getToState()));
  }

  /// How long a call may take whose caller has set no earlier deadline.
  Duration limit() {
    return limiter.getTimeLimiterConfig().getTimeoutDuration();
  }

  /// Lets a call through, which is then made by [#entered]; false where calls are not to be sent.
  boolean tryEnter() {
    return circuit.tryAcquirePermission();
  }

  /// Makes a call that was let through. It ends within the limit or the caller's deadline.
  <T> Mono<T> entered(Mono<T> call) {
    return Mono.deferContextual(context -> {
      Pending pending = new Pending(context);
      return Deadline.within(limit(), call)
          .doOnSuccess(answer -> pending.answered())
          .doOnError(pending::failed)
          .doOnCancel(pending::cancelled);
    });
  }

  /// Whether calls that take as long as their callers' content are not to be sent. Those are
  /// refused like any other, but tell nothing of the service: one that takes minutes would hold a
  /// trial of a breaker that is half open.
  ///
  /// Asking for a permission ends the open state once its time is over.
  boolean isClosedToStreams() {
    if (circuit.tryAcquirePermission()) {
      circuit.releasePermission();
      return false;
    }
    return circuit.getState() != CircuitBreaker.State.HALF_OPEN;
  }

  /// Whether it is open, with nothing changed by the question.
  boolean isOpen() {
    return circuit.getState() == CircuitBreaker.State.OPEN
        || circuit.getState() == CircuitBreaker.State.FORCED_OPEN;
  }

  /// The failure of a call that is not sent.
  RpcException refusal() {
    return new RpcException(
        RpcStatus.UNAVAILABLE, circuit.getName() + " has not answered, and is left alone for now");
  }

  /// A call that was let through, counted once.
  private final class Pending {

    private final ContextView context;
    private final long began = System.nanoTime();
    private final AtomicBoolean counted = new AtomicBoolean();

    Pending(ContextView context) {
      this.context = context;
    }

    void answered() {
      if (counted.compareAndSet(false, true)) {
        circuit.onSuccess(System.nanoTime() - began, TimeUnit.NANOSECONDS);
        limiter.onSuccess();
      }
    }

    void failed(Throwable error) {
      if (!isUnanswered(error)) {
        answered();
      } else if (counted.compareAndSet(false, true)) {
        circuit.onError(System.nanoTime() - began, TimeUnit.NANOSECONDS, error);
        limiter.onError(isTimeout(error) ? new TimeoutException(error.getMessage()) : error);
      }
    }

    /// A caller whose time is over has waited in vain. One that goes away before says nothing.
    void cancelled() {
      if (Deadline.isOver(context)) {
        failed(new RpcException(RpcStatus.DEADLINE_EXCEEDED, "the caller's time is over"));
      } else if (counted.compareAndSet(false, true)) {
        circuit.releasePermission();
      }
    }
  }

  /// Whether the connection failed before there was an answer.
  static boolean isBrokenOff(Throwable error) {
    return isUnanswered(error) && !isTimeout(error);
  }

  /// Whether there was no answer.
  static boolean isUnanswered(Throwable error) {
    return isTimeout(error)
        || error instanceof WebClientRequestException
        || error instanceof IOException;
  }

  private static boolean isTimeout(Throwable error) {
    return error instanceof TimeoutException
        || error instanceof RpcException rpc && rpc.status() == RpcStatus.DEADLINE_EXCEEDED;
  }
}
