package io.gatepost.gate;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

/// Properties of every gate in every run: random limits, arrivals, durations, failures,
/// cancellations, priorities, parties and times to wait, on a virtual clock.
class GatePropertyTest {

  private static final int CALLS = 400;
  private static final int PARTIES = 4;

  private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
  private final Map<Priority, Set<Call>> waiting = new HashMap<>();
  private final List<Call> calls = new ArrayList<>();
  private final List<String> broken = new ArrayList<>();
  private int running;

  /// Calls that have begun.
  private int begun;

  private Random random = new Random();
  private GateLimits limits = GateLimits.slots(1);
  private Gate gate = new Gate("test", limits);

  static List<Long> seeds() {
    return new Random(20_261_130).longs(300).boxed().toList();
  }

  private final class Call {
    private final Waiting how;
    private final long arrived = now();
    private final int begunBefore = begun;
    private final int ahead;
    private int outcomes;
    private boolean cancelled;
    private Disposable subscription = () -> {};

    Call(Waiting how) {
      this.how = how;
      this.ahead =
          (int)
              waiting.get(how.priority()).stream()
                  .filter(each -> each.how.party().equals(how.party()))
                  .count();
      waiting.get(how.priority()).add(this);
      subscription =
          gate.call(how, this::work)
              .subscribe(
                  _ -> outcome(),
                  error -> {
                    outcome();
                    if (error instanceof GateRefusedException refused) {
                      refused(refused.refusal());
                    }
                  });
    }

    private Mono<String> work() {
      running++;
      check(running <= limits.slots(), "running " + running);
      check(gate.running() >= running, "the gate counts " + gate.running());
      check(waiting.get(how.priority()).remove(this), "begun twice, or not there");
      check(now() - arrived <= how.atMost().toNanos(), "begun after its time");
      int before = begun - begunBefore;
      check(before <= mostBefore(), before + " calls began before one");
      begun++;
      return switch (random.nextInt(6)) {
        case 0 -> {
          running--;
          yield Mono.just("at once");
        }
        case 1 -> {
          running--;
          yield Mono.error(new IllegalStateException("at once"));
        }
        case 2 -> {
          running--;
          throw new IllegalStateException("thrown");
        }
        case 3 -> counted(Mono.error(new IllegalStateException("later")));
        default -> counted(Mono.just("later"));
      };
    }

    private Mono<String> counted(Mono<String> end) {
      return Mono.delay(length(), time)
          .then(end)
          .doOnTerminate(() -> running--)
          .doOnCancel(() -> running--);
    }

    /// Its line's parties have a turn each for every call of its own party that is ahead and for
    /// itself, and for each turn of its line the other lines have theirs.
    private int mostBefore() {
      return (ahead + 1) * PARTIES * (limits.patience() + Priority.values().length - 1);
    }

    private void outcome() {
      outcomes++;
      check(outcomes == 1, "two outcomes");
      check(!cancelled, "an outcome after a cancellation");
    }

    private void refused(Refusal refusal) {
      waiting.get(how.priority()).remove(this);
      switch (refusal) {
        case NO_PLACE -> {
          check(now() == arrived, "refused later");
          check(gate.running() == limits.slots(), "refused with a free slot");
        }
        case TOO_LATE ->
            check(now() - arrived == how.atMost().toNanos(), "refused at another time");
      }
    }

    void cancel() {
      if (outcomes == 0 && !cancelled) {
        cancelled = true;
        waiting.get(how.priority()).remove(this);
        subscription.dispose();
      }
    }
  }

  /// An error that is thrown into the gate would be a call's outcome.
  private void check(boolean holds, String otherwise) {
    if (!holds) {
      broken.add(otherwise);
    }
  }

  private long now() {
    return time.now(TimeUnit.NANOSECONDS);
  }

  private Duration length() {
    return Duration.ofMillis(1 + random.nextInt(100));
  }

  private Waiting how() {
    return new Waiting(
        Priority.values()[random.nextInt(3)],
        "party" + random.nextInt(PARTIES),
        random.nextInt(3) == 0 ? Waiting.WITHOUT_LIMIT : Duration.ofMillis(random.nextInt(400)));
  }

  private void checkPlaces() {
    Set<Call> all = new HashSet<>();
    waiting
        .values()
        .forEach(line -> {
          assertThat(line).hasSizeLessThanOrEqualTo(limits.places());
          Map<Object, Integer> shares = new HashMap<>();
          line.forEach(call -> shares.merge(call.how.party(), 1, Integer::sum));
          assertThat(shares.values()).allMatch(share -> share <= limits.share());
          all.addAll(line);
        });
    assertThat(gate.waiting()).isEqualTo(all.size());
    assertThat(gate.running()).isEqualTo(running);
    if (gate.waiting() > 0) {
      assertThat(gate.running()).isEqualTo(limits.slots());
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void limitsHoldAndEveryCallHasOneOutcomeInTime(long seed) {
    random = new Random(seed);
    int places = random.nextInt(30);
    limits =
        new GateLimits(
            1 + random.nextInt(6), places, random.nextInt(places + 1), 1 + random.nextInt(5));
    gate = new Gate("test", limits, time, this::now);
    for (Priority priority : Priority.values()) {
      waiting.put(priority, new HashSet<>());
    }
    for (int i = 0; i < CALLS; i++) {
      if (random.nextInt(3) > 0) {
        time.advanceTimeBy(Duration.ofMillis(random.nextInt(30)));
      }
      Call call = new Call(how());
      calls.add(call);
      if (random.nextInt(5) == 0) {
        calls.get(random.nextInt(calls.size())).cancel();
      }
      checkPlaces();
    }

    time.advanceTimeBy(Duration.ofHours(1));

    checkPlaces();
    assertThat(broken).isEmpty();
    assertThat(gate.running()).isZero();
    assertThat(gate.waiting()).isZero();
    assertThat(calls).allMatch(call -> call.outcomes == (call.cancelled ? 0 : 1));
  }
}
