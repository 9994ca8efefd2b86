package io.gatepost.rpc;

import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

class StallGuardTest {

  private static final Duration TIMEOUT = Duration.ofMillis(200);
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  @Test
  void whatComesPassesAndEnds() {
    StepVerifier.create(StallGuard.within(TIMEOUT, Flux.range(0, 1_000)))
        .expectNextCount(1_000)
        .expectComplete()
        .verify(PATIENCE);
  }

  @Test
  void aStreamThatNeverBeginsFails() {
    StepVerifier.create(StallGuard.within(TIMEOUT, Flux.never()))
        .expectError(TimeoutException.class)
        .verify(PATIENCE);
  }

  @Test
  void aStreamThatStallsFailsAndIsCancelled() {
    TestPublisher<Integer> stream = TestPublisher.create();

    StepVerifier.create(StallGuard.within(TIMEOUT, stream.flux()))
        .then(() -> stream.next(1, 2))
        .expectNext(1, 2)
        .expectError(TimeoutException.class)
        .verify(PATIENCE);
    stream.assertCancelled();
  }

  @Test
  void aReaderMayTakeHisTime() {
    Sinks.Many<Integer> stream = Sinks.many().unicast().onBackpressureBuffer();
    stream.tryEmitNext(1);
    stream.tryEmitNext(2);
    stream.tryEmitComplete();

    StepVerifier.create(StallGuard.within(TIMEOUT, stream.asFlux()), 1)
        .expectNext(1)
        .expectNoEvent(TIMEOUT.multipliedBy(4))
        .thenRequest(1)
        .expectNext(2)
        .expectComplete()
        .verify(PATIENCE);
  }
}
