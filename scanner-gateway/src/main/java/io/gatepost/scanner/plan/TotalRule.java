package io.gatepost.scanner.plan;

import java.util.Optional;

/// Thresholds for the points of all scanners together.
///
/// @param refuseAbove points from which on a message is refused
/// @param quarantineAbove points from which on it is put aside
/// @param markAbove points from which on it is marked
public record TotalRule(
    Optional<Double> refuseAbove, Optional<Double> quarantineAbove, Optional<Double> markAbove) {

  /// The scanner's name under which marks and logs tell of it.
  static final String NAME = "total";

  /// No thresholds.
  public static final TotalRule NONE =
      new TotalRule(Optional.empty(), Optional.empty(), Optional.empty());

  Plan.Standing standing(double sum) {
    if (refuseAbove.isPresent() && sum >= refuseAbove.get()) {
      return Plan.Standing.REFUSED;
    }
    if (quarantineAbove.isPresent() && sum >= quarantineAbove.get()) {
      return Plan.Standing.PUT_ASIDE;
    }
    return markAbove.isPresent() && sum >= markAbove.get()
        ? Plan.Standing.MARKED
        : Plan.Standing.CLEAN;
  }
}
