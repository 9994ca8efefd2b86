package io.gatepost.bench;

import io.gatepost.bench.load.CalloutLoad;
import io.gatepost.bench.load.Greeting;
import io.gatepost.bench.load.LoadProcess;
import io.gatepost.bench.load.NextHop;
import io.gatepost.bench.mta.Gatepost;
import io.gatepost.bench.mta.MailSystem;
import io.gatepost.bench.mta.RunningSystem;
import io.gatepost.bench.mta.Work;
import io.gatepost.bench.report.Results;
import io.gatepost.embedded.FreePort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `callout`: recipients/s and CPU of verification by the next hop.
@Command(
    name = "callout",
    mixinStandardHelpOptions = true,
    description = {
      "Recipients of a relayed domain whose next hop knows every other one, each system in turn.",
      "first: each recipient is another one, so that the next hop has to be asked; cached: they"
          + " were asked for before. A session waits for each reply."
    })
final class CalloutCommand extends BenchCommand {

  @Mixin private BenchOptions options = new BenchOptions();

  @Option(
      names = "--concurrency",
      paramLabel = "N",
      split = ",",
      defaultValue = "1,20,100",
      description = "Sessions at a time; default ${DEFAULT-VALUE}.")
  private List<Integer> concurrencies = new ArrayList<>();

  @Option(
      names = "--recipients",
      paramLabel = "N",
      split = ",",
      defaultValue = "1",
      description = {
        "Recipients of a session; default ${DEFAULT-VALUE}. With more than 20 Postfix delays"
            + " replies, as half of them are refused."
      })
  private List<Integer> recipients = new ArrayList<>();

  @Option(
      names = "--warm",
      paramLabel = "N",
      defaultValue = "100000",
      description = "Gatepost's warm-up, in recipients; default ${DEFAULT-VALUE}.")
  private int warm;

  @Option(
      names = "--count",
      paramLabel = "N",
      defaultValue = "0",
      description = "Recipients per run; default: as many as take --seconds.")
  private int count;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      defaultValue = "3",
      description = "How long a run is to take; default ${DEFAULT-VALUE}.")
  private int seconds;

  @Option(
      names = "--threads",
      description = "Says on standard error which threads used how much CPU per recipient.")
  private boolean threads;

  @Override
  BenchOptions options() {
    return options;
  }

  @Override
  void measure(Lab lab, Results results) throws IOException, InterruptedException {
    List<MailSystem> systems = options.systems(Work.CALLOUT);
    for (MailSystem system : systems) {
      measure(lab, results, system);
    }
    for (CalloutScenario scenario : scenarios()) {
      for (MailSystem peer : systems) {
        if (!peer.name().equals(Gatepost.NAME)) {
          String name = scenario.toString();
          results.compare(Gatepost.NAME, name, Callouts.VERIFIED, peer.name(), name);
          results.compare(Gatepost.NAME, name, Callouts.CPU, peer.name(), name);
        }
      }
    }
  }

  private void measure(Lab lab, Results results, MailSystem system)
      throws IOException, InterruptedException {
    InetSocketAddress address =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), FreePort.find());
    try (LoadProcess hop = LoadProcess.start(lab.nextHops(), NextHop.class, address)) {
      Greeting.await(address, () -> true);
      try (RunningSystem running = lab.start(system, address);
          LoadProcess load = LoadProcess.start(lab.load(), CalloutLoad.class, running.smtp())) {
        Callouts callouts = new Callouts(system, running, load, hop, threads);
        callouts.warmUp(scenarios(), system.warmsUp() ? warm : 0);
        for (int run = 1; run <= options.runs(); run++) {
          for (CalloutScenario scenario : scenarios()) {
            callouts.measure(lab, results, scenario, count, seconds);
          }
        }
      }
    }
  }

  private List<CalloutScenario> scenarios() {
    List<CalloutScenario> scenarios = new ArrayList<>();
    for (int each : recipients) {
      for (int concurrency : concurrencies) {
        for (CalloutScenario.Time time : CalloutScenario.Time.values()) {
          scenarios.add(new CalloutScenario(concurrency, each, time));
        }
      }
    }
    return scenarios;
  }
}
