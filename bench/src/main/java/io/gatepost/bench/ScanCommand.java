package io.gatepost.bench;

import static io.gatepost.bench.Lab.say;

import io.gatepost.bench.load.LoadProcess;
import io.gatepost.bench.load.SmtpSink;
import io.gatepost.bench.mta.Gatepost;
import io.gatepost.bench.mta.MailSystem;
import io.gatepost.bench.mta.RunningSystem;
import io.gatepost.bench.mta.Scanning;
import io.gatepost.bench.mta.Site;
import io.gatepost.bench.mta.Work;
import io.gatepost.bench.report.Metric;
import io.gatepost.bench.report.Results;
import io.gatepost.bench.scan.Clamd;
import io.gatepost.bench.scan.NullScanner;
import io.gatepost.bench.scan.ScanLoad;
import io.gatepost.bench.scan.ScanServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `scan`: what it costs to have mail scanned before it is taken, beside what mail and scan cost
/// each by itself (requirement E16).
@Command(
    name = "scan",
    mixinStandardHelpOptions = true,
    description = {
      "Relays messages, as relay does over kept connections, with each system set up without a"
          + " scanner, with one that looks at nothing, and with clamd; and has as many messages"
          + " scanned by the same scanners without mail. All run at the same time and are measured"
          + " in turn.",
      "The overhead is what mail with a scan costs over mail without one and a scan without mail,"
          + " in percent of the two together. A run where a message was not scanned exactly once"
          + " fails."
    })
final class ScanCommand extends BenchCommand {

  /// Messages of a round of warm-up; rounds go through all that is measured in turn.
  private static final int ROUND = 2_500;

  private static final int PEER_WARM_UP = 500;
  private static final int CLIENT_WARM_UP = 10_000;
  private static final int MAX_SIZE = 50_000_000;
  private static final int MAX_CONNECTIONS = 1_000;
  private static final int MAX_SLOTS = 50;

  private static final Metric OVER_CPU = new Metric("overhead, CPU", "%");
  private static final Metric OVER_CPU_OF_SCANNER = new Metric("overhead, CPU, no client", "%");
  private static final Metric OVER_TIME = new Metric("overhead, time", "%");

  @Mixin private BenchOptions options = new BenchOptions();

  @Option(
      names = "--scanners",
      paramLabel = "KIND",
      split = ",",
      defaultValue = "null,clamd",
      description = "null: looks at nothing, clamd; default ${DEFAULT-VALUE}.")
  private List<ScannerKind> scanners = new ArrayList<>();

  @Option(
      names = "--connections",
      paramLabel = "N",
      defaultValue = "20",
      description = "Sessions at a time; default ${DEFAULT-VALUE}.")
  private int connections;

  @Option(
      names = "--slots",
      paramLabel = "N",
      defaultValue = "4",
      description = "Scans at a time of Gatepost and of the lone client; default ${DEFAULT-VALUE}.")
  private int slots;

  @Option(
      names = "--size",
      paramLabel = "OCTETS",
      defaultValue = "20480",
      description = "Size of a message; default ${DEFAULT-VALUE}.")
  private int size;

  @Option(
      names = "--warm",
      paramLabel = "N",
      defaultValue = "60000",
      description = "Warm-up of each of Gatepost's set-ups, in messages; default ${DEFAULT-VALUE}.")
  private int warm;

