package io.gatepost.gate;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

/// Properties of shared calls, in any order of callers that come and go.
class SingleFlightPropertyTest {

  private static final int MAX_KEYS = 4;

  private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
  private final SingleFlight<Integer, String> flights =
      new SingleFlight<>("test", MAX_KEYS, () -> time.now(TimeUnit.NANOSECONDS));
  private final List<String> broken = new ArrayList<>();
  private final Set<Integer> running = new HashSet<>();

  static LongStream seeds() {
    return new Random(7).longs(100);
  }

  private Mono<String> work(Random random, int key) {
    Duration length = Duration.ofMillis(random.nextInt(20));
    Mono<String> end =
        switch (random.nextInt(4)) {
          case 0 -> Mono.delay(length, time).then(Mono.error(new IllegalStateException("bad")));
          case 1 -> Mono.delay(length, time).then(Mono.empty());
          case 2 -> Mono.fromSupplier(() -> "at once");
          default -> Mono.delay(length, time).thenReturn("later");
        };
    return Mono.defer(() -> {
      if (!running.add(key) || running.size() > MAX_KEYS) {
        broken.add("key " + key + ", running " + running);
      }
      return end.doOnTerminate(() -> running.remove(key));
    });
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void noKeyRunsTwiceAtATimeAndEveryCallerHasOneOutcome(long seed) {
    Random random = new Random(seed);
    List<int[]> outcomes = new ArrayList<>();
    List<Disposable> callers = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      int key = random.nextInt(8);
      int[] outcome = new int[1];
      outcomes.add(outcome);
      callers.add(
          flights
              .call(key, () -> work(random, key))
              .subscribe(_ -> {}, _ -> outcome[0]++, () -> outcome[0]++));
      if (random.nextInt(4) == 0) {
        int leaving = random.nextInt(callers.size());
        if (outcomes.get(leaving)[0] == 0) {
          callers.get(leaving).dispose();
          outcomes.get(leaving)[0]++; // so one more would be an error
        }
      }
      assertThat(flights.running()).isEqualTo(running.size());
      time.advanceTimeBy(Duration.ofMillis(random.nextInt(5)));
    }

    time.advanceTimeBy(Duration.ofMinutes(1));

    assertThat(broken).isEmpty();
    assertThat(flights.running()).isZero();
    assertThat(running).isEmpty();
    assertThat(outcomes).allMatch(outcome -> outcome[0] == 1);
  }
}
