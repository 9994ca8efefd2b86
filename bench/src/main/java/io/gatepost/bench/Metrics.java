package io.gatepost.bench;

import io.gatepost.bench.measure.Usage;
import io.gatepost.bench.report.Metric;
import io.gatepost.bench.report.Results;

/// The figures that several benchmarks have in common.
final class Metrics {

  static final Metric DELIVERED = new Metric("delivered", "messages/s");
  static final Metric CPU_OF_MESSAGE = new Metric("CPU", "ms/message");

  static final Metric OTHER_LOAD = new Metric("other load", "cores");

  private static final double MICROS_PER_MILLI = 1000;

  private static final double OCTETS_PER_KIB = 1024;

  private Metrics() {}

  /// Notes CPU time and sync calls for each of the things that were done.
  ///
  /// @param thing what one is called, such as `message`
  static void addUsage(
      Results results, String system, String scenario, Usage usage, int count, String thing) {
    String millis = "ms/" + thing;
    results.add(
        system,
        scenario,
        new Metric("CPU", millis),
        usage.cpu().total() / MICROS_PER_MILLI / count);
    results.add(
        system,
        scenario,
        new Metric("CPU in the kernel", millis),
        usage.cpu().system() / MICROS_PER_MILLI / count);
    usage
        .syncs()
        .ifPresent(syncs -> {
          String calls = "calls/" + thing;
          results.add(
              system,
              scenario,
              new Metric("fsync and fdatasync", calls),
              (double) syncs.file() / count);
          results.add(
              system, scenario, new Metric("other syncs", calls), (double) syncs.other() / count);
        });
    results.add(
        system,
        scenario,
        new Metric("written", "KiB/" + thing),
        usage.writtenOctets() / OCTETS_PER_KIB / count);
    results.add(system, scenario, OTHER_LOAD, usage.foreignCores());
  }
}
