package io.gatepost.gate;

import java.util.Objects;
import java.util.function.Supplier;
import reactor.core.CoreSubscriber;
import reactor.core.Fuseable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;

/// A call of a gate, begun by whoever subscribes. Where a slot is free and the answer is there at
/// once, that costs neither a timer nor a clock.
final class GateMono<T> extends Mono<T> {

  private final Gate gate;
  private final Waiting waiting;
  private final Supplier<? extends Mono<T>> work;

  GateMono(Gate gate, Waiting waiting, Supplier<? extends Mono<T>> work) {
    this.gate = gate;
    this.waiting = waiting;
    this.work = work;
  }

  @Override
  public void subscribe(CoreSubscriber<? super T> actual) {
    if (!gate.tryEnter()) {
      GateCall<T> call = new GateCall<>(gate, actual, waiting, work);
      actual.onSubscribe(call);
      gate.enter(call);
      return;
    }
    Mono<T> answer;
    try {
      answer = Objects.requireNonNull(work.get(), "no work");
    } catch (Throwable e) {
      gate.leave();
      Operators.error(actual, Operators.onOperatorError(e, actual.currentContext()));
      return;
    }
    if (answer instanceof Fuseable.ScalarCallable<?> known) {
      answerAtOnce(actual, known);
      return;
    }
    GateCall<T> call = new GateCall<>(gate, actual, waiting, work);
    call.toStarting();
    actual.onSubscribe(call);
    call.begin(answer);
  }

  private void answerAtOnce(CoreSubscriber<? super T> actual, Fuseable.ScalarCallable<?> known) {
    gate.leave();
    T value;
    try {
      @SuppressWarnings("unchecked") // a Mono of T that can be called gives a T, or null for none
      T called = (T) known.call();
      value = called;
    } catch (Throwable e) {
      Operators.error(actual, Operators.onOperatorError(e, actual.currentContext()));
      return;
    }
    if (value == null) {
      Operators.complete(actual);
    } else {
      actual.onSubscribe(Operators.scalarSubscription(actual, value));
    }
  }
}
