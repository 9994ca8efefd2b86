package io.gatepost.gate;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import reactor.core.Fuseable;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

/// Calls shared by key: while one runs, further callers of its key wait for the same result, be it
/// a value, none or an error. No key runs twice at a time. A call goes on when its callers have
/// gone, and sees the Reactor context of none, so that the first one's deadline is not the others',
/// but for the first one's place in a trace. An answer that is there at once is not shared and
/// takes no room. Beyond the number of keys a call is refused with a [GateRefusedException], and
/// its work does not begin.
public final class SingleFlight<K, V> implements ScarceResource {

  private final String name;
  private final int maxKeys;
  private final LongSupplier nanoTime;
  private final ConcurrentMap<K, Flight> flights = new ConcurrentHashMap<>();

  /// At least as many as there are in the map.
  private final AtomicInteger keys = new AtomicInteger();

  private final LongAdder refused = new LongAdder();
  private final TimeCount held = new TimeCount();

  /// @param name of the resource, in lower case with hyphens, as operators see it
  /// @param maxKeys calls that run at a time, at least 1
  public SingleFlight(String name, int maxKeys) {
    this(name, maxKeys, System::nanoTime);
  }

  SingleFlight(String name, int maxKeys, LongSupplier nanoTime) {
    if (maxKeys < 1) {
      throw new IllegalArgumentException("maxKeys: " + maxKeys + " (expected: >= 1)");
    }
    this.name = name;
    this.maxKeys = maxKeys;
    this.nanoTime = nanoTime;
  }

  private final class Flight extends DetachedCall<V> {
    private final K key;
    private final long began = nanoTime.getAsLong();

    Flight(K key, ContextView caller) {
      super(caller);
      this.key = key;
    }

    @Override
    void ended() {
      flights.remove(key, this);
      keys.decrementAndGet();
      held.add(nanoTime.getAsLong() - began);
    }
  }

  /// The result of the call that runs for a key, or of this one.
  ///
  /// @param work asked now, so that an answer that is there at once can be given as it is, and
  ///   subscribed to only where no call runs for the key
  public Mono<V> call(K key, Supplier<? extends Mono<V>> work) {
    if (flights.containsKey(key)) {
      return Mono.deferContextual(context -> join(key, work, context));
    }
    Mono<V> answer = work.get();
    return isThere(answer)
        ? answer
        : Mono.deferContextual(context -> join(key, () -> answer, context));
  }

  /// Calls that run now.
  public int running() {
    return flights.size();
  }

  @Override
  public GateState state() {
    return new GateState(
        name, maxKeys, running(), 0, 0, refused.sum(), 0, GateState.Times.NONE, held.times());
  }

  private Mono<V> join(K key, Supplier<? extends Mono<V>> work, ContextView caller) {
    Flight running = flights.get(key);
    if (running != null) {
      return running.result();
    }
    Mono<V> answer = work.get();
    return isThere(answer) ? answer : share(key, answer, caller);
  }

  private Mono<V> share(K key, Mono<V> answer, ContextView caller) {
    boolean hasRoom = keys.incrementAndGet() <= maxKeys;
    Flight flight = new Flight(key, caller);
    Flight running = hasRoom ? flights.putIfAbsent(key, flight) : flights.get(key);
    if (hasRoom && running == null) {
      answer.subscribe(flight);
      return flight.result();
    }
    keys.decrementAndGet();
    if (running != null) {
      return running.result();
    }
    refused.increment();
    return Mono.error(new GateRefusedException(name, Refusal.NO_PLACE));
  }

  private static boolean isThere(Mono<?> answer) {
    return answer instanceof Fuseable.ScalarCallable<?>;
  }
}
