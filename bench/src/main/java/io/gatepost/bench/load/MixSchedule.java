package io.gatepost.bench.load;

import java.util.Arrays;
import java.util.Random;

/// The order of the sessions of a mix, the same whenever it is made.
///
/// @param order the class of each session
/// @param due when each is to begin, in nanoseconds from the start and ascending; where sessions
///   follow each other, all 0
record MixSchedule(Traffic[] order, long[] due) {

  private static final long SEED = 2008;

  /// Sessions that come at random over a time, as those of many independent clients do.
  ///
  /// @param seconds 0 where sessions follow each other
  static MixSchedule of(int sessions, double seconds) {
    Random random = new Random(SEED);
    long[] due = new long[sessions];
    Arrays.setAll(due, _ -> (long) (random.nextDouble() * seconds * 1e9));
    Arrays.sort(due);
    return new MixSchedule(shuffled(shares(sessions), random), due);
  }

  /// How many sessions are of each class: each class has its share, to the nearest whole.
  static int[] shares(int sessions) {
    Traffic[] classes = Traffic.values();
    int all = Arrays.stream(classes).mapToInt(Traffic::tenths).sum();
    int[] shares = new int[classes.length];
    int before = 0;
    int given = 0;
    for (Traffic traffic : classes) {
      before += traffic.tenths();
      int upToHere = (int) Math.round((double) sessions * before / all);
      shares[traffic.ordinal()] = upToHere - given;
      given = upToHere;
    }
    return shares;
  }

  private static Traffic[] shuffled(int[] shares, Random random) {
    Traffic[] order = new Traffic[Arrays.stream(shares).sum()];
    int at = 0;
    for (Traffic traffic : Traffic.values()) {
      int end = at + shares[traffic.ordinal()];
      Arrays.fill(order, at, end, traffic);
      at = end;
    }
    for (int i = order.length - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      Traffic swapped = order[i];
      order[i] = order[other];
      order[other] = swapped;
    }
    return order;
  }
}