  @Option(
      names = "--messages",
      paramLabel = "N",
      defaultValue = "0",
      description = "Messages per run; default: as many as take --seconds, 1,000 to 20,000.")
  private int messages;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      defaultValue = "5",
      description = "How long a run is to take; default ${DEFAULT-VALUE}.")
  private int seconds;

  @Option(
      names = "--threads",
      description = "Says on standard error which threads used how much CPU per message.")
  private boolean threads;

  @Override
  BenchOptions options() {
    return options;
  }

  @Override
  void measure(Lab lab, Results results) throws IOException, InterruptedException {
    check("--size", size, MAX_SIZE);
    check("--connections", connections, MAX_CONNECTIONS);
    check("--slots", slots, MAX_SLOTS);
    RelayScenario load = new RelayScenario(connections, true, size);
    List<MailSystem> systems = options.systems(Work.SCAN);
    Map<ScannerKind, ScanServer> servers = startScanners(lab);
    List<Scans.OfMail> mail = new ArrayList<>();
    List<Scans.Alone> alone = new ArrayList<>();
    for (MailSystem system : systems) {
      mail.add(start(lab, results, system, load, ScannerKind.NONE, Optional.empty()));
      for (Map.Entry<ScannerKind, ScanServer> server : servers.entrySet()) {
        Optional<ScanServer> scanner = Optional.of(server.getValue());
        mail.add(start(lab, results, system, load, server.getKey(), scanner));
      }
    }
    for (Map.Entry<ScannerKind, ScanServer> server : servers.entrySet()) {
      ScanServer scanner = server.getValue();
      LoadProcess client = LoadProcess.start(lab.load(), ScanLoad.class, scanner.address());
      alone.add(new Scans.Alone(lab, results, client, load, server.getKey(), scanner, slots));
    }
    warmUp(mail, alone);
    for (int run = 1; run <= options.runs(); run++) {
      measureAll(results, load, mail, alone);
    }
    compare(results, load, systems);
  }

  private static void check(String option, int value, int max) {
    if (value < 1 || value > max) {
      throw new BenchFailure(option + " = " + value + " (expected: 1 to " + max + ")");
    }
  }

  private Map<ScannerKind, ScanServer> startScanners(Lab lab) throws IOException {
    Map<ScannerKind, ScanServer> servers = new EnumMap<>(ScannerKind.class);
    if (scanners.contains(ScannerKind.NULL)) {
      servers.put(ScannerKind.NULL, NullScanner.start(lab.scanners(), lab.place("null-scanner")));
    }
    if (scanners.contains(ScannerKind.CLAMD)) {
      if (!Clamd.isInstalled()) {
        throw new BenchFailure("clamd is not installed (Debian: clamav-daemon)");
      }
      servers.put(ScannerKind.CLAMD, Clamd.start(lab.scanners(), lab.place("clamd")));
    }
    if (servers.isEmpty()) {
      throw new BenchFailure("--scanners = " + scanners + " (expected: null, clamd or both)");
    }
    return servers;
  }

  /// Starts a system; it runs until the lab is cleared.
  private Scans.OfMail start(
      Lab lab,
      Results results,
      MailSystem system,
      RelayScenario load,
      ScannerKind kind,
      Optional<ScanServer> scanner)
      throws IOException, InterruptedException {
    say("starting %s with %s", system.name(), kind.title());
    SmtpSink sink = lab.ownSink();
    Scanning scanning = new Scanning(scanner.map(ScanServer::address), slots, lab.helpers());
    Site site = lab.site(system, sink.address(), 0).scanning(scanning);
    RunningSystem running = system.start(site);
    Relay relay = new Relay(running, lab.load(), sink);
    return new Scans.OfMail(lab, results, system, running, relay, load, kind, scanner, threads);
  }

  private void warmUp(List<Scans.OfMail> mail, List<Scans.Alone> alone)
      throws IOException, InterruptedException {
    for (int sent = 0; sent == 0 || sent < warm; sent += ROUND) {
      int round = Math.clamp(warm - sent, 1, ROUND);
      for (Scans.OfMail one : mail) {
        if (one.system().warmsUp()) {
          one.warmUp(round);
        } else if (sent == 0) {
          one.warmUp(Math.min(round, PEER_WARM_UP));
        }
      }
      say("warmed up with %d messages each", sent + round);
    }
    for (Scans.Alone one : alone) {
      one.warmUp(Math.clamp(warm, 1, CLIENT_WARM_UP));
    }
  }

  /// Each of them once, and the overhead from these figures: what the machine does meanwhile is in
  /// all of them alike.
  private void measureAll(
      Results results, RelayScenario load, List<Scans.OfMail> mail, List<Scans.Alone> alone)
      throws IOException, InterruptedException {
    Map<Scans.OfMail, Scans.Cost> ofMail = new LinkedHashMap<>();
    for (Scans.OfMail one : mail) {
      ofMail.put(one, one.measure(messages(one)));
    }
    Map<ScannerKind, Scans.Cost> ofScan = new EnumMap<>(ScannerKind.class);
    for (Scans.Alone one : alone) {
      ofScan.put(one.kind(), one.measure(messages(one)));
    }
    Scans.Cost without = new Scans.Cost(0, 0, 0);
    for (Map.Entry<Scans.OfMail, Scans.Cost> entry : ofMail.entrySet()) {
      Scans.Cost cost = entry.getValue();
      Scans.Cost scan = ofScan.get(entry.getKey().kind());
      if (scan == null) {
        without = cost; // each system's first
        continue;
      }
      String system = entry.getKey().system().name();
      String scenario = load + ", " + entry.getKey().kind().title();
      double ofScanner = scan.cpu() - scan.cpuOfClient();
      results.add(system, scenario, OVER_CPU, over(cost.cpu(), without.cpu() + scan.cpu()));
      results.add(
          system, scenario, OVER_CPU_OF_SCANNER, over(cost.cpu(), without.cpu() + ofScanner));
      results.add(system, scenario, OVER_TIME, over(cost.time(), without.time() + scan.time()));
    }
  }

  /// By how many percent one figure is above another.
  private static double over(double figure, double other) {
    return (figure - other) * 100 / other;
  }

  /// As many as fill the time, within what is few enough to wait for and many enough to count.
  private int messages(Scans one) {
    return messages > 0
        ? messages
        : (int) Math.clamp(seconds / one.expectedSeconds(), 1_000, 20_000);
  }

  private void compare(Results results, RelayScenario load, List<MailSystem> systems) {
    for (ScannerKind kind : ScannerKind.values()) {
      String scenario = load + ", " + kind.title();
      for (MailSystem peer : systems) {
        if (!peer.name().equals(Gatepost.NAME)) {
          for (Metric metric : List.of(Metrics.DELIVERED, Scans.CPU_OF_ALL)) {
            results.compare(Gatepost.NAME, scenario, metric, peer.name(), scenario);
          }
        }
      }
    }
  }
}
