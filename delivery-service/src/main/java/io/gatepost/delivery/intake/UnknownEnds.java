package io.gatepost.delivery.intake;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells an operator that the broker does not say how far a topic reaches: at the beginning, every
/// minute while it lasts, and at the end. For the intake's thread.
final class UnknownEnds {

  /// Between two lines while it lasts.
  static final Duration REMINDER = Duration.ofMinutes(1);

  private static final Logger log = LoggerFactory.getLogger(UnknownEnds.class);

  private final String topics;
  private final String consequence;
  private final LongSupplier nanos;
  private int failures;
  private long sinceNanos;
  private long toldNanos;

  /// @param topics as the operator knows them
  /// @param consequence for mail, and for the log
  /// @param nanos a monotonic clock
  UnknownEnds(String topics, String consequence, LongSupplier nanos) {
    this.topics = topics;
    this.consequence = consequence;
    this.nanos = nanos;
  }

  /// The broker was asked, and has not answered in time. It is asked again.
  void unknown(Exception error) {
    long now = nanos.getAsLong();
    if (failures++ == 0) {
      sinceNanos = now;
      toldNanos = now;
      log.warn(
          "broker does not tell the end of {}, asked again from now on: {}; {}",
          topics,
          error.getMessage(),
          consequence);
    } else if (now - toldNanos >= REMINDER.toNanos()) {
      toldNanos = now;
      log.warn(
          "broker has not told the end of {} for {} s, asked {} times: {}; {}",
          topics,
          seconds(now),
          failures,
          error.getMessage(),
          consequence);
    }
  }

  /// The broker has answered.
  void known() {
    if (failures > 0) {
      log.info("broker tells the end of {} again, after {} s", topics, seconds(nanos.getAsLong()));
      failures = 0;
    }
  }

  private long seconds(long now) {
    return TimeUnit.NANOSECONDS.toSeconds(now - sinceNanos);
  }
}
