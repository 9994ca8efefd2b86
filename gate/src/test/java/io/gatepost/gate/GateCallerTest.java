package io.gatepost.gate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.util.context.Context;

/// Callers of a gate that go, fail or ask late.
class GateCallerTest extends GateCalls {

  @Test
  void aCallThatIsCancelledGivesItsSlotOrPlaceBack() {
    Gate gate = gate(GateLimits.of(1, 1));
    Disposable running = come(gate, "running");
    Disposable waiting = come(gate, "waiting");

    waiting.dispose();
    assertThat(gate.waiting()).isZero();
    come(gate, "last");
    running.dispose();

    assertThat(begun).hasSize(2);
    begun.removeLast().tryEmitEmpty();
    assertThat(said).containsExactly("last");
    assertEmpty(gate);
  }

  @Test
  void aCancellationReachesTheWork() {
    Gate gate = gate(GateLimits.slots(1));
    AtomicBoolean cancelled = new AtomicBoolean();

    gate.call(Waiting.PLAIN, () -> Mono.never().doOnCancel(() -> cancelled.set(true)))
        .subscribe()
        .dispose();

    assertThat(cancelled).isTrue();
    assertEmpty(gate);
  }

  @Test
  void workThatIsLetEndHoldsItsSlotThoughItsCallerHasGone() {
    Gate gate = gate(GateLimits.of(1, 1));
    Sinks.One<String> work = Sinks.one();
    AtomicBoolean done = new AtomicBoolean();
    Disposable caller =
        gate.callToEnd(Waiting.PLAIN, () -> work.asMono().doOnNext(_ -> done.set(true)))
            .subscribe(said::add);

    caller.dispose();
    assertThat(gate.running()).isEqualTo(1);
    work.tryEmitValue("x");

    assertThat(done).isTrue();
    assertThat(said).isEmpty();
    assertEmpty(gate);
  }

  @Test
  void workThatWouldBeLetEndIsNotBegunForACallerWhoHasGone() {
    Gate gate = gate(GateLimits.of(1, 1));
    come(gate, "running");
    AtomicBoolean begins = new AtomicBoolean();
    Disposable caller =
        gate.callToEnd(
                Waiting.PLAIN,
                () -> {
                  begins.set(true);
                  return Mono.just("x");
                })
            .subscribe(said::add);

    caller.dispose();
    assertThat(gate.waiting()).isZero();
    endAll();

    assertThat(begins).isFalse();
    assertThat(said).containsExactly("running");
    assertEmpty(gate);
  }

  @Test
  void aSubscriberThatFailsCostsNoOtherItsTurn() {
    Gate gate = gate(GateLimits.of(1, 10));
    come(gate, "running");
    gate.call(Waiting.PLAIN, () -> Mono.just("x"))
        .subscribe(
            new CoreSubscriber<String>() {
              @Override
              public void onSubscribe(Subscription subscription) {
                subscription.request(1);
              }

              @Override
              public void onNext(String value) {
                throw new IllegalStateException("bug");
              }

              @Override
              public void onError(Throwable error) {}

              @Override
              public void onComplete() {}
            });
    come(gate, "next");

    endAll();

    assertThat(said).contains("next");
    assertEmpty(gate);
  }

  @Test
  void workSeesItsCallersContext() {
    Gate gate = gate(GateLimits.slots(1));

    Mono<String> call =
        gate.call(
            Waiting.PLAIN, () -> Mono.deferContextual(context -> Mono.just(context.get("k"))));

    assertThat(call.contextWrite(Context.of("k", "v")).block()).isEqualTo("v");
  }

  @Test
  void aValueIsGivenWhenItIsAskedFor() {
    Gate gate = gate(GateLimits.slots(1));
    List<String> got = new ArrayList<>();
    BaseSubscriber<String> lazy =
        new BaseSubscriber<>() {
          @Override
          protected void hookOnSubscribe(Subscription subscription) {}

          @Override
          protected void hookOnNext(String value) {
            got.add(value);
          }
        };
    gate.call(Waiting.PLAIN, () -> Mono.fromSupplier(() -> "x")).subscribe(lazy);
    assertThat(got).isEmpty();

    lazy.requestUnbounded();

    assertThat(got).containsExactly("x");
    assertEmpty(gate);
  }
}
