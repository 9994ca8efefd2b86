package io.gatepost.gate;

import java.time.Duration;

/// A snapshot of a gate or of shared calls. Its figures are read one after the other, so that they
/// may be a few calls apart.
///
/// @param name of the resource, in lower case with hyphens
/// @param limit calls that may run at a time; of shared calls, keys
/// @param running those that do
/// @param places calls that may wait, of each priority
/// @param waiting those that do, of all priorities
/// @param refused calls refused since the start as there was no place
/// @param late calls refused since the start as their time to wait was over
/// @param waited how long calls waited, whatever came of it; those that got a slot at once are not
///   among them
/// @param held how long calls held their slots; those that were answered at once are not among them
public record GateState(
    String name,
    int limit,
    int running,
    int places,
    int waiting,
    long refused,
    long late,
    Times waited,
    Times held) {

  /// Times since the start.
  ///
  /// @param count how many
  public record Times(long count, Duration total, Duration longest) {

    static final Times NONE = new Times(0, Duration.ZERO, Duration.ZERO);

    /// The mean; zero where there is none yet.
    public Duration mean() {
      return count == 0 ? Duration.ZERO : total.dividedBy(count);
    }
  }
}
