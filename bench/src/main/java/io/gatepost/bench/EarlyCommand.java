package io.gatepost.bench;

import static io.gatepost.bench.Lab.say;

import io.gatepost.bench.load.LoadProcess;
import io.gatepost.bench.load.MailLoad;
import io.gatepost.bench.load.SmtpSink;
import io.gatepost.bench.measure.ThreadTimes;
import io.gatepost.bench.mta.Gatepost;
import io.gatepost.bench.mta.MailSystem;
import io.gatepost.bench.mta.RunningSystem;
import io.gatepost.bench.mta.Work;
import io.gatepost.bench.report.Metric;
import io.gatepost.bench.report.Results;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `early`: what it costs to relay a message that is at its next hop before its client has the
/// reply (requirement F1), beside queues, and beside no mail system at all.
@Command(
    name = "early",
    mixinStandardHelpOptions = true,
    description = {
      "Relays messages from smtp-source to smtp-sink over kept connections: straight, through"
          + " Gatepost with early delivery and without it, and through other systems, Exim with"
          + " cutthrough delivery. All run at the same time and are measured in turn.",
      "A generator of ours sends as many again, and says how long each waits for its 250."
    })
final class EarlyCommand extends BenchCommand {

  static final String STRAIGHT = "straight";
  static final String QUEUED = Gatepost.NAME + ", queued";

  private static final Metric P50 = new Metric("end of message to 250, median", "ms");
  private static final Metric P99 = new Metric("end of message to 250, p99", "ms");

  /// Messages of a round of warm-up; rounds go through all systems in turn.
  private static final int ROUND = 2_500;

  private static final int PEER_WARM_UP = 500;
  private static final int MAX_SIZE = 10_000_000;
  private static final int MAX_CONNECTIONS = 1_000;

  @Mixin private BenchOptions options = new BenchOptions();

  @Option(
      names = "--size",
      paramLabel = "OCTETS",
      split = ",",
      defaultValue = "2048,51200",
      description = "Size of a message; default ${DEFAULT-VALUE}.")
  private List<Integer> sizes = new ArrayList<>();

  @Option(
      names = "--connections",
      paramLabel = "N",
      defaultValue = "100",
      description = "Sessions at a time; default ${DEFAULT-VALUE}.")
  private int connections;

  @Option(
      names = "--warm",
      paramLabel = "N",
      defaultValue = "100000",
      description = "Warm-up of each of Gatepost's set-ups, in messages; default ${DEFAULT-VALUE}.")
  private int warm;

  @Option(
      names = "--messages",
      paramLabel = "N",
      defaultValue = "20000",
      description = "Messages per run; default ${DEFAULT-VALUE}; of other systems at most 5,000.")
  private int messages;

  @Option(
      names = "--threads",
      description = "Says on standard error which threads used how much CPU per message.")
  private boolean threads;

  /// A system under this load.
  private record Measured(
      String name, RunningSystem running, Relay relay, LoadProcess load, boolean warmsUp) {

    int messages(int wanted) {
      return warmsUp ? wanted : Math.min(wanted, 5_000);
    }
  }

  @Override
  BenchOptions options() {
    return options;
  }

  @Override
  void measure(Lab lab, Results results) throws IOException, InterruptedException {
    checkBounds();
    List<Measured> all = new ArrayList<>();
    List<MailSystem> early = options.systems(Work.EARLY);
    for (MailSystem system : early) {
      all.add(start(lab, system.name(), system));
    }
    for (MailSystem system : early) {
      if (system instanceof Gatepost) {
        all.add(start(lab, QUEUED, options.gatepost(Work.RELAY)));
      }
    }
    warmUp(all);
    for (int run = 1; run <= options.runs(); run++) {
      for (RelayScenario scenario : scenarios()) {
        measureStraight(lab, results, scenario);
        for (Measured one : all) {
          measure(lab, results, one, scenario);
        }
      }
    }
    for (Measured one : all) {
      one.relay().checkNoneTwice();
    }
    compare(results, all);
  }

  private void checkBounds() {
    for (int size : sizes) {
      check("--size", size, MAX_SIZE);
    }
    check("--connections", connections, MAX_CONNECTIONS);
    check("--messages", messages, 1_000_000);
  }

