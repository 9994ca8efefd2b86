package io.gatepost.bench;

import static io.gatepost.bench.Lab.say;

import io.gatepost.bench.load.LoadProcess;
import io.gatepost.bench.measure.CpuTime;
import io.gatepost.bench.measure.Meter;
import io.gatepost.bench.measure.Pause;
import io.gatepost.bench.measure.ThreadTimes;
import io.gatepost.bench.measure.Usage;
import io.gatepost.bench.mta.Gatepost;
import io.gatepost.bench.mta.MailSystem;
import io.gatepost.bench.mta.RunningSystem;
import io.gatepost.bench.report.Metric;
import io.gatepost.bench.report.Results;
import io.gatepost.bench.scan.ScanLoad;
import io.gatepost.bench.scan.ScanServer;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/// One thing that `scan` measures in turn with the others: mail through a system, or scans without
/// mail. Both notice when a message was not scanned exactly once.
sealed interface Scans {

  /// The name of the scans without mail, in the column of the systems.
  String ALONE = "scan alone";

  Metric CPU_OF_ALL = new Metric("CPU of all", "ms/message");
  Metric TIME = new Metric("time", "ms/message");

  /// A scanner answers before it counts, but not by more.
  Duration COUNTED = Duration.ofSeconds(10);

  /// The cost of one message, in milliseconds.
  ///
  /// @param cpu of the system, its helper, the scanner and, without mail, the client
  /// @param cpuOfClient that of the client without mail, which is in `cpu`
  record Cost(double cpu, double cpuOfClient, double time) {}

  /// Lets it work without measuring.
  void warmUp(int messages) throws IOException, InterruptedException;

  /// Measures it, and notes the figures.
  Cost measure(int messages) throws IOException, InterruptedException;

  /// How long a message took in the last warm-up, in seconds.
  double expectedSeconds();

  /// @param before the scanner's count before the messages
  private static void checkScans(ScanServer scanner, long before, int messages, String who)
      throws IOException {
    long end = System.nanoTime() + COUNTED.toNanos();
    long scans = scanner.scans() - before;
    while (scans < messages && System.nanoTime() < end) {
      Pause.millis(50);
      scans = scanner.scans() - before;
    }
    if (scans != messages) {
      throw new BenchFailure("%s: %d messages, %d scans".formatted(who, messages, scans));
    }
  }

  private static double millis(CpuTime cpu, int count) {
    return cpu.total() / 1000.0 / count;
  }

  /// Mail through a system.
  final class OfMail implements Scans {

    private static final Metric CPU_OF_HELPER = new Metric("CPU of its helper", "ms/message");
    private static final Metric CPU_OF_SCANNER = new Metric("CPU of the scanner", "ms/message");

    private final Lab lab;
    private final Results results;
    private final MailSystem system;
    private final RunningSystem running;
    private final Relay relay;
    private final RelayScenario load;
    private final ScannerKind kind;
    private final Optional<ScanServer> scanner;
    private final boolean tellsThreads;
    private double expected;

    /// @param scanner whom the system asks; nobody where the kind is [ScannerKind#NONE]
    /// @param tellsThreads whether to say which threads of the system used how much
    OfMail(
        Lab lab,
        Results results,
        MailSystem system,
        RunningSystem running,
        Relay relay,
        RelayScenario load,
        ScannerKind kind,
        Optional<ScanServer> scanner,
        boolean tellsThreads) {
      this.lab = lab;
      this.results = results;
      this.system = system;
      this.running = running;
      this.relay = relay;
      this.load = load;
      this.kind = kind;
      this.scanner = scanner;
      this.tellsThreads = tellsThreads;
    }

    MailSystem system() {
      return system;
    }

    ScannerKind kind() {
      return kind;
    }

    @Override
    public void warmUp(int messages) throws IOException, InterruptedException {
      expected = relay.warmUp(load.source(), messages);
    }

    @Override
    public double expectedSeconds() {
      return expected;
    }

