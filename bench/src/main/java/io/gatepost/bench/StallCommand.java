package io.gatepost.bench;

import static io.gatepost.bench.Lab.say;

import io.gatepost.bench.load.FillLoad;
import io.gatepost.bench.load.SilentHop;
import io.gatepost.bench.load.SmtpSource;
import io.gatepost.bench.mta.Gatepost;
import io.gatepost.bench.mta.MailSystem;
import io.gatepost.bench.mta.RunningSystem;
import io.gatepost.bench.mta.Site;
import io.gatepost.bench.mta.Work;
import io.gatepost.bench.report.Metric;
import io.gatepost.bench.report.Results;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `stall`: what mail for healthy next hops keeps of its speed beside one that has stalled.
@Command(
    name = "stall",
    mixinStandardHelpOptions = true,
    description = {
      "Relays messages without and with others for a next hop that accepts connections and then"
          + " says nothing, in turn. Needs root, for a port that is reserved.",
    })
final class StallCommand extends BenchCommand {

  private static final Metric KEPT = new Metric("throughput kept", "%");
  private static final Metric MEMORY = new Metric("memory after", "MiB");
  private static final Metric OLDEST = new Metric("oldest new message under way", "s");
  private static final String WITHOUT = "healthy next hop only";
  private static final String WITH = "beside a stalled one";
  private static final String STALLED = "u@d0." + FillLoad.PARENT_DOMAIN;
  private static final int SIZE = 2048;
  private static final double KIB_PER_MIB = 1024;

  @Mixin private BenchOptions options = new BenchOptions();

  @Option(
      names = "--stalled",
      paramLabel = "N",
      defaultValue = "50",
      description = "Messages a second for the stalled next hop; default ${DEFAULT-VALUE}.")
  private int stalled;

  @Option(
      names = "--concurrency",
      paramLabel = "N",
      defaultValue = "20",
      description = "Sessions of the normal load; default ${DEFAULT-VALUE}.")
  private int concurrency;

  @Option(
      names = "--rate",
      paramLabel = "N",
      description = "Messages a second of the normal load; by default as many as are taken.")
  private int rate;

  @Option(
      names = "--warm",
      paramLabel = "N",
      defaultValue = "100000",
      description = "Gatepost's warm-up, in messages; default ${DEFAULT-VALUE}.")
  private int warm;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      defaultValue = "30",
      description = "How long a run is to take; default ${DEFAULT-VALUE}.")
  private int seconds;

  @Override
  BenchOptions options() {
    return options;
  }

  @Override
  void measure(Lab lab, Results results) throws IOException, InterruptedException {
    for (MailSystem system : options.systems(Work.QUEUE)) {
      measure(lab, results, system);
    }
  }

  private void measure(Lab lab, Results results, MailSystem system)
      throws IOException, InterruptedException {
    SmtpSource flood = new RelayScenario(concurrency, true, SIZE).source();
    SmtpSource source = rate > 0 ? SmtpSource.atRate(rate, SIZE) : flood;
    try (SilentHop hop = SilentHop.listen(Site.deadHost(0), Site.DEAD_PORT);
        RunningSystem running = system.start(lab.site(system, lab.sink().address(), 1))) {
      Relay relay = new Relay(running, lab.load(), lab.sink());
      say("%s: warming up; %s stalls", system.name(), hop.host());
      double each = relay.warmUp(flood, system.warmsUp() ? warm : RelayCommand.PEER_WARM_UP);
      int count = (int) Math.max(2_000, rate > 0 ? (double) seconds * rate : seconds / each);
      for (int run = 1; run <= options.runs(); run++) {
        double without = once(lab, results, running, system, relay, source, count, WITHOUT);
        Process drip =
            SmtpSource.atRate(stalled, SIZE).startFor(lab.load(), running.smtp(), STALLED);
        double with;
        try {
          with = once(lab, results, running, system, relay, source, count, WITH);
        } finally {
          drip.destroy();
        }
        results.add(system.name(), WITH, KEPT, 100 * with / without);
        say("%s: %d messages, %.0f/s, %.0f/s", system.name(), count, without, with);
      }
      relay.checkNoneTwice();
    }
  }

  private static double once(
      Lab lab,
      Results results,
      RunningSystem running,
      MailSystem system,
      Relay relay,
      SmtpSource source,
      int count,
      String name)
      throws IOException, InterruptedException {
    Relay.Passage passage = relay.measure(lab.meter(), source, count);
    results.add(system.name(), name, Metrics.DELIVERED, passage.deliveredPerSecond());
    results.add(system.name(), name, MEMORY, running.group().proportionalKib() / KIB_PER_MIB);
    if (system instanceof Gatepost) {
      results.add(system.name(), name, OLDEST, Gatepost.oldestUnderWay(running));
    }
    Metrics.addUsage(results, system.name(), name, passage.usage(), count, "message");
    return passage.deliveredPerSecond();
  }
}
