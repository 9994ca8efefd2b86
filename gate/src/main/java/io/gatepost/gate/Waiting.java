package io.gatepost.gate;

import java.time.Duration;

/// How a call waits for a slot.
///
/// @param priority its line
/// @param party on whose behalf it is made. Parties of a line take turns, and each has its share of
///   the places; compared by `equals`
/// @param atMost how long it waits before it is refused as [Refusal#TOO_LATE]; zero or less for not
///   at all, a year or more for as long as it takes
public record Waiting(Priority priority, Object party, Duration atMost) {

  /// The time of a call that waits for as long as it takes.
  public static final Duration WITHOUT_LIMIT = Duration.ofDays(365);

  private static final Object ANYBODY = new Object();

  /// Normal priority, on nobody's behalf in particular, for as long as it takes.
  public static final Waiting PLAIN = new Waiting(Priority.NORMAL, ANYBODY, WITHOUT_LIMIT);

  /// Waits with normal priority, on nobody's behalf in particular.
  public static Waiting atMost(Duration time) {
    return new Waiting(Priority.NORMAL, ANYBODY, time);
  }

  boolean mayWait() {
    return atMost.isPositive();
  }

  boolean isLimited() {
    return atMost.compareTo(WITHOUT_LIMIT) < 0;
  }
}
