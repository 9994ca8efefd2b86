package io.gatepost.delivery.late;

import java.time.Duration;
import java.util.ArrayDeque;

/// How often late scans find something within an hour. Mail that is found bad after it was accepted
/// should be rare: many finds say that somebody uses our own accounts, or that the scanners are
/// away too often. Safe for all threads.
final class FindRate {

  private static final long HOUR = Duration.ofHours(1).toNanos();

  private final int most;
  private final ArrayDeque<Long> finds = new ArrayDeque<>();
  private boolean told;

  /// @param most finds of an hour that are borne
  FindRate(int most) {
    this.most = most;
  }

  /// Something was found; true where the rate has been exceeded with it, and was not before.
  synchronized boolean found(long nanos) {
    finds.add(nanos);
    if (finds.size() > most + 1) {
      finds.remove();
    }
    boolean exceeded = isExceeded(nanos);
    boolean isNews = exceeded && !told;
    told = exceeded;
    return isNews;
  }

  /// Whether there are more finds in the last hour than are borne.
  synchronized boolean isExceeded(long nanos) {
    while (!finds.isEmpty() && nanos - finds.peek() > HOUR) {
      finds.remove();
    }
    boolean exceeded = finds.size() > most;
    told &= exceeded;
    return exceeded;
  }
}
