package io.gatepost.rpc;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.springframework.http.client.reactive.ClientHttpConnector;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// One address of a service: its connections, its breaker, and the calls that are under way.
final class Instance {

  /// One that has just failed comes after all others.
  private static final Duration AFTER_A_FAILURE = Duration.ofSeconds(1);

  private static final int CLOSED = Integer.MIN_VALUE;

  private final String name;
  private final ClientHttpConnector connector;
  private final Breaker breaker;
  private final InstanceMeters.Counts counts;
  private final Runnable closing;
  private final AtomicInteger outstanding = new AtomicInteger();
  private volatile boolean retired;
  private volatile boolean failed;
  private volatile long failedAt;
  private volatile Consumer<Instance> unreachable = instance -> {};
  private volatile Runnable retirement = () -> {};

  /// @param name its address and port
  /// @param closing closes its connections; run when it is retired and the last call has ended
  Instance(
      String name,
      ClientHttpConnector connector,
      Breaker breaker,
      InstanceMeters.Counts counts,
      Runnable closing) {
    this.name = name;
    this.connector = connector;
    this.breaker = breaker;
    this.counts = counts;
    this.closing = closing;
  }

  String name() {
    return name;
  }

  ClientHttpConnector connector() {
    return connector;
  }

  Breaker breaker() {
    return breaker;
  }

  /// Calls that are under way.
  int outstanding() {
    return Math.max(0, outstanding.get());
  }

  /// Whether a connection of the latest call failed, a moment ago.
  boolean hasJustFailed() {
    return failed && System.nanoTime() - failedAt < AFTER_A_FAILURE.toNanos();
  }

  /// Is told where it cannot be reached.
  void onUnreachable(Consumer<Instance> listener) {
    unreachable = listener;
  }

  /// Is run when it gets no more calls.
  void onRetirement(Runnable listener) {
    retirement = listener;
  }

  /// Takes a place for a call; false where the breaker is open, or the instance is gone. Whoever
  /// has got one makes the call, by [#call].
  boolean tryEnter() {
    if (!begin()) {
      return false;
    }
    if (breaker.tryEnter()) {
      return true;
    }
    end();
    return false;
  }

  /// The same for a call that takes as long as its caller's content, which is made by [#stream].
  boolean tryEnterStream() {
    if (!begin()) {
      return false;
    }
    if (breaker.isClosedToStreams()) {
      end();
      return false;
    }
    return true;
  }

  <T> Mono<T> call(Mono<T> exchange) {
    return breaker
        .entered(exchange.contextWrite(context -> context.put(Instance.class, this)))
        .doOnSuccess(answer -> answered())
        .doOnError(this::failed)
        .doFinally(signal -> end());
  }

  <T> Mono<T> stream(Mono<T> exchange) {
    return exchange
        .contextWrite(context -> context.put(Instance.class, this))
        .doOnSuccess(answer -> answered())
        .doOnError(this::failed)
        .doFinally(signal -> end());
  }

  <T> Flux<T> stream(Flux<T> exchange) {
    return exchange
        .contextWrite(context -> context.put(Instance.class, this))
        .doOnComplete(this::answered)
        .doOnError(this::failed)
        .doFinally(signal -> end());
  }

  /// No new calls come: closes the connections when the last one has ended.
  void retire() {
    retired = true;
    retirement.run();
    closeIfIdle();
  }

  private boolean begin() {
    return outstanding.updateAndGet(now -> now < 0 ? CLOSED : now + 1) > 0;
  }

  private void end() {
    outstanding.decrementAndGet();
    if (retired) {
      closeIfIdle();
    }
  }

  private void closeIfIdle() {
    if (outstanding.compareAndSet(0, CLOSED)) {
      closing.run();
    }
  }

  private void answered() {
    failed = false;
    counts.answered();
  }

  private void failed(Throwable error) {
    if (!Breaker.isUnanswered(error)) {
      answered();
      return;
    }
    counts.failed();
    if (Breaker.isBrokenOff(error)) { // a time that is over may be the question's fault
      failedAt = System.nanoTime();
      failed = true;
    }
    if (Unsent.isIt(error)) {
      unreachable.accept(this);
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
