package io.gatepost.gate;

import java.time.Duration;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

/// Count, sum and maximum of times, from any thread.
final class TimeCount {

  private final LongAdder count = new LongAdder();
  private final LongAdder nanos = new LongAdder();
  private final LongAccumulator longest = new LongAccumulator(Math::max, 0);

  void add(long time) {
    count.increment();
    nanos.add(time);
    longest.accumulate(time);
  }

  GateState.Times times() {
    return new GateState.Times(
        count.sum(), Duration.ofNanos(nanos.sum()), Duration.ofNanos(longest.get()));
  }
}
