package io.gatepost.rpc;

import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Watches a stream that goes at its reader's speed: the time in which the reader has asked for
/// more and nothing has come is bounded, however slowly he reads.
final class StallGuard {

  private static final int LOOKS = 4;

  private final AtomicLong wanted = new AtomicLong();
  private volatile long waitingSince = System.nanoTime();
  private volatile boolean stalled;

  private StallGuard() {}

  /// The same stream, which fails with [TimeoutException] where it stalls.
  static <T> Flux<T> within(Duration timeout, Flux<T> stream) {
    return Flux.defer(() -> {
      StallGuard guard = new StallGuard();
      Flux<Long> stalled =
          Flux.interval(timeout.dividedBy(LOOKS))
              .filter(look -> guard.isStalled(timeout))
              .doOnNext(look -> guard.stalled = true);
      // An error of the other would end this one without cancelling the stream.
      return stream
          .doOnRequest(guard::wants)
          .doOnNext(item -> guard.gets())
          .takeUntilOther(stalled)
          .concatWith(Mono.defer(guard::end));
    });
  }

  private void wants(long more) {
    waitingSince = System.nanoTime();
    wanted.accumulateAndGet(more, (all, n) -> all + n < 0 ? Long.MAX_VALUE : all + n);
  }

  private void gets() {
    waitingSince = System.nanoTime();
    wanted.updateAndGet(all -> all == Long.MAX_VALUE ? all : all - 1);
  }

  private <T> Mono<T> end() {
    return stalled ? Mono.error(new TimeoutException("stalled")) : Mono.empty();
  }

  private boolean isStalled(Duration timeout) {
    return wanted.get() > 0 && System.nanoTime() - waitingSince > timeout.toNanos();
  }
}
