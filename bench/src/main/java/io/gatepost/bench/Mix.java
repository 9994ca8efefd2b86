package io.gatepost.bench;

import static io.gatepost.bench.Lab.say;

import io.gatepost.bench.load.LoadProcess;
import io.gatepost.bench.load.MixLoad;
import io.gatepost.bench.load.MixOutcome;
import io.gatepost.bench.measure.CpuTime;
import io.gatepost.bench.measure.Meter;
import io.gatepost.bench.measure.Usage;
import io.gatepost.bench.mta.Gatepost;
import io.gatepost.bench.mta.MailSystem;
import io.gatepost.bench.mta.RunningSystem;
import io.gatepost.bench.report.Metric;
import io.gatepost.bench.report.Results;
import java.io.IOException;

/// The mix against one running system.
final class Mix {

  static final Metric SESSIONS = new Metric("sessions", "sessions/s");
  static final Metric CPU = new Metric("CPU", "ms/session");

  private static final Metric WRONG = new Metric("another end than expected", "%");
  private static final Metric GENERATOR = new Metric("CPU of the generator", "ms/session");
  private static final Metric DNS = new Metric("CPU of the DNS", "ms/session");
  private static final Metric LATE = new Metric("begun late, p99", "ms");

  /// Sessions of the first round, which says how many are needed.
  private static final int ROUND = 500;

  private static final int MAX_SESSIONS = 200_000;
  private static final double MICROS_PER_MILLI = 1000;

  private final Lab lab;
  private final Results results;
  private final MailSystem system;
  private final RunningSystem running;
  private final LoadProcess load;
  private double perSecond;

  Mix(Lab lab, Results results, MailSystem system, RunningSystem running, LoadProcess load) {
    this.lab = lab;
    this.results = results;
    this.system = system;
    this.running = running;
    this.load = load;
  }

  /// Runs as fast as it goes, in rounds. A system that is cold on a machine that is busy may not
  /// hear of a list in time: how sessions end is told and no failure here.
  ///
  /// @param sessions how many in all at least
  void warmUp(int sessions, int connections) throws IOException {
    for (int done = 0; done < sessions; done += ROUND) {
      MixOutcome outcome = run(new MixLoad.Order(ROUND, connections, 0));
      if (outcome.right() < outcome.sessions()) {
        say("%s", message(outcome, "warming up"));
      }
    }
  }

  /// Measures a rate once.
  ///
  /// @param sessions how many where they follow each other; 0: as many as take the seconds
  void measure(MixScenario scenario, int sessions, int seconds)
      throws IOException, InterruptedException {
    int enough =
        sessions > 0 ? sessions : (int) Math.clamp(perSecond * seconds, ROUND, MAX_SESSIONS);
    MixLoad.Order order = scenario.order(enough, seconds);
    String name = scenario.toString();
    if (system.name().equals(Gatepost.NAME)) {
      ClassMeters meters = ClassMeters.open(running);
      MixOutcome outcome = measure(order, name);
      meters.close(outcome, results, name);
    } else {
      measure(order, name);
    }
  }

  private MixOutcome measure(MixLoad.Order order, String name)
      throws IOException, InterruptedException {
    try (Meter.Running meter = lab.meter().start(running.group())) {
      CpuTime dnsBefore = lab.nameServers().cpu();
      MixOutcome outcome = run(order);
      check(outcome, name);
      Usage usage = meter.stop();
      note(name, outcome, usage, lab.nameServers().cpu().minus(dnsBefore), order);
      return outcome;
    }
  }

  private void note(
      String name, MixOutcome outcome, Usage usage, CpuTime dns, MixLoad.Order order) {
    // Those that came to another end, which only peers may have, are no result.
    int count = outcome.right();
    String who = system.name();
    double rate = count / outcome.seconds();
    results.add(who, name, SESSIONS, rate);
    results.add(who, name, WRONG, 100.0 * (outcome.sessions() - count) / outcome.sessions());
    Metrics.addUsage(results, who, name, usage, count, "session");
    double ofDns = dns.total() / MICROS_PER_MILLI / count;
    double ofLoad = usage.cpuOfLoad().total() / MICROS_PER_MILLI / count;
    results.add(who, name, GENERATOR, Math.max(0, ofLoad - ofDns));
    results.add(who, name, DNS, ofDns);
    if (order.connections() == 0) {
      results.add(who, name, LATE, outcome.late().p99());
    }
    for (MixOutcome.OfClass each : outcome.classes()) {
      String title = each.traffic().title();
      results.add(who, name, new Metric(title, "sessions"), each.sessions());
      results.add(
          who,
          name,
          new Metric(title + ", up to the decision", "octets/session"),
          (double) each.octets() / Math.max(1, each.sessions()));
    }
    for (MixOutcome.OfStep each : outcome.steps()) {
      String title = each.traffic().title() + ", " + each.step().title();
      results.add(who, name, new Metric(title + ", median", "ms"), each.latencies().median());
      results.add(who, name, new Metric(title + ", p99", "ms"), each.latencies().p99());
    }
    results.note("%s: %s: %s".formatted(who, name, Limit.of(usage, dns, outcome, order)));
    say(
        "%s: %s: %d sessions, %.0f/s, %.3f ms",
        who, name, count, rate, usage.cpu().total() / MICROS_PER_MILLI / count);
  }

  private MixOutcome run(MixLoad.Order order) throws IOException {
    MixOutcome outcome = load.order(MixOutcome.class, order.words());
    if (order.connections() > 0) {
      perSecond = outcome.sessions() / outcome.seconds();
    }
    return outcome;
  }

  private void check(MixOutcome outcome, String name) {
    if (outcome.right() < outcome.sessions()) {
      if (system.name().equals(Gatepost.NAME) || outcome.right() == 0) {
        throw new BenchFailure(message(outcome, name));
      }
      say("%s", message(outcome, name));
    }
  }

  private String message(MixOutcome outcome, String name) {
    return "%s: %s: sessions that came to another end than they should: %s (%s)"
        .formatted(system.name(), name, wrong(outcome), outcome.example());
  }

  private static String wrong(MixOutcome outcome) {
    return String.join(
        ", ",
        outcome.classes().stream()
            .filter(each -> each.right() < each.sessions())
            .map(each ->
                "%s: %d of %d, %d of them cut off"
                    .formatted(
                        each.traffic().title(),
                        each.sessions() - each.right(),
                        each.sessions(),
                        each.lost()))
            .toList());
  }
}
