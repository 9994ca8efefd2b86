package io.gatepost.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

class GateTest extends GateCalls {

  @Test
  void callsBeyondSlotsAndPlacesAreRefused() {
    Gate gate = gate(GateLimits.of(2, 1));
    for (String name : List.of("a", "b", "c", "d")) {
      come(gate, name);
    }

    assertThat(begun).hasSize(2);
    assertThat(said).containsExactly("d NO_PLACE");
    assertThat(gate.state())
        .returns(2, GateState::running)
        .returns(1, GateState::waiting)
        .returns(1L, GateState::refused);
    endAll();
    assertThat(said).containsExactly("d NO_PLACE", "a", "b", "c");
    assertEmpty(gate);
  }

  @Test
  void anAnswerThatIsThereAtOnceNeedsNoClockAndNoTimer() {
    Gate gate =
        new Gate(
            "test",
            GateLimits.slots(1),
            time,
            () -> {
              throw new AssertionError("the clock was asked");
            });

    assertThat(gate.call(Waiting.PLAIN, () -> Mono.just("one")).block()).isEqualTo("one");
    assertThat(gate.call(Waiting.PLAIN, () -> Mono.<String>empty()).block()).isNull();
    assertThatThrownBy(() ->
            gate.call(Waiting.PLAIN, () -> Mono.error(new IllegalStateException("bad"))).block())
        .hasMessage("bad");
    assertEmpty(gate);
    assertThat(time.getScheduledTaskCount()).isZero();
  }

  @Test
  void workThatFailsOrThrowsGivesItsSlotBack() {
    Gate gate = gate(GateLimits.of(1, 10));
    come(gate, "first");
    gate.call(
            Waiting.PLAIN,
            () -> {
              throw new IllegalStateException("thrown");
            })
        .subscribe(_ -> {}, error -> said.add(error.getMessage()));
    gate.call(Waiting.PLAIN, () -> Mono.error(new IllegalStateException("failed")).hide())
        .subscribe(_ -> {}, error -> said.add(error.getMessage()));

    end();

    assertThat(said).containsExactlyInAnyOrder("first", "thrown", "failed");
    assertEmpty(gate);
    assertThatThrownBy(() ->
            gate.call(
                    Waiting.PLAIN,
                    () -> {
                      throw new IllegalStateException("at once");
                    })
                .block())
        .hasMessage("at once");
    assertEmpty(gate);
  }

  /// Such an error is thrown on to whoever started the work.
  @Test
  void workThatLacksAClassGivesItsSlotBack() {
    Gate gate = gate(GateLimits.of(1, 10));
    Mono<String> lacking =
        Mono.fromDirect(_ -> {
          throw new NoClassDefFoundError("gone");
        });
    assertThatThrownBy(() -> gate.call(Waiting.PLAIN, () -> lacking).subscribe())
        .isInstanceOf(NoClassDefFoundError.class);
    assertEmpty(gate);

    come(gate, "running");
    gate.call(Waiting.PLAIN, () -> lacking).subscribe();
    gate.call(Waiting.PLAIN, () -> lacking).subscribe();
    come(gate, "last");
    assertThatThrownBy(this::end).isInstanceOf(NoClassDefFoundError.class);
    endAll();

    assertThat(said).contains("last");
    assertEmpty(gate);
  }

  @Test
  void theSlotIsFreeWhenTheCallerGetsTheAnswer() {
    Gate gate = gate(GateLimits.slots(1));

    Mono<String> both =
        gate.call(Waiting.PLAIN, () -> Mono.just("one").hide())
            .flatMap(one -> gate.call(Waiting.PLAIN, () -> Mono.just(one + " two").hide()));

    assertThat(both.block()).isEqualTo("one two");
  }

  @Test
  void manyCallsThatEndAtOnceTakeNoDeepStack() {
    Gate gate = gate(GateLimits.of(1, 200_000));
    come(gate, "running");
    AtomicInteger ended = new AtomicInteger();
    for (int i = 0; i < 100_000; i++) {
      gate.call(Waiting.PLAIN, () -> Mono.just("x")).subscribe(_ -> ended.incrementAndGet());
    }

    end();

    assertThat(ended).hasValue(100_000);
    assertEmpty(gate);
  }

  @Test
  void timesAreCounted() {
    Gate gate = gate(GateLimits.of(1, 2));
    come(gate, "a");
    come(gate, "b");
    come(gate, "c");
    time.advanceTimeBy(Duration.ofSeconds(2));
    end();
    time.advanceTimeBy(Duration.ofSeconds(4));
    endAll();

    GateState state = gate.state();
    assertThat(state.waited())
        .isEqualTo(new GateState.Times(2, Duration.ofSeconds(8), Duration.ofSeconds(6)));
    assertThat(state.waited().mean()).isEqualTo(Duration.ofSeconds(4));
    assertThat(state.held())
        .isEqualTo(new GateState.Times(3, Duration.ofSeconds(6), Duration.ofSeconds(4)));
  }

  @Test
  void limitsAreChecked() {
    assertThatThrownBy(() -> GateLimits.slots(0)).hasMessage("slots: 0 (expected: >= 1)");
    assertThatThrownBy(() -> GateLimits.of(1, -1)).hasMessageContaining("places: -1");
    assertThatThrownBy(() -> GateLimits.of(1, 2).withShare(3)).hasMessageContaining("share: 3");
    assertThatThrownBy(() -> GateLimits.of(1, 2).withPatience(0))
        .hasMessageContaining("patience: 0");
  }
}
