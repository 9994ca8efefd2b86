package io.gatepost.queue.ladder;

import io.gatepost.contract.queue.Conclusion;
import io.gatepost.contract.setting.SettingException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/// How long a message waits after each attempt: after the first attempt the first step, after the
/// second the second, and so on; the last step repeats. A busy destination costs no step.
///
/// @param steps ascending, 1 to 12
/// @param busyStep outside the ladder, for messages that were not attempted
public record RetryLadder(List<Duration> steps, Duration busyStep) {

  private static final int MAX_STEPS = 12;

  /// After so many of them the busy step is over: a host that takes less than it is sent would have
  /// its whole backlog moved every few seconds.
  private static final int BUSY_STEPS = 6;

  /// Throws [SettingException] where the steps are no ladder.
  public RetryLadder {
    steps = List.copyOf(steps);
    if (steps.isEmpty() || steps.size() > MAX_STEPS) {
      throw bad(steps);
    }
    Duration before = Duration.ZERO;
    for (Duration step : steps) {
      if (step.compareTo(before) <= 0) {
        throw bad(steps);
      }
      before = step;
    }
    if (busyStep.isNegative() || busyStep.isZero()) {
      throw new SettingException("gatepost.queue.busy-step", busyStep, "a duration above zero");
    }
  }

  /// The step for an envelope that has been attempted so often.
  ///
  /// @param attempts attempts that ended in deferral, this one included
  public Duration step(Conclusion.Wait wait, int attempts) {
    return switch (wait) {
      case BUSY -> busyStep;
      case LADDER -> steps.get(Math.clamp(attempts - 1L, 0, steps.size() - 1));
    };
  }

  /// The step after one of this ladder's, or of an earlier one's; the last repeats.
  public Duration after(Duration step) {
    for (Duration next : steps) {
      if (next.compareTo(step) > 0) {
        return next;
      }
    }
    return steps.getLast();
  }

  /// The step for an envelope that comes due while its destination is busy.
  ///
  /// @param age how long ago the message was accepted
  public Duration busy(Duration age) {
    Duration first = steps.getFirst();
    boolean patient = age.compareTo(busyStep.multipliedBy(BUSY_STEPS)) < 0;
    return patient || first.compareTo(busyStep) < 0 ? busyStep : first;
  }

  /// Every step that has a topic.
  public List<Duration> all() {
    return Stream.concat(Stream.of(busyStep), steps.stream()).distinct().toList();
  }

  private static SettingException bad(List<Duration> steps) {
    return new SettingException(
        "gatepost.queue.ladder",
        steps,
        "1 to 12 ISO durations, each longer than the one before, such as PT5M,PT30M");
  }
}
