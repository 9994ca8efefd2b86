package io.gatepost.bench;

import io.gatepost.bench.load.MixLoad;
import io.gatepost.bench.load.MixOutcome;
import io.gatepost.bench.measure.CpuTime;
import io.gatepost.bench.measure.Usage;
import java.util.Locale;

/// Says what a figure of the mix is limited by, from what was busy.
final class Limit {

  /// From this share on the processors are taken: the rest is lost in waiting for each other.
  private static final double TAKEN = 0.9;

  /// Sessions that begin no later than this begin in their time.
  private static final double ON_TIME_MILLIS = 100;

  /// The last ones may take so long.
  private static final double END_MILLIS = 1_000;

  private static final double MICROS = 1e6;
  private static final double MILLIS = 1e3;

  private Limit() {}

  /// The limit in words, with the numbers that say so.
  ///
  /// @param order what the generator was told
  static String of(Usage usage, CpuTime dns, MixOutcome outcome, MixLoad.Order order) {
    int cores = Runtime.getRuntime().availableProcessors();
    double ofSystem = usage.cpu().total() / MICROS / usage.seconds();
    double ofDns = dns.total() / MICROS / usage.seconds();
    double ofLoad = Math.max(0, usage.cpuOfLoad().total() / MICROS / usage.seconds() - ofDns);
    double busy = ofSystem + ofDns + ofLoad + usage.foreignCores();
    String shares =
        String.format(
            Locale.ROOT,
            "of %d cores the system used %.2f, the generator %.2f, the DNS %.2f, others %.2f",
            cores,
            ofSystem,
            ofLoad,
            ofDns,
            usage.foreignCores());
    if (order.connections() == 0 && isInTime(outcome, order)) {
      return "limited by the rate that was asked for; " + shares;
    }
    if (busy / cores >= TAKEN) {
      return "limited by the processors; " + shares;
    }
    if (ofLoad >= TAKEN) {
      return "limited by the generator, which is one thread; " + shares;
    }
    if (order.connections() == 0) {
      return "limited by waiting, as sessions took long; " + shares;
    }
    return String.format(
            Locale.ROOT,
            "limited by waiting, %.1f ms a session; ",
            order.connections() * outcome.seconds() * MILLIS / outcome.sessions())
        + shares;
  }

  /// Whether sessions began and ended in their time.
  private static boolean isInTime(MixOutcome outcome, MixLoad.Order order) {
    return outcome.late().p99() < ON_TIME_MILLIS
        && outcome.seconds() * MILLIS < order.millis() + END_MILLIS;
  }
}
