package io.gatepost.allinone.split;

import java.time.Duration;

/// How long to wait before a child is started again: 200 ms, then twice as long each time, up to 10
/// s; from the beginning again once a child has run for a minute.
final class Backoff {

  private static final Duration FIRST = Duration.ofMillis(200);
  private static final Duration LONGEST = Duration.ofSeconds(10);
  private static final Duration STEADY = Duration.ofMinutes(1);

  private Duration next = FIRST;

  /// The wait after a child that ran for so long.
  Duration after(Duration ran) {
    Duration wait = ran.compareTo(STEADY) >= 0 ? FIRST : next;
    Duration doubled = wait.multipliedBy(2);
    next = doubled.compareTo(LONGEST) > 0 ? LONGEST : doubled;
    return wait;
  }
}
