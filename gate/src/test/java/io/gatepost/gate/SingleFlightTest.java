package io.gatepost.gate;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.util.context.Context;

class SingleFlightTest {

  private final AtomicLong nanos = new AtomicLong();
  private final SingleFlight<String, String> flights = new SingleFlight<>("test", 2, nanos::get);
  private final AtomicInteger begun = new AtomicInteger();
  private final List<String> said = new ArrayList<>();

  private Mono<String> call(String key, Sinks.One<String> answer) {
    return flights.call(key, () -> answer.asMono().doOnSubscribe(_ -> begun.incrementAndGet()));
  }

  private void listen(Mono<String> call) {
    call.subscribe(said::add, error -> said.add(error.getMessage()), () -> said.add("end"));
  }

  @Test
  void callersOfAKeyShareOneCallAndItsValue() {
    Sinks.One<String> answer = Sinks.one();
    listen(call("k", answer));
    listen(call("k", Sinks.one()));
    Mono<String> before = call("k", Sinks.one());
    listen(before);

    nanos.set(1_000);
    answer.tryEmitValue("x");

    assertThat(begun).hasValue(1);
    assertThat(said).containsExactly("x", "end", "x", "end", "x", "end");
    assertThat(flights.running()).isZero();
    assertThat(flights.state().held().longest()).isEqualTo(Duration.ofNanos(1_000));
  }

  @Test
  void callersOfAKeyShareItsErrorAndItsEnd() {
    Sinks.One<String> failing = Sinks.one();
    listen(call("k", failing));
    listen(call("k", failing));
    failing.tryEmitError(new IllegalStateException("bad"));
    Sinks.One<String> empty = Sinks.one();
    listen(call("k", empty));
    empty.tryEmitEmpty();

    assertThat(begun).hasValue(2);
    assertThat(said).containsExactly("bad", "bad", "end");
    assertThat(flights.running()).isZero();
  }

  @Test
  void aCallThatHasEndedIsNotSharedAnyMore() {
    Sinks.One<String> first = Sinks.one();
    Mono<String> early = call("k", first);
    listen(early);
    Mono<String> whileItRuns = call("k", Sinks.unsafe().<String>one());
    first.tryEmitValue("one");

    Sinks.One<String> second = Sinks.one();
    listen(call("k", second));
    second.tryEmitValue("two");

    assertThat(said).containsExactly("one", "end", "two", "end");
    assertThat(begun).hasValue(2);
    whileItRuns.subscribe();
    assertThat(begun).hasValue(3);
  }

  @Test
  void aCallGoesOnWithoutItsCallers() {
    Sinks.One<String> answer = Sinks.one();
    call("k", answer).subscribe().dispose();
    listen(call("k", Sinks.one()));

    answer.tryEmitValue("x");

    assertThat(said).containsExactly("x", "end");
    assertThat(begun).hasValue(1);
  }

  @Test
  void aCallSeesNoCallersContext() {
    Mono<String> call =
        flights.call(
            "k",
            () -> Mono.deferContextual(context -> Mono.just(context.getOrDefault("k", "none"))));

    assertThat(call.contextWrite(Context.of("k", "mine")).block()).isEqualTo("none");
  }

  @Test
  void anAnswerThatIsThereAtOnceIsGivenAsItIs() {
    Mono<String> answer = Mono.just("x");

    assertThat(flights.call("k", () -> answer)).isSameAs(answer);
    assertThat(flights.running()).isZero();
  }

  @Test
  void keysAreBoundedAndCallersOfTheirsAreNot() {
    listen(call("a", Sinks.one()));
    Sinks.One<String> answer = Sinks.one();
    listen(call("b", answer));

    listen(call("c", Sinks.one()));
    assertThat(said).containsExactly("gate test: every slot is taken and no place is left to wait");
    assertThat(flights.state()).returns(2, GateState::running).returns(1L, GateState::refused);
    listen(call("b", Sinks.one()));
    answer.tryEmitValue("x");

    assertThat(said).hasSize(5).endsWith("x", "end", "x", "end");
    listen(call("c", Sinks.one()));
    assertThat(flights.running()).isEqualTo(2);
    assertThat(begun).hasValue(3);
  }

  @Test
  void workThatThrowsWhenItIsAskedForTakesNoRoom() {
    Mono<String> call =
        flights.call("k", () -> Mono.<String>error(new IllegalStateException("bad")).hide());
    listen(call);
    listen(call);

    assertThat(said).containsExactly("bad", "bad");
    assertThat(flights.running()).isZero();
  }
}
