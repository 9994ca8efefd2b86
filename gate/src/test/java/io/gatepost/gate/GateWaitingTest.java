package io.gatepost.gate;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.scheduler.VirtualTimeScheduler;

/// Who waits at a gate, for how long, and whose turn it is.
class GateWaitingTest extends GateCalls {

  @Test
  void aWaitingCallIsRefusedWhenItsTimeIsOver() {
    Gate gate = gate(GateLimits.of(1, 2));
    come(gate, "running");
    come(gate, Waiting.atMost(Duration.ofSeconds(3)), "short");
    come(gate, Waiting.atMost(Duration.ofSeconds(9)), "long");

    time.advanceTimeBy(Duration.ofMillis(2_999));
    assertThat(said).isEmpty();
    time.advanceTimeBy(Duration.ofMillis(1));

    assertThat(said).containsExactly("short TOO_LATE");
    assertThat(gate.waiting()).isEqualTo(1);
    endAll();
    assertThat(said).containsExactly("short TOO_LATE", "running", "long");
    time.advanceTimeBy(Duration.ofSeconds(9));
    assertThat(said).hasSize(3);
    assertThat(gate.state().late()).isEqualTo(1);
    assertEmpty(gate);
  }

  @Test
  void aTimerThatIsLateLetsNoCallIn() {
    VirtualTimeScheduler slowTimers = VirtualTimeScheduler.create();
    Gate gate =
        new Gate("test", GateLimits.of(1, 2), slowTimers, () -> time.now(TimeUnit.NANOSECONDS));
    come(gate, "running");
    come(gate, Waiting.atMost(Duration.ofSeconds(3)), "short");
    come(gate, "next");

    time.advanceTimeBy(Duration.ofSeconds(3));
    endAll();

    assertThat(said).containsExactlyInAnyOrder("running", "short TOO_LATE", "next");
    assertEmpty(gate);
  }

  @Test
  void aCallWithoutTimeToWaitIsRefusedWhereNoSlotIsFree() {
    Gate gate = gate(GateLimits.of(1, 2));
    come(gate, Waiting.atMost(Duration.ZERO), "free");
    come(gate, Waiting.atMost(Duration.ZERO), "taken");

    assertThat(said).containsExactly("taken NO_PLACE");
  }

  @Test
  void aPartyHasItsShareOfThePlaces() {
    Gate gate = gate(GateLimits.of(1, 10).withShare(2));
    come(gate, of(Priority.NORMAL, "one"), "running");
    for (int i = 1; i <= 3; i++) {
      come(gate, of(Priority.NORMAL, "one"), "one" + i);
    }
    come(gate, of(Priority.NORMAL, "two"), "two");

    assertThat(said).containsExactly("one3 NO_PLACE");
    endAll();
    assertThat(said).containsExactly("one3 NO_PLACE", "running", "one1", "two", "one2");
  }

  @Test
  void aPartyThatLeftHasItsShareAgain() {
    Gate gate = gate(GateLimits.of(1, 10).withShare(3));
    come(gate, "running");
    List<Disposable> waiting = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      waiting.add(come(gate, of(Priority.LOW, "one"), "gone"));
    }

    waiting.get(1).dispose();
    waiting.get(0).dispose();
    waiting.get(2).dispose();
    come(gate, of(Priority.LOW, "one"), "back");
    endAll();

    assertThat(said).containsExactly("running", "back");
    assertEmpty(gate);
  }

  @Test
  void aPriorityHasPlacesOfItsOwn() {
    Gate gate = gate(GateLimits.of(1, 1));
    come(gate, "running");
    come(gate, of(Priority.LOW, "x"), "low");
    come(gate, of(Priority.LOW, "x"), "low too many");
    come(gate, of(Priority.HIGH, "x"), "high");

    endAll();

    assertThat(said).containsExactly("low too many NO_PLACE", "running", "high", "low");
  }

  @Test
  void aPriorityThatWaitsIsPassedOverForSoManySlotsOnly() {
    Gate gate = gate(GateLimits.of(1, 10).withPatience(2));
    come(gate, "running");
    for (int i = 1; i <= 2; i++) {
      come(gate, of(Priority.LOW, "x"), "low" + i);
    }
    for (int i = 1; i <= 6; i++) {
      come(gate, of(Priority.HIGH, "x"), "high" + i);
    }

    endAll();

    assertThat(said)
        .containsExactly(
            "running", "high1", "high2", "low1", "high3", "high4", "low2", "high5", "high6");
  }

  @Test
  void aGateWhoseTimersHaveEndedRefusesThoseWhoWouldWait() {
    time.dispose();
    Gate gate = new Gate("test", GateLimits.of(1, 2), disposed(), () -> 0L);
    come(gate, "running");

    come(gate, Waiting.atMost(Duration.ofSeconds(3)), "late");

    assertThat(said).containsExactly("late TOO_LATE");
    assertThat(gate.waiting()).isZero();
  }

  private static Scheduler disposed() {
    Scheduler timers = Schedulers.newSingle("ended");
    timers.dispose();
    return timers;
  }
}