    @Override
    public Cost measure(int messages) throws IOException, InterruptedException {
      String name = system.name();
      String scenario = load + ", " + kind.title();
      ThreadTimes threads = ThreadTimes.of(running.group());
      long scans = scanner.isPresent() ? scanner.get().scans() : 0;
      CpuTime helper = lab.helpers().cpu();
      CpuTime scanning = lab.scanners().cpu();
      Relay.Passage passage = relay.measure(lab.meter(), load.source(), messages);
      scanning = lab.scanners().cpu().minus(scanning);
      helper = lab.helpers().cpu().minus(helper);
      if (scanner.isPresent()) {
        checkScans(scanner.get(), scans, messages, name + ", " + scenario);
      }
      relay.checkNoneTwice();
      ThreadTimes used = ThreadTimes.of(running.group()).since(threads);
      double ofSystem = millis(passage.usage().cpu(), messages);
      double cpu = ofSystem + millis(helper, messages) + millis(scanning, messages);
      double time = passage.usage().seconds() * 1000 / messages;
      results.add(name, scenario, Metrics.DELIVERED, passage.deliveredPerSecond());
      results.add(name, scenario, TIME, time);
      results.add(name, scenario, CPU_OF_ALL, cpu);
      Metrics.addUsage(results, name, scenario, passage.usage(), messages, "message");
      if (scanner.isPresent()) {
        if (helper.total() > 0) {
          results.add(name, scenario, CPU_OF_HELPER, millis(helper, messages));
        }
        results.add(name, scenario, CPU_OF_SCANNER, millis(scanning, messages));
      }
      if (name.equals(Gatepost.NAME)) {
        Metric compiler = new Metric("CPU of the compiler", "ms/message");
        results.add(name, scenario, compiler, used.millisOf("Compiler") / messages);
      }
      say(
          "%s: %s: %d messages, %.0f/s, %.3f ms and %.3f of others",
          name, scenario, messages, passage.deliveredPerSecond(), ofSystem, cpu - ofSystem);
      if (tellsThreads) {
        used.sorted()
            .forEach((thread, micros) -> say("  %7.1f us %s", (double) micros / messages, thread));
      }
      return new Cost(cpu, 0, time);
    }
  }

  /// Scans without mail.
  final class Alone implements Scans {

    private static final Metric CPU_OF_CLIENT = new Metric("CPU of the client", "ms/message");
    private static final Metric SCANNED = new Metric("scanned", "messages/s");

    private final Lab lab;
    private final Results results;
    private final LoadProcess client;
    private final RelayScenario load;
    private final ScannerKind kind;
    private final ScanServer scanner;
    private final int concurrency;
    private double expected;

    /// @param client a [ScanLoad] that asks the scanner
    /// @param concurrency scans at a time
    Alone(
        Lab lab,
        Results results,
        LoadProcess client,
        RelayScenario load,
        ScannerKind kind,
        ScanServer scanner,
        int concurrency) {
      this.lab = lab;
      this.results = results;
      this.client = client;
      this.load = load;
      this.kind = kind;
      this.scanner = scanner;
      this.concurrency = concurrency;
    }

    ScannerKind kind() {
      return kind;
    }

    @Override
    public void warmUp(int messages) throws IOException {
      long begin = System.nanoTime();
      scan(messages);
      expected = (System.nanoTime() - begin) / 1e9 / messages;
    }

    @Override
    public double expectedSeconds() {
      return expected;
    }

    @Override
    public Cost measure(int messages) throws IOException, InterruptedException {
      String scenario = load + ", " + kind.title();
      long scans = scanner.scans();
      CpuTime ofClient = lab.load().cpu();
      Usage usage;
      try (Meter.Running metered = lab.meter().start(lab.scanners())) {
        scan(messages);
        usage = metered.stop();
      }
      ofClient = lab.load().cpu().minus(ofClient);
      checkScans(scanner, scans, messages, ALONE + ", " + scenario);
      double cpu = millis(usage.cpu(), messages) + millis(ofClient, messages);
      double time = usage.seconds() * 1000 / messages;
      results.add(ALONE, scenario, SCANNED, messages / usage.seconds());
      results.add(ALONE, scenario, TIME, time);
      results.add(ALONE, scenario, CPU_OF_ALL, cpu);
      results.add(ALONE, scenario, CPU_OF_CLIENT, millis(ofClient, messages));
      results.add(ALONE, scenario, OfMail.CPU_OF_SCANNER, millis(usage.cpu(), messages));
      results.add(ALONE, scenario, Metrics.OTHER_LOAD, usage.foreignCores());
      say(
          "%s: %s: %d messages, %.0f/s, %.3f ms",
          ALONE, scenario, messages, messages / usage.seconds(), cpu);
      return new Cost(cpu, millis(ofClient, messages), time);
    }

    private void scan(int messages) throws IOException {
      ScanLoad.Order order = new ScanLoad.Order(concurrency, load.size(), messages);
      ScanLoad.Outcome outcome = client.order(ScanLoad.Outcome.class, order.words());
      if (outcome.clean() != messages) {
        throw new BenchFailure(
            "%s, %s: %d of %d were not found clean: %s"
                .formatted(ALONE, kind.title(), outcome.wrong(), messages, outcome.example()));
      }
    }
  }
}
