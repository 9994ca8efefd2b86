package io.gatepost.bench;

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

  private static final double MICROS = 1e6;
  private static final double MILLIS = 1e3;

  private Limit() {}

  /// The limit in words, with the numbers that say so.
  ///
  /// @param connections sessions at a time; 0 where they began in their time
  static String of(Usage usage, CpuTime dns, MixOutcome outcome, int connections) {
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
    if (connections == 0 && outcome.late().p99() < ON_TIME_MILLIS) {
      return "limited by the rate that was asked for; " + shares;
    }
    if (busy / cores >= TAKEN) {
      return "limited by the processors; " + shares;
    }
    if (ofLoad >= TAKEN) {
      return "limited by the generator, which is one thread; " + shares;
    }
    if (connections == 0) {
      return "limited by how many sessions may be open; " + shares;
    }
    return String.format(
            Locale.ROOT,
            "limited by waiting, %.1f ms a session; ",
            connections * outcome.seconds() * MILLIS / outcome.sessions())
        + shares;
  }
}
