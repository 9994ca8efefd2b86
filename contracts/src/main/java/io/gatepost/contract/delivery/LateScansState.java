package io.gatepost.contract.delivery;

import java.time.Duration;

/// The messages that were accepted unscanned and still owe their scan (requirement E20), as far as
/// one delivery-service knows.
///
/// @param messages how many
/// @param octets of their contents together, in wire form
/// @param age since the oldest of them has arrived; zero where there is none
public record LateScansState(int messages, long octets, Duration age) {

  /// None.
  public static final LateScansState NONE = new LateScansState(0, 0, Duration.ZERO);

  public LateScansState {
    if (messages < 0 || octets < 0 || age.isNegative()) {
      throw new IllegalArgumentException(
          "late scans: %d, %d octets, %s (expected: 0 or more)".formatted(messages, octets, age));
    }
  }
}
