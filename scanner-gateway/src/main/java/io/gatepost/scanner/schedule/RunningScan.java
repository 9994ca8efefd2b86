package io.gatepost.scanner.schedule;

import io.gatepost.scanner.scan.ScannerAnswer;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/// A scan that has begun, for the cache and for all who ask the same. It goes on when they have
/// left, unless it is told to stop then.
final class RunningScan {

  private final Sinks.One<ScannerAnswer> result = Sinks.one();
  private final Sinks.Empty<Void> stop = Sinks.empty();

  private volatile boolean begun;

  /// The one that began it among them.
  private final AtomicInteger callers = new AtomicInteger(1);

  /// Whether it has its slot.
  boolean hasBegun() {
    return begun;
  }

  /// It has its slot.
  void begin() {
    begun = true;
  }

  /// The scan itself, and its end for those who have joined it.
  Mono<ScannerAnswer> run(Mono<ScannerAnswer> scan) {
    return scan.takeUntilOther(stop.asMono())
        .switchIfEmpty(
            Mono.error(() -> new CancellationException("given up, as nobody waits for it")))
        .doOnSuccess(result::tryEmitValue)
        .doOnError(result::tryEmitError);
  }

  /// The answer, for one more caller.
  ///
  /// @param isGivenUp whether the scan is to stop when the last caller leaves
  Mono<ScannerAnswer> join(BooleanSupplier isGivenUp) {
    return Mono.defer(() -> {
      callers.incrementAndGet();
      return result.asMono().doOnCancel(() -> leave(isGivenUp.getAsBoolean()));
    });
  }

  /// One caller does not wait any more.
  void leave(boolean isGivenUp) {
    if (callers.decrementAndGet() <= 0 && isGivenUp) {
      stop.tryEmitEmpty();
    }
  }

  /// Ends it unless somebody waits for it.
  void stopIfLeft() {
    if (callers.get() <= 0) {
      stop.tryEmitEmpty();
    }
  }
}
