package io.gatepost.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/// Many threads at one gate: calls that end on other threads, at once, late, never but for a
/// cancellation.
@Timeout(120)
class GateStressTest {

  private static final int THREADS = 4;
  private static final int CALLS = 40_000;
  private static final int SLOTS = 3;
  private static final int PLACES = 40;

  private final Gate gate = new Gate("test", GateLimits.of(SLOTS, PLACES).withShare(20));
  private final AtomicInteger running = new AtomicInteger();
  private final AtomicInteger most = new AtomicInteger();
  private final LongAdder came = new LongAdder();
  private final LongAdder ended = new LongAdder();
  private final LongAdder cancelled = new LongAdder();
  private final LongAdder twice = new LongAdder();

  private static void onThreads(Runnable work) throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      threads.add(Thread.ofPlatform().start(work));
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }

  private Mono<String> work(int kind) {
    most.accumulateAndGet(running.incrementAndGet(), Math::max);
    AtomicBoolean over = new AtomicBoolean();
    Runnable end =
        () -> {
          if (over.compareAndSet(false, true)) {
            running.decrementAndGet();
          }
        };
    Mono<String> answer =
        switch (kind) {
          case 0 -> {
            end.run();
            yield Mono.just("at once");
          }
          case 1 -> {
            end.run();
            throw new IllegalStateException("thrown");
          }
          case 2 -> Mono.never();
          case 3 -> Mono.delay(Duration.ofNanos(10_000)).thenReturn("later");
          default -> Mono.fromSupplier(() -> "elsewhere").subscribeOn(Schedulers.parallel());
        };
    return kind == 0 ? answer : answer.doOnTerminate(end).doOnCancel(end);
  }

  private void come(Random random) {
    int kind = random.nextInt(5);
    boolean leaves = kind == 2 || (kind == 3 && random.nextInt(3) == 0);
    Waiting how =
        new Waiting(
            Priority.values()[random.nextInt(3)],
            random.nextInt(3),
            random.nextInt(3) == 0 ? Waiting.WITHOUT_LIMIT : Duration.ofNanos(1_000_000));
    AtomicInteger outcomes = new AtomicInteger();
    came.increment();
    Disposable call =
        gate.call(how, () -> work(kind))
            .doFinally(_ -> {
              if (outcomes.incrementAndGet() > 1) {
                twice.increment();
              }
              ended.increment();
            })
            .subscribe(_ -> {}, _ -> {});
    if (leaves) {
      Schedulers.parallel().schedule(call::dispose);
      cancelled.increment();
    }
  }

  @Test
  void noSlotIsLostAndNoneIsGivenTwice() throws InterruptedException {
    onThreads(() -> {
      Random random = new Random(ThreadLocalRandom.current().nextLong());
      for (int i = 0; i < CALLS; i++) {
        come(random);
      }
    });

    await().atMost(Duration.ofSeconds(60)).until(() -> ended.sum() == came.sum());
    await().until(() -> gate.running() == 0 && gate.waiting() == 0);
    assertThat(twice.sum()).isZero();
    assertThat(most.get()).isEqualTo(SLOTS);
    assertThat(running).hasValue(0);
    assertThat(cancelled.sum()).isPositive();
    assertThat(gate.state().waited().count()).isPositive();
    assertThat(gate.state().refused() + gate.state().late()).isLessThan(came.sum());
  }

  @Test
  void noKeyRunsTwiceAtATime() throws InterruptedException {
    SingleFlight<Integer, Integer> flights = new SingleFlight<>("test", 5);
    ConcurrentHashMap<Integer, Boolean> keys = new ConcurrentHashMap<>();
    LongAdder works = new LongAdder();
    onThreads(() -> {
      for (int i = 0; i < CALLS; i++) {
        int key = ThreadLocalRandom.current().nextInt(8);
        came.increment();
        flights
            .call(
                key,
                () ->
                    Mono.fromSupplier(
                            () -> {
                              works.increment();
                              if (keys.put(key, true) != null) {
                                twice.increment();
                              }
                              most.accumulateAndGet(keys.size(), Math::max);
                              keys.remove(key);
                              return key;
                            })
                        .subscribeOn(Schedulers.parallel()))
            .doFinally(_ -> ended.increment())
            .subscribe(_ -> {}, _ -> {});
      }
    });

    await().atMost(Duration.ofSeconds(60)).until(() -> ended.sum() == came.sum());
    await().until(() -> flights.running() == 0);
    assertThat(twice.sum()).isZero();
    assertThat(most.get()).isBetween(1, 5);
    assertThat(works.sum()).isPositive();
  }
}
