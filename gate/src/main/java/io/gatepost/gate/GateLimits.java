package io.gatepost.gate;

/// Limits of a gate.
///
/// @param slots calls that run at a time, at least 1
/// @param places calls of each priority that wait at a time; 0 for none. Each priority has its own,
///   so that a flood of one leaves room for the others
/// @param share those of one party, at most [#places()]
/// @param patience slots in a row that go to other priorities while a call waits, at least 1; then
///   its priority has the next one
public record GateLimits(int slots, int places, int share, int patience) {

  /// Patience of gates that do not say otherwise.
  private static final int USUAL_PATIENCE = 4;

  public GateLimits {
    atLeast("slots", slots, 1);
    atLeast("places", places, 0);
    atLeast("share", share, 0);
    atLeast("patience", patience, 1);
    if (share > places) {
      throw new IllegalArgumentException("share: " + share + " (expected: 0 to " + places + ")");
    }
  }

  /// Slots without places to wait.
  public static GateLimits slots(int slots) {
    return new GateLimits(slots, 0, 0, USUAL_PATIENCE);
  }

  /// Slots with places to wait, all of which one party may take.
  public static GateLimits of(int slots, int places) {
    return new GateLimits(slots, places, places, USUAL_PATIENCE);
  }

  /// These limits with a share of the places for each party.
  public GateLimits withShare(int places) {
    return new GateLimits(slots, this.places, places, patience);
  }

  /// These limits with another patience.
  public GateLimits withPatience(int slots) {
    return new GateLimits(this.slots, places, share, slots);
  }

  private static void atLeast(String name, int value, int least) {
    if (value < least) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: >= " + least + ")");
    }
  }
}
