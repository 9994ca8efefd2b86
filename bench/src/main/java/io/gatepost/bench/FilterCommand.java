package io.gatepost.bench;

import static io.gatepost.bench.Lab.say;

import io.gatepost.bench.load.Programs;
import io.gatepost.bench.load.SmtpSink;
import io.gatepost.bench.mta.Gatepost;
import io.gatepost.bench.mta.MailSystem;
import io.gatepost.bench.mta.RunningSystem;
import io.gatepost.bench.mta.Work;
import io.gatepost.bench.report.Results;
import io.gatepost.bench.scan.PassingFilter;
import io.gatepost.bench.scan.PassingFilter.Giving;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `filter`: what a filter costs that takes each message by SMTP and gives it back (requirement
/// E23).
@Command(
    name = "filter",
    mixinStandardHelpOptions = true,
    description = {
      "Relays messages with early delivery through three Gateposts: without a filter, with one that"
          + " keeps the connections on which it gives messages back, and with one that makes a"
          + " connection for each message. All run at the same time and are measured in turn.",
      "The CPU of the filter itself is not counted: it passes messages on as they are."
    })
final class FilterCommand extends BenchCommand {

  /// Messages of a round of warm-up; rounds go through all systems in turn.
  private static final int ROUND = 2_500;

  private static final int MAX_SIZE = 10_000_000;
  private static final int MAX_CONNECTIONS = 1_000;

  @Mixin private BenchOptions options = new BenchOptions();

  @Option(
      names = "--connections",
      paramLabel = "N",
      defaultValue = "20",
      description = "Sessions at a time; default ${DEFAULT-VALUE}.")
  private int connections;

  @Option(
      names = "--size",
      paramLabel = "OCTETS",
      split = ",",
      defaultValue = "2048,51200",
      description = "Size of a message; default ${DEFAULT-VALUE}.")
  private List<Integer> sizes = new ArrayList<>();

  @Option(
      names = "--warm",
      paramLabel = "N",
      defaultValue = "60000",
      description = "Warm-up of each of the three, in messages; default ${DEFAULT-VALUE}.")
  private int warm;

  @Option(
      names = "--messages",
      paramLabel = "N",
      defaultValue = "20000",
      description = "Messages per run; default ${DEFAULT-VALUE}.")
  private int messages;

  /// One of the three.
  private record Measured(String name, RunningSystem running, Relay relay, SmtpSink sink) {}

  @Override
  BenchOptions options() {
    return options;
  }

  @Override
  void measure(Lab lab, Results results) throws IOException, InterruptedException {
    sizes.forEach(size -> check("--size", size, MAX_SIZE));
    check("--connections", connections, MAX_CONNECTIONS);
    check("--messages", messages, 1_000_000);
    List<Measured> all = new ArrayList<>();
    Gatepost gatepost = gatepost();
    all.add(start(lab, Gatepost.NAME, gatepost));
    for (Giving giving : Giving.values()) {
      PassingFilter filter = PassingFilter.start(lab.scanners(), lab.place("filter"), giving);
      all.add(start(lab, name(giving), gatepost.with(settings(filter))));
    }
    warmUp(all);
    for (int run = 1; run <= options.runs(); run++) {
      for (RelayScenario scenario : scenarios()) {
        for (Measured one : all) {
          measure(lab, results, one, scenario);
        }
      }
    }
    for (Measured one : all) {
      one.relay().checkNoneTwice();
      checkShown(one);
    }
    for (RelayScenario scenario : scenarios()) {
      for (Giving giving : Giving.values()) {
        String name = scenario.toString();
        results.compare(name(giving), name, Metrics.CPU_OF_MESSAGE, Gatepost.NAME, name);
      }
    }
  }

  /// Fails where a message has not passed its filter.
  private static void checkShown(Measured one) throws IOException, InterruptedException {
    long expected = one.name().equals(Gatepost.NAME) ? 0 : one.sink().messages();
    long shown = Gatepost.givenBack(one.running());
    if (shown != expected) {
      throw new BenchFailure(
          "%s: %d messages were given back by a filter (expected: %d)"
              .formatted(one.name(), shown, expected));
    }
  }

  private static void check(String option, int value, int max) {
    if (value < 1 || value > max) {
      throw new BenchFailure(option + " = " + value + " (expected: 1 to " + max + ")");
    }
  }

  private Gatepost gatepost() {
    return options.systems(Work.EARLY).stream()
        .filter(Gatepost.class::isInstance)
        .map(Gatepost.class::cast)
        .findFirst()
        .orElseThrow(() -> new BenchFailure("--systems (expected: gatepost among them)"));
  }

  private static String name(Giving giving) {
    return switch (giving) {
      case KEPT -> Gatepost.NAME + ", filter, kept";
      case EACH -> Gatepost.NAME + ", filter, not kept";
    };
  }

  private static List<String> settings(PassingFilter filter) {
    return List.of(
        "gatepost.edge.filter={address: \"%s\", for: [internal, external]}"
            .formatted(Programs.text(filter.address())),
        "gatepost.edge.listeners=[{role: reinjection, listen: \"%s\"}]"
            .formatted(Programs.text(filter.backTo())));
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
    return new Measured(name, running, new Relay(running, lab.load(), sink), sink);
  }

  private void warmUp(List<Measured> all) throws IOException, InterruptedException {
    for (int sent = 0; sent < warm; sent += ROUND) {
      int part = Math.max(1, Math.min(warm - sent, ROUND) / scenarios().size());
      for (Measured one : all) {
        for (RelayScenario scenario : scenarios()) {
          one.relay().warmUp(scenario.source(), part);
        }
      }
      say("warmed up with %d messages each", Math.min(warm, sent + ROUND));
    }
  }

  private void measure(Lab lab, Results results, Measured one, RelayScenario scenario)
      throws IOException, InterruptedException {
    Relay.Passage passage = one.relay().measure(lab.meter(), scenario.source(), messages);
    String name = scenario.toString();
    results.add(one.name(), name, Metrics.DELIVERED, passage.deliveredPerSecond());
    Metrics.addUsage(results, one.name(), name, passage.usage(), messages, "message");
    say(
        "%s: %s: %d messages, %.0f/s, %.3f ms",
        one.name(),
        name,
        messages,
        passage.deliveredPerSecond(),
        passage.usage().cpu().total() / 1000.0 / messages);
  }
}
