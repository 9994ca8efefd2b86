package io.gatepost.bench;

import io.gatepost.bench.load.MixOutcome;
import io.gatepost.bench.load.Traffic;
import io.gatepost.bench.measure.Pause;
import io.gatepost.bench.mta.Gatepost;
import io.gatepost.bench.mta.Meters;
import io.gatepost.bench.mta.RunningSystem;
import io.gatepost.bench.report.Metric;
import io.gatepost.bench.report.Results;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// Gatepost's own counts by class since a moment. In each class the sessions must be as many as the
/// clients have counted.
final class ClassMeters {

  private static final String ENDED = "gatepost_edge_sessions_ended";
  private static final String OCTETS = "gatepost_edge_sessions_octets_decided";
  private static final String BUSY = "gatepost_edge_sessions_busy";

  private static final double MILLIS = 1000;

  /// How long the last sessions may take to be counted.
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final long POLL_MILLIS = 100;

  private final RunningSystem running;
  private final Map<String, Double> ended;
  private final Map<String, Double> octets;
  private final Map<String, Double> busy;

  private ClassMeters(RunningSystem running) throws IOException, InterruptedException {
    this.running = running;
    this.ended = Meters.byClass(running, ENDED, "");
    this.octets = Meters.byClass(running, OCTETS, "");
    this.busy = Meters.byClass(running, BUSY, "_seconds");
  }

  /// Reads them when no session is open, as one is counted when its connection is closed, which the
  /// clients do not wait for.
  static ClassMeters open(RunningSystem running) throws IOException, InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (Meters.sessions(running) > 0 && System.nanoTime() < end) {
      Pause.millis(POLL_MILLIS);
    }
    return new ClassMeters(running);
  }

  /// Compares what was added with what the clients have seen, and notes octets and CPU of each
  /// class as far as they are counted.
  void close(MixOutcome outcome, Results results, String scenario)
      throws IOException, InterruptedException {
    List<String> differences = differences(outcome);
    if (!differences.isEmpty()) {
      throw new BenchFailure(
          Gatepost.NAME + ": " + scenario + ": classes: " + String.join(", ", differences));
    }
    Map<String, Double> octetsNow = Meters.byClass(running, OCTETS, "");
    Map<String, Double> busyNow = Meters.byClass(running, BUSY, "_seconds");
    for (MixOutcome.OfClass each : outcome.classes()) {
      Traffic traffic = each.traffic();
      double count = Math.max(1, each.sessions());
      if (octetsNow.containsKey(traffic.label())) {
        results.add(
            Gatepost.NAME,
            scenario,
            new Metric(
                traffic.title() + ", up to the decision, by its own meter", "octets/session"),
            added(octets, octetsNow, traffic.label()) / count);
      }
      if (busyNow.containsKey(traffic.label())) {
        results.add(
            Gatepost.NAME,
            scenario,
            new Metric(traffic.title() + ", busy by its own meter", "ms/session"),
            added(busy, busyNow, traffic.label()) * MILLIS / count);
      }
    }
  }

  /// The classes whose sessions are not as many as the clients', when the last one has been
  /// counted.
  private List<String> differences(MixOutcome outcome) throws IOException, InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    List<String> differences = differencesNow(outcome);
    while (!differences.isEmpty() && System.nanoTime() < end) {
      Pause.millis(POLL_MILLIS);
      differences = differencesNow(outcome);
    }
    return differences;
  }

  private List<String> differencesNow(MixOutcome outcome) throws IOException, InterruptedException {
    Map<String, Double> now = Meters.byClass(running, ENDED, "");
    List<String> differences = new ArrayList<>();
    Set<String> others = new TreeSet<>(now.keySet());
    for (MixOutcome.OfClass each : outcome.classes()) {
      String label = each.traffic().label();
      others.remove(label);
      differ(differences, label, added(ended, now, label), each.sessions());
    }
    for (String label : others) {
      differ(differences, label, added(ended, now, label), 0);
    }
    return differences;
  }

  private static void differ(List<String> differences, String label, double counted, int seen) {
    if (Math.round(counted) != seen) {
      differences.add("%s %.0f (expected: %d)".formatted(label, counted, seen));
    }
  }

  private static double added(Map<String, Double> before, Map<String, Double> now, String label) {
    return now.getOrDefault(label, 0.0) - before.getOrDefault(label, 0.0);
  }
}