  private static void check(String option, int value, int max) {
    if (value < 1 || value > max) {
      throw new BenchFailure(option + " = " + value + " (expected: 1 to " + max + ")");
    }
  }

  private List<RelayScenario> scenarios() {
    return sizes.stream().map(size -> new RelayScenario(connections, true, size)).toList();
  }

  /// Starts a system; it runs until the lab is cleared.
  private static Measured start(Lab lab, String name, MailSystem system)
      throws IOException, InterruptedException {
    say("starting %s", name);
    SmtpSink sink = lab.ownSink();
    RunningSystem running = system.start(lab.site(system, sink.address(), 0));
    return new Measured(
        name,
        running,
        new Relay(running, lab.load(), sink),
        LoadProcess.start(lab.load(), MailLoad.class, running.smtp()),
        system.warmsUp());
  }

  private void warmUp(List<Measured> all) throws IOException, InterruptedException {
    for (int sent = 0; sent == 0 || sent < warm; sent += ROUND) {
      int round = Math.clamp(warm - sent, 1, ROUND);
      for (Measured one : all) {
        for (RelayScenario scenario : scenarios()) {
          int part = Math.max(1, round / scenarios().size());
          if (one.warmsUp()) {
            one.relay().warmUp(scenario.source(), part);
          } else if (sent == 0) {
            one.relay().warmUp(scenario.source(), Math.min(part, PEER_WARM_UP));
          }
        }
      }
      say("warmed up with %d messages each", sent + round);
    }
  }

  /// The most that generator and sink can do on this machine.
  private void measureStraight(Lab lab, Results results, RelayScenario scenario)
      throws IOException, InterruptedException {
    SmtpSink sink = lab.sink();
    long before = sink.messages();
    long begin = System.nanoTime();
    scenario.source().send(lab.load(), sink.address(), messages);
    double perSecond = messages / ((System.nanoTime() - begin) / 1e9);
    if (sink.messages() - before > messages) {
      throw new BenchFailure("the sink has counted more messages than were sent");
    }
    results.add(STRAIGHT, scenario.toString(), Metrics.DELIVERED, perSecond);
    say("%s: %s: %.0f/s", STRAIGHT, scenario, perSecond);
  }

  private void measure(Lab lab, Results results, Measured one, RelayScenario scenario)
      throws IOException, InterruptedException {
    int count = one.messages(messages);
    ThreadTimes before = ThreadTimes.of(one.running().group());
    Relay.Passage passage = one.relay().measure(lab.meter(), scenario.source(), count);
    ThreadTimes used = ThreadTimes.of(one.running().group()).since(before);
    String name = scenario.toString();
    results.add(one.name(), name, Metrics.DELIVERED, passage.deliveredPerSecond());
    Metrics.addUsage(results, one.name(), name, passage.usage(), count, "message");
    MailLoad.Order order = new MailLoad.Order(connections, scenario.size(), count);
    MailLoad.Outcome waits =
        one.relay().expecting(count, () -> one.load().order(MailLoad.Outcome.class, order.words()));
    if (waits.wrong() > 0) {
      throw new BenchFailure(
          "%s: %d of %d messages were not taken: %s"
              .formatted(one.name(), waits.wrong(), count, waits.example()));
    }
    results.add(one.name(), name, P50, waits.reply().median());
    results.add(one.name(), name, P99, waits.reply().p99());
    say(
        "%s: %s: %d messages, %.0f/s, %.3f ms, p99 %.1f ms",
        one.name(),
        name,
        count,
        passage.deliveredPerSecond(),
        passage.usage().cpu().total() / 1000.0 / count,
        waits.reply().p99());
    if (threads) {
      used.sorted()
          .forEach((thread, micros) -> say("  %7.1f us %s", (double) micros / count, thread));
    }
  }

  private void compare(Results results, List<Measured> all) {
    for (RelayScenario scenario : scenarios()) {
      String name = scenario.toString();
      results.compare(Gatepost.NAME, name, Metrics.DELIVERED, STRAIGHT, name);
      for (Measured other : all) {
        if (!other.name().equals(Gatepost.NAME)) {
          results.compare(Gatepost.NAME, name, Metrics.DELIVERED, other.name(), name);
          results.compare(Gatepost.NAME, name, Metrics.CPU_OF_MESSAGE, other.name(), name);
        }
      }
    }
  }
}
