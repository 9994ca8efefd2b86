package io.gatepost.system.power;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;

/// How often a random power cut is tried, and which ones.
final class Rounds {

  private static final int DEFAULT = 1;

  private Rounds() {}

  /// One seed for each round. The system property `gatepost.power.rounds` says how many; they are
  /// other ones each time, unless `gatepost.power.seed` names the one that is to be repeated.
  static List<Long> seeds() {
    Long repeated = Long.getLong("gatepost.power.seed");
    LongStream seeds =
        repeated == null
            ? new SplittableRandom().longs(0, 1L << 32)
            : LongStream.generate(() -> repeated);
    return seeds.limit(Integer.getInteger("gatepost.power.rounds", DEFAULT)).boxed().toList();
  }
}
