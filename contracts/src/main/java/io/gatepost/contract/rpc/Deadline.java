package io.gatepost.contract.rpc;

import java.time.Duration;
import java.util.concurrent.TimeoutException;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

/// The time that a call has left. It travels in the Reactor context inside a process and in the
/// `grpc-timeout` header between processes; past it the caller gets `DEADLINE_EXCEEDED` and the
/// callee is cancelled.
public final class Deadline {

  static final String HEADER = "grpc-timeout";
  private static final Class<Deadline> KEY = Deadline.class;

  /// A header may say up to 11,000 years, which no timer can count.
  private static final Duration LONGEST = Duration.ofDays(1);

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
  static boolean isSet(ContextView context) {
    return context.hasKey(KEY);
  }

  /// The time left in this context, at most the given time.
  static Duration left(ContextView context, Duration atMost) {
    if (!context.hasKey(KEY)) {
      return atMost;
    }
    Deadline deadline = context.get(KEY);
    Duration left = Duration.ofNanos(Math.max(1, deadline.nanoTime - System.nanoTime()));
    return left.compareTo(atMost) < 0 ? left : atMost;
  }

  /// The header's form: a number and its unit (gRPC over HTTP2, "Timeout").
  static String header(Duration left) {
    return Math.clamp(left.toMillis(), 1, 99_999_999) + "m";
  }

  /// Reads the header's form; throws [RpcException] where it is none.
  static Duration ofHeader(String header) {
    if (!header.matches("\\d{1,8}[HMSmun]")) {
      throw new RpcException(
          RpcStatus.INVALID_ARGUMENT, HEADER + ": \"" + header + "\" (expected: such as 1500m)");
    }
    long amount = Long.parseLong(header.substring(0, header.length() - 1));
    Duration time =
        switch (header.charAt(header.length() - 1)) {
          case 'H' -> Duration.ofHours(amount);
          case 'M' -> Duration.ofMinutes(amount);
          case 'S' -> Duration.ofSeconds(amount);
          case 'm' -> Duration.ofMillis(amount);
          case 'u' -> Duration.ofNanos(amount * 1000);
          default -> Duration.ofNanos(amount);
        };
    return time.compareTo(LONGEST) > 0 ? LONGEST : time;
  }

  private static RpcException exceeded(Duration time, TimeoutException cause) {
    return new RpcException(
        RpcStatus.DEADLINE_EXCEEDED, "no answer in " + time.toMillis() + " ms", cause);
  }
}
