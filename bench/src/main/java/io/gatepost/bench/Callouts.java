package io.gatepost.bench;

import static io.gatepost.bench.Lab.say;

import io.gatepost.bench.load.CalloutLoad;
import io.gatepost.bench.load.LoadProcess;
import io.gatepost.bench.load.NextHop;
import io.gatepost.bench.measure.CpuTime;
import io.gatepost.bench.measure.Meter;
import io.gatepost.bench.measure.ThreadTimes;
import io.gatepost.bench.measure.Usage;
import io.gatepost.bench.mta.MailSystem;
import io.gatepost.bench.mta.RunningSystem;
import io.gatepost.bench.report.Metric;
import io.gatepost.bench.report.Results;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Verification by one running system, asked by a generator, with a next hop behind it.
final class Callouts {

  private static final String THING = "recipient";
  private static final String EACH = "ms/" + THING;

  static final Metric VERIFIED = new Metric("verified", "recipients/s");
  static final Metric CPU = new Metric("CPU", EACH);

  private static final Metric LATER = new Metric("put off", "%");
  private static final Metric GENERATOR = new Metric("CPU of the generator", EACH);
  private static final Metric HOP = new Metric("CPU of the next hop", EACH);
  private static final Metric QUESTIONS = new Metric("asked of the next hop", "RCPT/" + THING);
  private static final Metric CONNECTIONS = new Metric("to the next hop", "connections/" + THING);
  private static final Metric MEDIAN = new Metric("RCPT, median", "ms");
  private static final Metric P99 = new Metric("RCPT, p99", "ms");

  /// One warm-up round.
  private static final int ROUND = 2_000;

  private static final int MAX_COUNT = 200_000;

  /// Recipients that are asked for again: few enough to be in every cache.
  private static final int MAX_POOL = 10_000;

  /// Of a system that needs seconds for each, so that a session has more than one of them.
  private static final int ROUNDS_AT_LEAST = 2;

  private static final double MICROS_PER_MILLI = 1000;

  private final MailSystem system;
  private final RunningSystem running;
  private final LoadProcess load;
  private final LoadProcess hop;
  private final boolean threads;
  private final Map<CalloutScenario, Double> perSecond = new HashMap<>();
  private int numbered;

  Callouts(
      MailSystem system,
      RunningSystem running,
      LoadProcess load,
      LoadProcess hop,
      boolean threads) {
    this.system = system;
    this.running = running;
    this.load = load;
    this.hop = hop;
    this.threads = threads;
  }

  /// Runs each scenario once with few recipients, and then all of them in turn.
  ///
  /// @param recipients how many in all at least
  void warmUp(List<CalloutScenario> scenarios, int recipients) throws IOException {
    say("%s: warming up with %d recipients", system.name(), recipients);
    int done = 0;
    do {
      for (CalloutScenario scenario : scenarios) {
        int count = recipients == 0 ? least(scenario) : ROUND;
        CalloutLoad.Outcome outcome = ask(scenario, count);
        perSecond.put(scenario, outcome.verified() / outcome.seconds());
        done += count;
      }
    } while (done < recipients);
  }

  /// Measures a scenario once.
  ///
  /// @param wanted how many recipients; 0: as many as take so many seconds
  void measure(Lab lab, Results results, CalloutScenario scenario, int wanted, int seconds)
      throws IOException, InterruptedException {
    int count = wanted > 0 ? wanted : count(scenario, seconds);
    CpuTime hopBefore = lab.nextHops().cpu();
    NextHop.Asked askedBefore = asked();
    ThreadTimes threadsBefore = ThreadTimes.of(running.group());
    try (Meter.Running meter = lab.meter().start(running.group())) {
      CalloutLoad.Outcome outcome = ask(scenario, count);
      Usage usage = meter.stop();
      CpuTime hopUsed = lab.nextHops().cpu().minus(hopBefore);
      ThreadTimes used = ThreadTimes.of(running.group()).since(threadsBefore);
      note(results, scenario, outcome, usage, hopUsed, asked().since(askedBefore));
      perSecond.put(scenario, outcome.verified() / outcome.seconds());
      if (threads) {
        used.sorted()
            .forEach((thread, micros) -> say("  %7.1f us %s", (double) micros / count, thread));
      }
    }
  }

  private void note(
      Results results,
      CalloutScenario scenario,
      CalloutLoad.Outcome outcome,
      Usage usage,
      CpuTime hopUsed,
      NextHop.Asked asked) {
    int count = outcome.verified();
    String name = scenario.toString();
    double rate = count / outcome.seconds();
    results.add(system.name(), name, VERIFIED, rate);
    results.add(system.name(), name, LATER, 100.0 * outcome.later() / (count + outcome.later()));
    results.add(system.name(), name, MEDIAN, outcome.rcpt().median());
    results.add(system.name(), name, P99, outcome.rcpt().p99());
    Metrics.addUsage(results, system.name(), name, usage, count, THING);
    double ofHop = hopUsed.total() / MICROS_PER_MILLI / count;
    double ofLoad = usage.cpuOfLoad().total() / MICROS_PER_MILLI / count;
    results.add(system.name(), name, GENERATOR, Math.max(0, ofLoad - ofHop));
    results.add(system.name(), name, HOP, ofHop);
    results.add(system.name(), name, QUESTIONS, (double) asked.recipients() / count);
    results.add(system.name(), name, CONNECTIONS, (double) asked.connections() / count);
    say(
        "%s: %s: %d verified, %d put off, %.0f/s, %.3f ms",
        system.name(),
        name,
        count,
        outcome.later(),
        rate,
        usage.cpu().total() / MICROS_PER_MILLI / count);
  }

  private NextHop.Asked asked() throws IOException {
    return hop.order(NextHop.Asked.class, "asked");
  }

  private CalloutLoad.Outcome ask(CalloutScenario scenario, int count) throws IOException {
    int first = numbered;
    int pool = count;
    switch (scenario.time()) {
      case FIRST -> numbered += count;
      case CACHED -> {
        pool = Math.min(MAX_POOL, numbered);
        first = numbered - pool;
      }
    }
    CalloutLoad.Outcome outcome =
        load.order(
            CalloutLoad.Outcome.class,
            new CalloutLoad.Order(scenario.concurrency(), scenario.recipients(), first, pool, count)
                .words());
    if (outcome.wrong() > 0 || outcome.verified() == 0) {
      throw new BenchFailure(
          "%s: %s: of %d recipients %d got other replies than expected, %d were put off (%s)"
              .formatted(
                  system.name(),
                  scenario,
                  count,
                  outcome.wrong(),
                  outcome.later(),
                  outcome.example()));
    }
    return outcome;
  }

  private int count(CalloutScenario scenario, int seconds) {
    double expected = perSecond.getOrDefault(scenario, 0.0) * seconds;
    return (int) Math.clamp(expected, least(scenario), MAX_COUNT);
  }

  private static int least(CalloutScenario scenario) {
    return ROUNDS_AT_LEAST * scenario.concurrency() * scenario.recipients();
  }
}
