package io.gatepost.bench.load;

import io.gatepost.bench.load.Traffic.Step;
import java.util.List;

/// The result of a mix.
///
/// @param example the first reply that was not expected
/// @param late how long after their time sessions began
public record MixOutcome(
    List<OfClass> classes, List<OfStep> steps, String example, double seconds, Latencies late) {

  /// The sessions of a class.
  ///
  /// @param sessions that were to begin
  /// @param right that were accepted or refused as they should be
  /// @param lost that came to no decision
  /// @param octets from the clients up to the decision
  public record OfClass(Traffic traffic, int sessions, int right, int lost, long octets) {}

  /// The time of a step to its reply, in sessions that are accepted.
  public record OfStep(Traffic traffic, Step step, Latencies latencies) {}

  /// How many sessions there were.
  public int sessions() {
    return classes.stream().mapToInt(OfClass::sessions).sum();
  }

  /// How many came to the end that they should come to.
  public int right() {
    return classes.stream().mapToInt(OfClass::right).sum();
  }
}
