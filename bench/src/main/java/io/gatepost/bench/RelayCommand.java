package io.gatepost.bench;

import static io.gatepost.bench.Lab.say;

import io.gatepost.bench.measure.ThreadTimes;
import io.gatepost.bench.mta.Gatepost;
import io.gatepost.bench.mta.MailSystem;
import io.gatepost.bench.mta.Postfix;
import io.gatepost.bench.mta.RunningSystem;
import io.gatepost.bench.mta.Work;
import io.gatepost.bench.report.Metric;
import io.gatepost.bench.report.Results;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `relay`: messages/s, CPU and sync calls of mail that goes through.
@Command(
    name = "relay",
    mixinStandardHelpOptions = true,
    description = {
      "Relays messages from smtp-source to smtp-sink, with each system in turn between them.",
      "A run is timed until the sink has counted all messages. Gatepost is measured cold, freshly"
          + " started for each figure, and warm."
    })
final class RelayCommand extends BenchCommand {

  private static final Metric ACCEPTED = new Metric("accepted", "messages/s");

  /// One warm-up round; rounds go through the scenarios in turn.
  private static final int ROUND = 2_500;

  static final int PEER_WARM_UP = 500;

  @Mixin private BenchOptions options = new BenchOptions();

  @Option(
      names = "--concurrency",
      paramLabel = "N",
      split = ",",
      defaultValue = "20,100",
      description = "Sessions at a time; default ${DEFAULT-VALUE}.")
  private List<Integer> concurrencies = new ArrayList<>();

  @Option(
      names = "--connections",
      paramLabel = "KIND",
      split = ",",
      defaultValue = "once,kept",
      description = "once: a connection per message, kept: many; default ${DEFAULT-VALUE}.")
  private List<Connections> connections = new ArrayList<>();

  @Option(
      names = "--size",
      paramLabel = "OCTETS",
      split = ",",
      defaultValue = "2048",
      description = "Size of a message; default ${DEFAULT-VALUE}.")
  private List<Integer> sizes = new ArrayList<>();

  @Option(
      names = "--cold",
      paramLabel = "N",
      defaultValue = "5000",
      description = "Warm-up of the cold figures, in messages; 0: none; default ${DEFAULT-VALUE}.")
  private int cold;

  @Option(
      names = "--warm",
      paramLabel = "N",
      defaultValue = "100000",
      description = "Warm-up of the warm figures, in messages; 0: none; default ${DEFAULT-VALUE}.")
  private int warm;

