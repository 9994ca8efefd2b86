package io.gatepost.bench;

import static io.gatepost.bench.Lab.say;

import io.gatepost.bench.dns.ListZones;
import io.gatepost.bench.dns.NameServers;
import io.gatepost.bench.load.LoadProcess;
import io.gatepost.bench.load.RejectLoad;
import io.gatepost.bench.measure.CpuTime;
import io.gatepost.bench.measure.Meter;
import io.gatepost.bench.measure.Usage;
import io.gatepost.bench.mta.Gatepost;
import io.gatepost.bench.mta.MailSystem;
import io.gatepost.bench.mta.RunningSystem;
import io.gatepost.bench.mta.Site;
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

/// `reject`: sessions/s and CPU of refusing users who do not exist, or clients on DNS lists.
@Command(
    name = "reject",
    mixinStandardHelpOptions = true,
    description = {
      "Sessions of connect, EHLO, MAIL, RCPT to an unknown user and QUIT, each system in turn.",
      "Each session waits for each reply and asks for another user.",
      "--lists: clients on the last of three DNS lists, whose answers are known after the warm-up.",
      "--dead-list: the same with the second list silent, and every other client on no list."
    })
final class RejectCommand extends BenchCommand {

  private static final Metric SESSIONS = new Metric("refused", "sessions/s");
  private static final Metric CPU = new Metric("CPU", "ms/session");
  private static final Metric GENERATOR = new Metric("CPU of the generator", "ms/session");
  private static final Metric DNS = new Metric("CPU of the DNS", "ms/session");
  private static final Metric MEDIAN = new Metric("session, median", "ms");
  private static final Metric P99 = new Metric("session, p99", "ms");

  private static final Metric RCPT_MEDIAN = new Metric("RCPT, median", "ms");
  private static final Metric RCPT_P99 = new Metric("RCPT, p99", "ms");

  /// One warm-up round.
  private static final int ROUND = 2_000;

  private static final int PEER_WARM_UP = 2_000;
  private static final double MICROS_PER_MILLI = 1000;

  /// Of a system that needs seconds for each session.
  private static final int ROUNDS_AT_LEAST = 2;

  @Mixin private BenchOptions options = new BenchOptions();

  @Option(
      names = "--concurrency",
      paramLabel = "N",
      split = ",",
      defaultValue = "1,20,100",
      description = "Sessions at a time; default ${DEFAULT-VALUE}.")
  private List<Integer> concurrencies = new ArrayList<>();

  @Option(
      names = "--warm",
      paramLabel = "N",
      defaultValue = "100000",
      description = "Gatepost's warm-up, in sessions; default ${DEFAULT-VALUE}.")
  private int warm;

