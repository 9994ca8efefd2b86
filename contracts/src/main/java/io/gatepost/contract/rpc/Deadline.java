package io.gatepost.contract.rpc;

import java.time.Duration;
import java.util.concurrent.TimeoutException;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

/// The time that a call has left. It travels in the Reactor context, and between processes in a
/// header; past it the caller gets `DEADLINE_EXCEEDED` and the callee is cancelled.
public final class Deadline {

  private static final Class<Deadline> KEY = Deadline.class;

  /// Timers of one deadline at several places fire in any order, this close to each other.
  private static final Duration CLOSE = Duration.ofMillis(20);

  private final long nanoTime;

  private Deadline(long nanoTime) {
    this.nanoTime = nanoTime;
  }

  /// Bounds a call to a port; a shorter deadline that the caller already has stays in force.
  public static <T> Mono<T> within(Duration time, Mono<T> call) {
    if (Known.isKnown(call)) {
      return call; // the answer is already there: nothing to wait for, no timer to set
    }
    return Mono.deferContextual(context -> {
      Duration left = left(context, time);
      return call.timeout(left)
          .onErrorMap(TimeoutException.class, e -> exceeded(left, e))
          .contextWrite(inner -> inner.put(KEY, new Deadline(System.nanoTime() + left.toNanos())));
    });
  }

  /// The call without the deadline of whoever subscribes first, for work that several share or that
  /// outlives its caller (requirement D9).
  public static <T> Mono<T> detached(Mono<T> call) {
    return Known.isKnown(call) ? call : call.contextWrite(context -> context.delete(KEY));
  }

  /// Whether somebody has set a deadline.
  public static boolean isSet(ContextView context) {
    return context.hasKey(KEY);
  }

  /// Whether a deadline was set and has passed.
  public static boolean isOver(ContextView context) {
    return context.hasKey(KEY)
        && context.<Deadline>get(KEY).nanoTime - System.nanoTime() <= CLOSE.toNanos();
  }

  /// The time left in this context, at most the given time.
  public static Duration left(ContextView context, Duration atMost) {
    if (!context.hasKey(KEY)) {
      return atMost;
    }
    Deadline deadline = context.get(KEY);
    Duration left = Duration.ofNanos(Math.max(1, deadline.nanoTime - System.nanoTime()));
    return left.compareTo(atMost) < 0 ? left : atMost;
  }

  private static RpcException exceeded(Duration time, TimeoutException cause) {
    return new RpcException(
        RpcStatus.DEADLINE_EXCEEDED, "no answer in " + time.toMillis() + " ms", cause);
  }
}
