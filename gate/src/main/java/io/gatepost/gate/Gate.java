package io.gatepost.gate;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/// A scarce resource: a bounded number of calls use it at a time, a bounded number wait, by
/// [Priority] and in turns of their parties; others are refused with a [GateRefusedException], and
/// their work does not begin. Nothing blocks. A slot is given back once, when its call completes,
/// fails or is cancelled, before its caller learns of it; a call that waits leaves at once when it
/// is cancelled or its time is over.
///
/// A call that gets a slot at once starts on its subscriber's thread, one that has waited on the
/// thread where the call before it ended.
public final class Gate implements ScarceResource {

  /// One that waits, in [#load]: running calls are counted in the lower half, waiting ones in the
  /// upper.
  private static final long ONE_WAITING = 1L << Integer.SIZE;

  private final String name;
  private final GateLimits limits;
  private final Scheduler timers;
  private final LongSupplier nanoTime;

  /// While a call waits all slots are taken: a slot that is given back goes to the next one, and is
  /// not free in between. With nobody waiting it changes without the lock, else under it only.
  private final AtomicLong load = new AtomicLong();

  /// Guarded by itself, as is every call's way out of the state of waiting.
  private final WaitingRoom<GateCall<?>> room;

  private final LongAdder refused = new LongAdder();
  private final LongAdder late = new LongAdder();
  private final TimeCount waited = new TimeCount();
  private final TimeCount held = new TimeCount();

  /// @param name of the resource, in lower case with hyphens, as operators see it
  public Gate(String name, GateLimits limits) {
    this(name, limits, Schedulers.parallel(), System::nanoTime);
  }

  Gate(String name, GateLimits limits, Scheduler timers, LongSupplier nanoTime) {
    this.name = name;
    this.limits = limits;
    this.timers = timers;
    this.nanoTime = nanoTime;
    this.room = new WaitingRoom<>(limits);
  }

  /// Does the work in a slot, once for each subscriber. An exception of the supplier is the call's
  /// error. A caller that cancels cancels the work and gives the slot back.
  public <T> Mono<T> call(Waiting waiting, Supplier<? extends Mono<T>> work) {
    return new GateMono<>(this, waiting, work);
  }

  /// Does the work in a slot and lets it end once it has begun: a caller that cancels gets nothing,
  /// and the slot is given back when the work is over. For work that cannot be stopped, such as a
  /// computation on another thread, and for work with a result that others use. The work does not
  /// see the caller's Reactor context, but for its place in a trace.
  public <T> Mono<T> callToEnd(Waiting waiting, Supplier<? extends Mono<T>> work) {
    return Mono.deferContextual(context -> {
      DetachedCall<T> detached = new DetachedCall<>(context);
      call(waiting, work).subscribe(detached);
      return detached.result().doOnCancel(detached::leaveIfWaiting);
    });
  }

  /// Calls that run now.
  public int running() {
    return (int) load.get();
  }

  /// Calls that wait now.
  public int waiting() {
    return (int) (load.get() / ONE_WAITING);
  }

  /// Slots that are free now.
  public int free() {
    return limits.slots() - running();
  }

  @Override
  public GateState state() {
    long now = load.get();
    return new GateState(
        name,
        limits.slots(),
        (int) now,
        limits.places(),
        (int) (now / ONE_WAITING),
        refused.sum(),
        late.sum(),
        waited.times(),
        held.times());
  }

  long nanoTime() {
    return nanoTime.getAsLong();
  }

  /// Takes a slot if one is free.
  boolean tryEnter() {
    long now = load.get();
    while (now < limits.slots()) { // so nobody waits
      if (load.compareAndSet(now, now + 1)) {
        return true;
      }
      now = load.get();
    }
    return false;
  }

