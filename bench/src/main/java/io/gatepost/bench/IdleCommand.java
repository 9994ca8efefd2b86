package io.gatepost.bench;

import static io.gatepost.bench.Lab.say;

import io.gatepost.bench.load.IdleLoad;
import io.gatepost.bench.load.LoadProcess;
import io.gatepost.bench.measure.JavaHeap;
import io.gatepost.bench.measure.Meter;
import io.gatepost.bench.measure.Pause;
import io.gatepost.bench.measure.Usage;
import io.gatepost.bench.mta.MailSystem;
import io.gatepost.bench.mta.RunningSystem;
import io.gatepost.bench.mta.Work;
import io.gatepost.bench.report.Metric;
import io.gatepost.bench.report.Results;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `idle`: memory of sessions that are open and silent, and what a new client notices of them.
@Command(
    name = "idle",
    mixinStandardHelpOptions = true,
    description = {
      "Opens sessions from several loopback addresses, lets them sit after EHLO, and measures memory"
          + " and how long a new client waits for its EHLO's answer meanwhile.",
      "Each run starts the system anew. Memory is that of all its processes, shared pages divided."
    })
final class IdleCommand extends BenchCommand {

  private static final Metric HELD = new Metric("held", "sessions");
  private static final Metric REFUSED = new Metric("refused", "sessions");
  private static final Metric MEMORY = new Metric("memory before", "MiB");
  private static final Metric GROWTH = new Metric("memory growth", "KiB/session");
  private static final Metric HEAP_GROWTH = new Metric("growth of the live heap", "KiB/session");
  private static final Metric MEDIAN = new Metric("EHLO of a new client, median", "ms");
  private static final Metric P99 = new Metric("EHLO of a new client, p99", "ms");
  private static final Metric CPU = new Metric("CPU to open", "ms/session");
  private static final Metric CPU_SITTING = new Metric("CPU while they sit", "cores");

  private static final double KIB_PER_MIB = 1024;
  private static final int SETTLE_MILLIS = 3_000;

  @Mixin private BenchOptions options = new BenchOptions();

  @Option(
      names = "--sessions",
      paramLabel = "N",
      defaultValue = "19000",
      description =
          "How many; a process may have so many files open at most; default ${DEFAULT-VALUE}.")
  private int sessions;

  @Option(
      names = "--at-most",
      paramLabel = "NAME=N",
      split = ",",
      defaultValue = "postfix=5000,chasquid=10000",
      description = "Systems that are asked for fewer; default ${DEFAULT-VALUE}.")
  private Map<String, Integer> atMost = new LinkedHashMap<>();

  @Option(
      names = "--warm",
      paramLabel = "N",
      defaultValue = "20000",
      description = {
        "Sessions that come and go before, so that memory that is used once and kept does not count"
            + " as growth; default ${DEFAULT-VALUE}, a tenth of it where nothing is compiled."
      })
  private int warm;

  @Option(
      names = "--probes",
      paramLabel = "N",
      defaultValue = "1000",
      description = "New clients, one after the other; default ${DEFAULT-VALUE}.")
  private int probes;

  @Override
  BenchOptions options() {
    return options;
  }

  @Override
  void measure(Lab lab, Results results) throws IOException, InterruptedException {
    for (MailSystem system : options.systems(Work.IDLE)) {
      for (int run = 1; run <= options.runs(); run++) {
        measure(lab, results, system);
      }
    }
  }

  private void measure(Lab lab, Results results, MailSystem system)
      throws IOException, InterruptedException {
    int count = Math.min(sessions, atMost.getOrDefault(system.name(), sessions));
    String name = count + " sessions";
    try (RunningSystem running = lab.start(system, lab.sink().address());
        LoadProcess load = LoadProcess.start(lab.load(), IdleLoad.class, running.smtp())) {
      load.order(IdleLoad.Outcome.class, "pass", system.warmsUp() ? warm : warm / 10);
      probe(results, system, load, "no sessions");
      Pause.millis(SETTLE_MILLIS);
      long before = running.group().proportionalKib();
      results.add(system.name(), "no sessions", MEMORY, before / KIB_PER_MIB);
      IdleLoad.Outcome opened = open(lab, results, system, running, load, count);
      sit(lab, results, system, running, name);
      long after = running.group().proportionalKib();
      IdleLoad.Outcome probed = probe(results, system, load, name);
      double growth = (double) (after - before) / Math.max(1, opened.sitting());
      results.add(system.name(), name, GROWTH, growth);
      heapGrowth(running, load, probed.sitting())
          .ifPresent(each -> results.add(system.name(), name, HEAP_GROWTH, each));
      results.add(system.name(), name, HELD, probed.sitting());
      results.add(system.name(), name, REFUSED, count - probed.sitting());
      if (probed.sitting() < count) {
        say("%s: %d lost, the last with \"%s\"", system.name(), probed.lost(), probed.example());
      }
      say(
          "%s: %d sessions held, %.1f KiB each, EHLO p99 %.2f ms",
          system.name(), probed.sitting(), growth, probed.ehlo().p99());
    }
  }

  private IdleLoad.Outcome open(
      Lab lab,
      Results results,
      MailSystem system,
      RunningSystem running,
      LoadProcess load,
      int count)
      throws IOException, InterruptedException {
    say("%s: opening %d sessions", system.name(), count);
    try (Meter.Running meter = lab.meter().start(running.group())) {
      IdleLoad.Outcome opened = load.order(IdleLoad.Outcome.class, "open", count);
      Usage usage = meter.stop();
      results.add(
          system.name(),
          count + " sessions",
          CPU,
          usage.cpu().total() / 1000.0 / Math.max(1, opened.sitting()));
      return opened;
    }
  }

  /// Measures its use while no session says anything.
  private static void sit(
      Lab lab, Results results, MailSystem system, RunningSystem running, String name)
      throws IOException, InterruptedException {
    try (Meter.Running meter = lab.meter().start(running.group())) {
      Pause.millis(SETTLE_MILLIS);
      Usage usage = meter.stop();
      results.add(system.name(), name, CPU_SITTING, usage.cpu().total() / 1e6 / usage.seconds());
    }
  }

  /// Measures the memory that the sessions keep alive, beside that without them.
  private static Optional<Double> heapGrowth(RunningSystem running, LoadProcess load, int sitting)
      throws IOException {
    Optional<Long> with = JavaHeap.liveKib(running.group());
    if (with.isEmpty()) {
      return Optional.empty();
    }
    load.order(IdleLoad.Outcome.class, "leave", 0);
    Pause.millis(SETTLE_MILLIS);
    return JavaHeap.liveKib(running.group())
        .map(without -> (double) (with.get() - without) / Math.max(1, sitting));
  }

  private IdleLoad.Outcome probe(Results results, MailSystem system, LoadProcess load, String name)
      throws IOException {
    IdleLoad.Outcome probed = load.order(IdleLoad.Outcome.class, "probe", probes);
    results.add(system.name(), name, MEDIAN, probed.ehlo().median());
    results.add(system.name(), name, P99, probed.ehlo().p99());
    return probed;
  }
}
