package io.gatepost.bench;

import static io.gatepost.bench.Lab.say;

import io.gatepost.bench.load.DribbleLoad;
import io.gatepost.bench.load.LoadProcess;
import io.gatepost.bench.mta.MailSystem;
import io.gatepost.bench.mta.RunningSystem;
import io.gatepost.bench.mta.Work;
import io.gatepost.bench.report.Metric;
import io.gatepost.bench.report.Results;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `slow`: what normal mail keeps of its speed beside clients that send a line a second.
@Command(
    name = "slow",
    mixinStandardHelpOptions = true,
    description = {
      "Relays messages without and with clients that send their content a line a second, in turn.",
    })
final class SlowCommand extends BenchCommand {

  private static final Metric KEPT = new Metric("throughput kept", "%");
  private static final Metric SLOW = new Metric("slow clients", "sessions");
  private static final String WITHOUT = "without slow clients";

  @Mixin private BenchOptions options = new BenchOptions();

  @Option(
      names = "--clients",
      paramLabel = "N",
      defaultValue = "1000",
      description = "Slow clients; default ${DEFAULT-VALUE}.")
  private int clients;

  @Option(
      names = "--at-most",
      paramLabel = "NAME=N",
      split = ",",
      defaultValue = "postfix=500",
      description = "Systems that get fewer; default ${DEFAULT-VALUE}.")
  private Map<String, Integer> atMost = new LinkedHashMap<>();

  @Option(
      names = "--concurrency",
      paramLabel = "N",
      defaultValue = "20",
      description = "Sessions of the normal load; default ${DEFAULT-VALUE}.")
  private int concurrency;

  @Option(
      names = "--kept",
      description = "The normal load's connections are used for many messages each.")
  private boolean kept;

  @Option(
      names = "--size",
      paramLabel = "OCTETS",
      defaultValue = "2048",
      description = "Size of a normal message; default ${DEFAULT-VALUE}.")
  private int size;

  @Option(
      names = "--warm",
      paramLabel = "N",
      defaultValue = "100000",
      description = "Gatepost's warm-up, in messages; default ${DEFAULT-VALUE}.")
  private int warm;

  @Option(
      names = "--messages",
      paramLabel = "N",
      defaultValue = "0",
      description = "Messages per run; default: as many as take --seconds, 2,000 to 40,000.")
  private int messages;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      defaultValue = "6",
      description = "How long a run is to take; default ${DEFAULT-VALUE}.")
  private int seconds;

  @Override
  BenchOptions options() {
    return options;
  }

  @Override
  void measure(Lab lab, Results results) throws IOException, InterruptedException {
    for (MailSystem system : options.systems(Work.RELAY)) {
      measure(lab, results, system);
    }
  }

  private void measure(Lab lab, Results results, MailSystem system)
      throws IOException, InterruptedException {
    RelayScenario scenario = new RelayScenario(concurrency, kept, size);
    int slow = Math.min(clients, atMost.getOrDefault(system.name(), clients));
    try (RunningSystem running = lab.start(system, lab.sink().address())) {
      Relay relay = new Relay(running, lab.load(), lab.sink());
      say("%s: warming up", system.name());
      double each =
          relay.warmUp(scenario.source(), system.warmsUp() ? warm : RelayCommand.PEER_WARM_UP);
      int count = messages > 0 ? messages : (int) Math.clamp(seconds / each, 2_000, 40_000);
      for (int run = 1; run <= options.runs(); run++) {
        double without = once(lab, results, system, relay, scenario, count, WITHOUT);
        double with;
        try (LoadProcess load = LoadProcess.start(lab.load(), DribbleLoad.class, running.smtp())) {
          int brought = dribbling(system, load, slow);
          results.add(system.name(), name(slow), SLOW, brought);
          with = once(lab, results, system, relay, scenario, count, name(slow));
          dribbling(system, load, 0);
        }
        results.add(system.name(), name(slow), KEPT, 100 * with / without);
        say("%s: %d messages, %.0f/s, %.0f/s", system.name(), count, without, with);
      }
      relay.checkNoneTwice();
    }
  }

  /// How many clients dribble, after so many were asked to.
  private static int dribbling(MailSystem system, LoadProcess load, int wanted) throws IOException {
    DribbleLoad.Outcome outcome = load.order(DribbleLoad.Outcome.class, "dribble", wanted);
    if (outcome.lost() > 0) {
      throw new BenchFailure(
          "%s: %d slow clients were cut off (%s)"
              .formatted(system.name(), outcome.lost(), outcome.example()));
    }
    return outcome.dribbling();
  }

  private static String name(int slow) {
    return "with " + slow + " slow clients";
  }

  private static double once(
      Lab lab,
      Results results,
      MailSystem system,
      Relay relay,
      RelayScenario scenario,
      int count,
      String name)
      throws IOException, InterruptedException {
    Relay.Passage passage = relay.measure(lab.meter(), scenario.source(), count);
    results.add(system.name(), name, Metrics.DELIVERED, passage.deliveredPerSecond());
    Metrics.addUsage(results, system.name(), name, passage.usage(), count, "message");
    return passage.deliveredPerSecond();
  }
}
