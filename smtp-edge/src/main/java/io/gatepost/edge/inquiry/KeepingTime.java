package io.gatepost.edge.inquiry;

import java.time.Duration;

/// How long answers of the DNS are kept: as long as they say, within bounds.
final class KeepingTime {

  /// However short an answer holds, a client that comes every second does not have it asked again
  /// each time.
  private static final Duration LEAST = Duration.ofSeconds(5);

  private static final Duration MOST = Duration.ofHours(1);

  /// Where nobody has said how long an absence holds.
  private static final Duration USUAL_ABSENCE = Duration.ofMinutes(1);

  private static final Duration MOST_ABSENCE = Duration.ofMinutes(15);

  /// Where there was no answer: a client that comes again soon does not wait again.
  private static final Duration SILENCE = Duration.ofSeconds(10);

  /// The same for names, for which nobody waits.
  private static final Duration SILENT_NAMES = Duration.ofMinutes(1);

  private KeepingTime() {}

  /// Returns how long records are kept, in nanoseconds.
  static long ofRecords(Duration ttl) {
    return within(ttl, MOST);
  }

  /// Returns how long it is kept that there are none, in nanoseconds.
  ///
  /// @param ttl zero where nobody has said
  static long ofAbsence(Duration ttl) {
    return within(ttl.isZero() ? USUAL_ABSENCE : ttl, MOST_ABSENCE);
  }

  /// Returns how long it is kept that a list has not answered, in nanoseconds.
  static long ofSilence() {
    return SILENCE.toNanos();
  }

  /// Returns how long it is kept that a name was not found in time, in nanoseconds.
  static long ofSilentNames() {
    return SILENT_NAMES.toNanos();
  }

  private static long within(Duration ttl, Duration most) {
    return Math.clamp(ttl.toNanos(), LEAST.toNanos(), most.toNanos());
  }
}