  /// Takes a slot or a place for a call, or refuses it.
  void enter(GateCall<?> call) {
    Entry entry;
    synchronized (room) {
      entry = call.isWaiting() ? enterOrWait(call) : Entry.GONE;
    }
    switch (entry) {
      case STARTS -> call.start();
      case WAITS -> setTimer(call);
      case REFUSED -> {
        refused.increment();
        call.fail(new GateRefusedException(name, Refusal.NO_PLACE));
      }
      case GONE -> {}
    }
  }

  private enum Entry {
    STARTS,
    WAITS,
    REFUSED,
    GONE
  }

  /// Called under the lock. A slot may come free at any time until the call is counted as waiting:
  /// both are one change of the load, so none is missed.
  private Entry enterOrWait(GateCall<?> call) {
    WaitingRoom.Place<GateCall<?>> place = null;
    while (true) {
      long now = load.get();
      if (now < limits.slots()) {
        if (load.compareAndSet(now, now + 1)) {
          if (place != null) {
            room.leave(place);
          }
          call.toStarting();
          return Entry.STARTS;
        }
        continue;
      }
      if (place == null && call.waiting().mayWait()) {
        place = room.enter(call, call.waiting().priority(), call.waiting().party());
      }
      if (place == null) {
        call.toOver();
        return Entry.REFUSED;
      }
      if (load.compareAndSet(now, now + ONE_WAITING)) {
        call.take(place, nanoTime());
        return Entry.WAITS;
      }
    }
  }

  private void setTimer(GateCall<?> call) {
    if (!call.waiting().isLimited()) {
      return;
    }
    try {
      Disposable timer =
          timers.schedule(
              () -> tooLate(call), call.waiting().atMost().toNanos(), TimeUnit.NANOSECONDS);
      call.setTimer(timer);
    } catch (RejectedExecutionException e) {
      tooLate(call); // the process ends
    }
  }

  private void tooLate(GateCall<?> call) {
    if (leaveIfWaiting(call)) {
      refuseLate(call);
    }
  }

  private void refuseLate(GateCall<?> call) {
    late.increment();
    call.fail(new GateRefusedException(name, Refusal.TOO_LATE));
  }

  /// Takes a call out that has no slot yet; says whether it was so.
  boolean leaveIfWaiting(GateCall<?> call) {
    if (!call.isWaiting()) {
      return false; // nor will it be again
    }
    synchronized (room) {
      if (!call.isWaiting()) {
        return false;
      }
      call.toOver();
      WaitingRoom.Place<GateCall<?>> place = call.place();
      if (place != null) {
        room.leave(place);
        load.addAndGet(-ONE_WAITING);
        waited.add(nanoTime() - call.since());
      }
    }
    call.disposeTimer();
    return true;
  }

  /// Gives a slot back that was held for some time.
  void leave(long nanosHeld) {
    held.add(nanosHeld);
    leave();
  }

  /// Gives a slot back.
  void leave() {
    long now = load.get();
    while (now < ONE_WAITING) {
      if (load.compareAndSet(now, now - 1)) {
        return;
      }
      now = load.get();
    }
    handOn();
  }

  private void handOn() {
    List<GateCall<?>> tooLate = new ArrayList<>(0);
    GateCall<?> next;
    synchronized (room) {
      next = next(tooLate);
      if (next == null) {
        load.decrementAndGet();
      }
    }
    tooLate.forEach(call -> {
      call.disposeTimer();
      refuseLate(call);
    });
    if (next != null) {
      next.disposeTimer();
      Starts.run(next::start);
    }
  }

  /// Called under the lock. A timer may be late, so the time is asked.
  private @Nullable GateCall<?> next(List<GateCall<?>> tooLate) {
    long now = nanoTime();
    for (WaitingRoom.Place<GateCall<?>> place = room.next(); place != null; place = room.next()) {
      load.addAndGet(-ONE_WAITING);
      GateCall<?> call = place.guest();
      waited.add(now - call.since());
      if (call.isLate(now)) {
        call.toOver();
        tooLate.add(call);
      } else {
        call.toStarting();
        return call;
      }
    }
    return null;
  }
}
