package io.gatepost.bench;

import static io.gatepost.bench.Lab.say;

import io.gatepost.bench.dns.NameServers;
import io.gatepost.bench.load.LoadProcess;
import io.gatepost.bench.load.MixLoad;
import io.gatepost.bench.mta.Gatepost;
import io.gatepost.bench.mta.MailSystem;
import io.gatepost.bench.mta.RunningSystem;
import io.gatepost.bench.mta.Site;
import io.gatepost.bench.mta.Work;
import io.gatepost.bench.report.Metric;
import io.gatepost.bench.report.Results;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `mix`: the traffic of Cambridge in 2008 (requirement B10).
@Command(
    name = "mix",
    mixinStandardHelpOptions = true,
    description = {
      "The traffic of Cambridge in 2008, a second of it: 1 relay attempt, 3 sessions of malware that"
          + " is known by its HELO name, 67 of clients on a list, 1.5 with a bad recipient, 1.2 with"
          + " a bad sender, 2 with spam, 3 legitimate and 2.5 internal messages.",
      "Three DNS lists are asked for each stranger, by way of a resolver. Every session has to come"
          + " to the end that its class should come to, and Gatepost has to count it in its class."
    })
final class MixCommand extends BenchCommand {

  @Mixin private BenchOptions options = new BenchOptions();

  @Option(
      names = "--rate",
      paramLabel = "RATE",
      split = ",",
      defaultValue = "1,10,max",
      description =
          "How many times the traffic of 2008, or max: as fast as it goes; default"
              + " ${DEFAULT-VALUE}.")
  private List<String> rates = new ArrayList<>();

  @Option(
      names = "--connections",
      paramLabel = "N",
      defaultValue = "100",
      description = "Sessions at a time where the rate is max; default ${DEFAULT-VALUE}.")
  private int connections;

  @Option(
      names = "--sessions",
      paramLabel = "N",
      defaultValue = "0",
      description = "Sessions per run where the rate is max; default: as many as take --seconds.")
  private int sessions;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      defaultValue = "30",
      description = "How long a run is to take; default ${DEFAULT-VALUE}.")
  private int seconds;

  @Option(
      names = "--warm",
      paramLabel = "N",
      defaultValue = "50000",
      description = "Gatepost's warm-up, in sessions; default ${DEFAULT-VALUE}.")
  private int warm;

  @Option(
      names = "--dns-delay",
      paramLabel = "MS",
      defaultValue = "20",
      description = "How far away the lists are, in milliseconds; default ${DEFAULT-VALUE}.")
  private int delay;

  private static final int PEER_WARM_UP = 1_000;
  private static final int MAX_SECONDS = 3_600;
  private static final int MAX_DELAY = 5_000;

  @Override
  BenchOptions options() {
    return options;
  }

  @Override
  void measure(Lab lab, Results results) throws IOException, InterruptedException {
    if (seconds < 1 || seconds > MAX_SECONDS) {
      throw new BenchFailure("--seconds = " + seconds + " (expected: 1 to " + MAX_SECONDS + ")");
    }
    if (delay < 0 || delay > MAX_DELAY) {
      throw new BenchFailure("--dns-delay = " + delay + " (expected: 0 to " + MAX_DELAY + ")");
    }
    List<MixScenario> scenarios =
        rates.stream().map(rate -> MixScenario.of(rate, connections)).toList();
    List<MailSystem> systems = options.systems(Work.MIX);
    for (MailSystem system : systems) {
      measure(lab, results, system, scenarios);
    }
    for (MixScenario scenario : scenarios) {
      for (MailSystem peer : systems) {
        if (!peer.name().equals(Gatepost.NAME)) {
          for (Metric metric : List.of(Mix.SESSIONS, Mix.CPU)) {
            String name = scenario.toString();
            results.compare(Gatepost.NAME, name, metric, peer.name(), name);
          }
        }
      }
    }
  }

  /// Each system has its own resolver, so that none finds what another has asked.
  private void measure(Lab lab, Results results, MailSystem system, List<MixScenario> scenarios)
      throws IOException, InterruptedException {
    try (NameServers dns = lab.dns(new NameServers.Lists(delay, false))) {
      Site site = lab.site(system, lab.sink().address(), 0).asking(dns.resolver());
      say("starting %s", system.name());
      try (RunningSystem running = system.start(site);
          LoadProcess load = LoadProcess.start(lab.load(), MixLoad.class, running.smtp())) {
        Mix mix = new Mix(lab, results, system, running, load);
        int warmUp = system.warmsUp() ? warm : Math.min(warm, PEER_WARM_UP);
        say("%s: warming up with %d sessions", system.name(), warmUp);
        mix.warmUp(warmUp, Math.clamp(connections, 1, 100));
        for (int run = 1; run <= options.runs(); run++) {
          for (MixScenario scenario : scenarios) {
            mix.measure(scenario, sessions, seconds);
          }
        }
      }
    }
  }
}
