package io.gatepost.edge.intake;

import io.gatepost.contract.delivery.Delivery;
import io.gatepost.contract.rpc.Deadline;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Asks delivery every second how many messages owe a scan.
public final class LateScanWatch implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(LateScanWatch.class);
  private static final Duration EVERY = Duration.ofSeconds(1);
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final Delivery delivery;
  private final LateScanLimit limit;
  private final Disposable asking;
  private boolean isAway;

  private LateScanWatch(Delivery delivery, LateScanLimit limit) {
    this.delivery = delivery;
    this.limit = limit;
    this.asking =
        Flux.interval(Duration.ZERO, EVERY)
            .onBackpressureDrop()
            .concatMap(tick -> ask(), 1)
            .subscribe();
  }

  /// Begins to ask.
  public static LateScanWatch start(Delivery delivery, LateScanLimit limit) {
    return new LateScanWatch(delivery, limit);
  }

  private Mono<Void> ask() {
    return Mono.defer(
            () -> {
              limit.asked();
              return Deadline.within(TIMEOUT, delivery.lateScans());
            })
        .doOnNext(state -> {
          limit.told(state);
          isAway = false;
        })
        .onErrorResume(error -> {
          if (!isAway) {
            log.warn("delivery does not tell how many messages owe a scan: {}", error.toString());
          }
          isAway = true;
          return Mono.empty();
        })
        .then();
  }

  @Override
  public void close() {
    asking.dispose();
  }
}
