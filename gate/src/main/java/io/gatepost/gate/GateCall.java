package io.gatepost.gate;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/// One call: between its caller and its work. It waits, starts, runs and is over. It leaves waiting
/// under the gate's lock, and the other states by compare-and-set: whichever of completion, error
/// and cancellation makes it over gives the slot back.
final class GateCall<T> extends Operators.DeferredSubscription implements CoreSubscriber<T> {

  private static final int WAITING = 0;
  private static final int STARTING = 1;
  private static final int RUNNING = 2;
  private static final int OVER = 3;

  @SuppressWarnings("rawtypes") // updaters know no type parameters
  private static final AtomicIntegerFieldUpdater<GateCall> STATE =
      AtomicIntegerFieldUpdater.newUpdater(GateCall.class, "state");

  private final Gate gate;
  private final CoreSubscriber<? super T> actual;
  private final Waiting waiting;
  private final Supplier<? extends Mono<T>> work;

  private volatile int state;
  private volatile @Nullable Disposable timer;

  /// Guarded by the gate's lock.
  private WaitingRoom.@Nullable Place<GateCall<?>> place;

  /// When it began to wait, then when it began to run.
  private long since;

  /// Kept until the work completes.
  private @Nullable T value;

  GateCall(
      Gate gate,
      CoreSubscriber<? super T> actual,
      Waiting waiting,
      Supplier<? extends Mono<T>> work) {
    this.gate = gate;
    this.actual = actual;
    this.waiting = waiting;
    this.work = work;
  }

  Waiting waiting() {
    return waiting;
  }

  WaitingRoom.@Nullable Place<GateCall<?>> place() {
    return place;
  }

  long since() {
    return since;
  }

  boolean isWaiting() {
    return state == WAITING;
  }

  boolean isLate(long now) {
    return waiting.isLimited() && now - since >= waiting.atMost().toNanos();
  }

  void take(WaitingRoom.Place<GateCall<?>> taken, long now) {
    place = taken;
    since = now;
  }

  void toStarting() {
    state = STARTING;
  }

  void toOver() {
    state = OVER;
  }

  /// Keeps the timer of a call that waits, and stops that of one that no longer does.
  void setTimer(Disposable set) {
    timer = set;
    if (!isWaiting()) {
      set.dispose();
    }
  }

  void disposeTimer() {
    Disposable set = timer;
    if (set != null) {
      set.dispose();
    }
  }

  /// Tells the caller of a call that is over without having begun.
  void fail(Throwable error) {
    if (!isCancelled()) {
      actual.onError(error);
    }
  }

  /// Begins the work of a call that has got its slot.
  void start() {
    Mono<T> answer;
    since = gate.nanoTime();
    if (isCancelled()) {
      end();
      return;
    }
    try {
      answer = Objects.requireNonNull(work.get(), "no work");
    } catch (Throwable e) {
      end();
      actual.onError(Operators.onOperatorError(e, actual.currentContext()));
      return;
    }
    subscribeTo(answer);
  }

  /// Goes on with work that was found to take time.
  void begin(Mono<T> answer) {
    since = gate.nanoTime();
    subscribeTo(answer);
  }

  /// A cancellation while the work starts gives the slot back once it has been told to the work.
  private void subscribeTo(Mono<T> answer) {
    try {
      answer.subscribe(this);
    } catch (Throwable e) {
      boolean isFirst = end(); // before an error that Reactor takes for fatal is thrown on
      Throwable error = Operators.onOperatorError(e, actual.currentContext());
      if (isFirst) {
        actual.onError(error);
      } else {
        Operators.onErrorDropped(error, actual.currentContext());
      }
      return;
    }
    if (STATE.compareAndSet(this, STARTING, RUNNING) && isCancelled()) {
      end();
    }
  }

  @Override
  public Context currentContext() {
    return actual.currentContext();
  }

  @Override
  public void onSubscribe(Subscription subscription) {
    set(subscription);
  }

  @Override
  public void onNext(T next) {
    if (value == null) {
      value = next;
    } else {
      Operators.onNextDropped(next, actual.currentContext()); // no Mono
    }
  }

  @Override
  public void onComplete() {
    T result = value;
    if (!end()) {
      Operators.onDiscard(result, actual.currentContext());
      return;
    }
    if (result != null) {
      actual.onNext(result);
    }
    actual.onComplete();
  }

  @Override
  public void onError(Throwable error) {
    if (end()) {
      actual.onError(error);
    } else {
      Operators.onErrorDropped(error, actual.currentContext());
    }
  }

  @Override
  public void cancel() {
    super.cancel();
    if (!gate.leaveIfWaiting(this) && STATE.compareAndSet(this, RUNNING, OVER)) {
      gate.leave(gate.nanoTime() - since);
    }
  }

  /// Leaves where it still waits; a call that has begun goes on.
  void leaveIfWaiting() {
    if (gate.leaveIfWaiting(this)) {
      super.cancel();
    }
  }

  /// Gives the slot back unless that was done; says whether it was this call that did it.
  private boolean end() {
    if (STATE.getAndSet(this, OVER) == OVER) {
      return false;
    }
    gate.leave(gate.nanoTime() - since);
    return true;
  }
}