  @Option(
      names = "--sessions",
      paramLabel = "N",
      defaultValue = "0",
      description = "Sessions per run; default: as many as take --seconds, at least 1,000.")
  private int sessions;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      defaultValue = "3",
      description = "How long a run is to take; default ${DEFAULT-VALUE}.")
  private int seconds;

  @Option(
      names = "--lists",
      paramLabel = "N",
      defaultValue = "0",
      description = "DNS lists that clients are looked up in, 0 or 3; default ${DEFAULT-VALUE}.")
  private int lists;

  @Option(names = "--dead-list", description = "The second of them says nothing.")
  private boolean hasDeadList;

  @Override
  BenchOptions options() {
    return options;
  }

  @Override
  void measure(Lab lab, Results results) throws IOException, InterruptedException {
    if (lists != 0 && lists != ListZones.ALL.size()) {
      throw new BenchFailure("--lists = " + lists + " (expected: 0 or 3)");
    }
    if (hasDeadList && lists == 0) {
      throw new BenchFailure("--dead-list: no lists (expected: --lists=3)");
    }
    List<MailSystem> systems = options.systems(lists == 0 ? Work.REJECT : Work.LISTS);
    for (MailSystem system : systems) {
      measure(lab, results, system);
    }
    for (int concurrency : concurrencies) {
      for (MailSystem peer : systems) {
        if (!peer.name().equals(Gatepost.NAME)) {
          String name = name(concurrency);
          results.compare(Gatepost.NAME, name, SESSIONS, peer.name(), name);
          results.compare(Gatepost.NAME, name, CPU, peer.name(), name);
        }
      }
    }
  }

  private void measure(Lab lab, Results results, MailSystem system)
      throws IOException, InterruptedException {
    Site site = lab.site(system, lab.sink().address(), 0);
    if (lists == 0) {
      measure(lab, results, system, site);
      return;
    }
    try (NameServers dns = lab.dns(new NameServers.Lists(0, hasDeadList))) {
      measure(lab, results, system, site.asking(dns.resolver()));
    }
  }

  private void measure(Lab lab, Results results, MailSystem system, Site site)
      throws IOException, InterruptedException {
    say("starting %s", system.name());
    try (RunningSystem running = system.start(site);
        LoadProcess load = LoadProcess.start(lab.load(), RejectLoad.class, running.smtp())) {
      Map<Integer, Double> perSecond = warmUp(system, load);
      for (int run = 1; run <= options.runs(); run++) {
        for (int concurrency : concurrencies) {
          double expected = perSecond.getOrDefault(concurrency, 0.0) * seconds;
          int least = hasDeadList ? ROUNDS_AT_LEAST * concurrency : 1_000;
          int count = sessions > 0 ? sessions : (int) Math.clamp(expected, least, 500_000);
          measureOnce(lab, results, system, running, load, concurrency, count);
        }
      }
    }
  }

  private RejectLoad.Outcome run(LoadProcess load, int concurrency, int count) throws IOException {
    RejectLoad.Clients clients =
        hasDeadList
            ? RejectLoad.Clients.EVERY_OTHER_LISTED
            : lists > 0 ? RejectLoad.Clients.LISTED : RejectLoad.Clients.UNLISTED;
    return load.order(RejectLoad.Outcome.class, concurrency, count, clients);
  }

  /// @return the sessions per second of the last round, by concurrency
  private Map<Integer, Double> warmUp(MailSystem system, LoadProcess load) throws IOException {
    // With a dead list a session may take ten seconds.
    int ofPeer = hasDeadList ? 1 : PEER_WARM_UP;
    int warmUp = system.warmsUp() ? warm : ofPeer;
    say("%s: warming up with %d sessions", system.name(), warmUp);
    Map<Integer, Double> perSecond = new HashMap<>();
    int round = Math.clamp(warmUp / concurrencies.size(), 1, ROUND);
    for (int done = 0; done < warmUp; ) {
      for (int concurrency : concurrencies) {
        RejectLoad.Outcome outcome =
            run(load, concurrency, Math.max(round, hasDeadList ? concurrency : 1));
        perSecond.put(concurrency, outcome.sessions() / outcome.seconds());
        done += round;
      }
    }
    return perSecond;
  }

  private void measureOnce(
      Lab lab,
      Results results,
      MailSystem system,
      RunningSystem running,
      LoadProcess load,
      int concurrency,
      int count)
      throws IOException, InterruptedException {
    try (Meter.Running meter = lab.meter().start(running.group())) {
      CpuTime dnsBefore = lab.nameServers().cpu();
      RejectLoad.Outcome outcome = run(load, concurrency, count);
      Usage usage = meter.stop();
      double ofDns = lab.nameServers().cpu().minus(dnsBefore).total() / MICROS_PER_MILLI;
      double ofLoad = usage.cpuOfLoad().total() / MICROS_PER_MILLI;
      if (outcome.refused() < outcome.sessions()) {
        throw new BenchFailure(
            "%s: of %d sessions %d got other replies than expected (%s), %d were cut off"
                .formatted(
                    system.name(),
                    outcome.sessions(),
                    outcome.other(),
                    outcome.example(),
                    outcome.failed()));
      }
      String name = name(concurrency);
      double perSecond = outcome.sessions() / outcome.seconds();
      results.add(system.name(), name, SESSIONS, perSecond);
      results.add(system.name(), name, MEDIAN, outcome.session().median());
      results.add(system.name(), name, P99, outcome.session().p99());
      results.add(system.name(), name, RCPT_MEDIAN, outcome.rcpt().median());
      results.add(system.name(), name, RCPT_P99, outcome.rcpt().p99());
      Metrics.addUsage(results, system.name(), name, usage, outcome.sessions(), "session");
      results.add(system.name(), name, GENERATOR, Math.max(0, ofLoad - ofDns) / outcome.sessions());
      if (lists > 0) {
        results.add(system.name(), name, DNS, ofDns / outcome.sessions());
      }
      say(
          "%s: %s: %d sessions, %.0f/s, %.3f ms",
          system.name(),
          name,
          outcome.sessions(),
          perSecond,
          usage.cpu().total() / MICROS_PER_MILLI / outcome.sessions());
    }
  }

  private String name(int concurrency) {
    String ofLists = lists == 0 ? "" : hasDeadList ? ", 3 lists, one dead" : ", 3 lists";
    return (concurrency == 1 ? "1 connection" : concurrency + " connections") + ofLists;
  }
}
