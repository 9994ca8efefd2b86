package io.gatepost.bench;

import io.gatepost.bench.load.MixLoad;
import io.gatepost.bench.load.Traffic;
import java.util.Arrays;

/// A rate of the mix.
sealed interface MixScenario {

  /// A multiple of the traffic of 2008: sessions begin when they are due, however many are open.
  record Times(int factor) implements MixScenario {
    @Override
    public String toString() {
      return "mix, " + factor + " times 2008";
    }
  }

  /// As fast as it goes, in sessions that follow each other.
  record AsFastAsItGoes(int connections) implements MixScenario {
    @Override
    public String toString() {
      return "mix, as fast as it goes, " + connections + " connections";
    }
  }

  /// The largest factor, which is 8,120 sessions a second.
  int MAX_FACTOR = 100;

  double TENTHS = 10;

  /// Reads what the command line says.
  static MixScenario of(String rate, int connections) {
    if (rate.equals("max")) {
      if (connections < 1 || connections > 5_000) {
        throw new BenchFailure("--connections = " + connections + " (expected: 1 to 5000)");
      }
      return new AsFastAsItGoes(connections);
    }
    if (!rate.matches("[1-9]\\d{0,2}") || Integer.parseInt(rate) > MAX_FACTOR) {
      throw new BenchFailure("--rate = " + rate + " (expected: 1 to " + MAX_FACTOR + ", or max)");
    }
    return new Times(Integer.parseInt(rate));
  }

  /// Sessions a second in 2008.
  static double perSecond() {
    return Arrays.stream(Traffic.values()).mapToInt(Traffic::tenths).sum() / TENTHS;
  }

  /// The order for the generator.
  ///
  /// @param sessions how many where they follow each other
  /// @param seconds how long it is to take where they begin in their time
  default MixLoad.Order order(int sessions, int seconds) {
    return switch (this) {
      case Times(int factor) ->
          new MixLoad.Order((int) Math.round(factor * perSecond() * seconds), 0, seconds * 1000);
      case AsFastAsItGoes(int connections) -> new MixLoad.Order(sessions, connections, 0);
    };
  }
}