  @Option(
      names = "--messages",
      paramLabel = "N",
      defaultValue = "0",
      description = "Messages per run; default: as many as take --seconds, 2,000 to 20,000.")
  private int messages;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      defaultValue = "3",
      description = "How long a run is to take; default ${DEFAULT-VALUE}.")
  private int seconds;

  @Option(
      names = "--threads",
      description = "Says on standard error which threads used how much CPU per message.")
  private boolean threads;

  /// Use of a connection after a message.
  enum Connections {
    ONCE,
    KEPT
  }

  @Override
  BenchOptions options() {
    return options;
  }

  @Override
  void measure(Lab lab, Results results) throws IOException, InterruptedException {
    for (MailSystem system : options.systems(Work.RELAY)) {
      if (!system.warmsUp()) {
        measureWarm(lab, results, system, PEER_WARM_UP * scenarios().size(), "");
        continue;
      }
      for (int run = 1; cold > 0 && run <= options.runs(); run++) {
        for (RelayScenario scenario : scenarios()) {
          measureCold(lab, results, system, scenario);
        }
      }
      if (warm > 0) {
        measureWarm(lab, results, system, warm, ", warm");
      }
    }
    compare(results);
  }

  private List<RelayScenario> scenarios() {
    List<RelayScenario> scenarios = new ArrayList<>();
    for (int size : sizes) {
      for (int concurrency : concurrencies) {
        for (Connections kind : connections) {
          scenarios.add(new RelayScenario(concurrency, kind == Connections.KEPT, size));
        }
      }
    }
    return scenarios;
  }

  /// A system that has just been started: one figure, then it goes.
  private void measureCold(Lab lab, Results results, MailSystem system, RelayScenario scenario)
      throws IOException, InterruptedException {
    try (RunningSystem running = lab.start(system, lab.sink().address())) {
      Relay relay = new Relay(running, lab.load(), lab.sink());
      double each = relay.warmUp(scenario.source(), cold);
      measureOnce(lab, results, system, running, relay, scenario, each, ", cold");
      relay.checkNoneTwice();
    }
  }

  /// A system that has done its work for a while: all figures from one process.
  private void measureWarm(Lab lab, Results results, MailSystem system, int warmUp, String suffix)
      throws IOException, InterruptedException {
    try (RunningSystem running = lab.start(system, lab.sink().address())) {
      Relay relay = new Relay(running, lab.load(), lab.sink());
      Map<RelayScenario, Double> each = new HashMap<>();
      int round = Math.clamp(warmUp / scenarios().size(), 1, ROUND);
      say("%s: warming up with %d messages", system.name(), warmUp);
      for (int sent = 0; sent < warmUp; ) {
        for (RelayScenario scenario : scenarios()) {
          each.put(scenario, relay.warmUp(scenario.source(), round));
          sent += round;
        }
      }
      for (int run = 1; run <= options.runs(); run++) {
        for (RelayScenario scenario : scenarios()) {
          double expected = each.getOrDefault(scenario, 0.0);
          measureOnce(lab, results, system, running, relay, scenario, expected, suffix);
        }
      }
      relay.checkNoneTwice();
    }
  }

  private void measureOnce(
      Lab lab,
      Results results,
      MailSystem system,
      RunningSystem running,
      Relay relay,
      RelayScenario scenario,
      double expectedSecondsEach,
      String suffix)
      throws IOException, InterruptedException {
    String name = scenario + suffix;
    ThreadTimes before = ThreadTimes.of(running.group());
    Relay.Passage passage =
        relay.measure(lab.meter(), scenario.source(), messages(expectedSecondsEach));
    ThreadTimes used = ThreadTimes.of(running.group()).since(before);
    int count = passage.messages();
    results.add(system.name(), name, Metrics.DELIVERED, passage.deliveredPerSecond());
    results.add(system.name(), name, ACCEPTED, passage.acceptedPerSecond());
    Metrics.addUsage(results, system.name(), name, passage.usage(), count, "message");
    if (system.name().equals(Gatepost.NAME)) {
      Metric compiler = new Metric("CPU of the compiler", "ms/message");
      Metric database = new Metric("CPU of PostgreSQL", "ms/message");
      results.add(system.name(), name, compiler, used.millisOf("Compiler") / count);
      results.add(system.name(), name, database, used.millisOf("postgres") / count);
    }
    say(
        "%s: %s: %d messages, %.0f/s, %.3f ms",
        system.name(),
        name,
        count,
        passage.deliveredPerSecond(),
        passage.usage().cpu().total() / 1000.0 / count);
    if (threads) {
      used.sorted()
          .forEach((thread, micros) -> say("  %7.1f us %s", (double) micros / count, thread));
    }
  }

  /// As many as fill the time, within what is few enough to wait for and many enough to count.
  private int messages(double expectedSecondsEach) {
    return messages > 0 ? messages : (int) Math.clamp(seconds / expectedSecondsEach, 2_000, 20_000);
  }

  private void compare(Results results) {
    for (RelayScenario scenario : scenarios()) {
      for (String suffix : List.of(", cold", ", warm")) {
        for (Metric metric : List.of(Metrics.DELIVERED, Metrics.CPU_OF_MESSAGE)) {
          results.compare(
              Gatepost.NAME, scenario + suffix, metric, Postfix.NAME, scenario.toString());
        }
      }
    }
  }
}
