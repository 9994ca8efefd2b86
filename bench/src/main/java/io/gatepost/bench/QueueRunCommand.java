package io.gatepost.bench;

import static io.gatepost.bench.Lab.say;

import io.gatepost.bench.load.FillLoad;
import io.gatepost.bench.load.LoadProcess;
import io.gatepost.bench.load.SmtpSink;
import io.gatepost.bench.load.SmtpSource;
import io.gatepost.bench.measure.Meter;
import io.gatepost.bench.measure.Pause;
import io.gatepost.bench.measure.Usage;
import io.gatepost.bench.mta.Bare;
import io.gatepost.bench.mta.Chasquid;
import io.gatepost.bench.mta.Exim;
import io.gatepost.bench.mta.Gatepost;
import io.gatepost.bench.mta.MailSystem;
import io.gatepost.bench.mta.Postfix;
import io.gatepost.bench.mta.RunningSystem;
import io.gatepost.bench.mta.Site;
import io.gatepost.bench.mta.Work;
import io.gatepost.bench.report.Metric;
import io.gatepost.bench.report.Results;
import io.gatepost.embedded.FreePort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `queue`: what a queue of messages that nobody takes costs.
@Command(
    name = "queue",
    mixinStandardHelpOptions = true,
    description = {
      "Fills a queue with messages whose next hops are dead, and measures a run over it: every"
          + " message comes due once. Gatepost's are due by themselves after --step; it does one"
          + " run in which it knows that the destinations are dead, is started again, and does one"
          + " in which it tries every message. Postfix is told to (postqueue -f).",
      "Then, with another queue, the drain when the next hop is back.",
      "A million messages take half an hour a run."
    })
final class QueueRunCommand extends BenchCommand {

  private static final String FILLING = "filling";
  private static final String KNOWN = "queue run, destinations known to be dead";
  private static final String TRIED = "queue run, every message tried";
  private static final String RESTART = "restart with the queue";
  private static final String DRAIN = "drain";

  private static final Metric DEFERRED = new Metric("deferred", "messages");
  private static final Metric SPEED = new Metric("speed", "messages/s");
  private static final Metric CPU = new Metric("CPU", "us/message");
  private static final Metric FILE_SYNCS = new Metric("fsync and fdatasync", "calls/message");
  private static final Metric MEMORY = new Metric("memory after", "MiB");
  private static final Metric QUEUE_SERVICE_MEMORY =
      new Metric("queue-service's own memory, peak", "MiB");
  private static final Metric START = new Metric("start to greeting", "s");

  /// Rate at which a queue is filled at least, in messages a second; the step has to be longer than
  /// the filling.
  private static final int SLOWEST_FILL = 1_000;

  private static final int LEAST_STEP_SECONDS = 45;
  private static final int LOOK_MILLIS = 1_000;
  private static final double KIB_PER_MIB = 1024;
  private static final Duration EARLY = Duration.ofSeconds(1);
  private static final Duration STALL = Duration.ofMinutes(3);
  private static final SmtpSource DRAIN_SOURCE = new SmtpSource(20, 1024, true);

  @Mixin private BenchOptions options = new BenchOptions();

  @Option(
      names = "--messages",
      paramLabel = "N",
      defaultValue = "1000000",
      description = "Deferred messages of 1 KiB; 0: only the drain; default ${DEFAULT-VALUE}.")
  private int messages;

  @Option(
      names = "--at-most",
      paramLabel = "NAME=N",
      split = ",",
      defaultValue = "postfix=10000",
      description = "Systems that get fewer; default ${DEFAULT-VALUE}.")
  private Map<String, Integer> atMost = new LinkedHashMap<>();

  @Option(
      names = "--destinations",
      paramLabel = "N",
      defaultValue = "1000",
      description = "Dead destinations; default ${DEFAULT-VALUE}.")
  private int destinations;

  @Option(
      names = "--drain",
      paramLabel = "N",
      defaultValue = "20000",
      description = "Messages of the drain; 0: none; default ${DEFAULT-VALUE}.")
  private int drain;

  @Option(
      names = "--step",
      paramLabel = "S",
      defaultValue = "0",
      description = {
        "Seconds after which Gatepost's messages are due, but for the drain; longer than filling;"
            + " default: one for each 1,000 messages, and 45."
      })
  private int step;

  @Option(
      names = "--split",
      description = {
        "Starts Gatepost again with a process for each service when the queue is full, and tells"
            + " queue-service's own memory. There is one run, whose first attempts find the"
            + " destinations dead."
      })
  private boolean split;

  @Override
  BenchOptions options() {
    return options;
  }

  @Override
  void measure(Lab lab, Results results) throws IOException, InterruptedException {
    for (MailSystem system : options.systems(Work.QUEUE)) {
      for (int run = 1; run <= options.runs(); run++) {
        switch (system) {
          case Gatepost gatepost -> {
            runs(lab, results, gatepost);
            drain(lab, results, gatepost);
          }
          case Postfix postfix -> {
            runs(lab, results, postfix);
            drain(lab, results, postfix);
          }
          case Exim _, Chasquid _, Bare _ -> throw new IllegalStateException(system.name());
        }
      }
    }
    for (String scenario : List.of(KNOWN, TRIED)) {
      results.compare(Gatepost.NAME, scenario, CPU, Postfix.NAME, TRIED);
    }
    results.compare(Gatepost.NAME, DRAIN, CPU, Postfix.NAME, DRAIN);
  }

  private void runs(Lab lab, Results results, Gatepost gatepost)
      throws IOException, InterruptedException {
    if (messages == 0) {
      return;
    }
    Duration wait = step > 0 ? Duration.ofSeconds(step) : longEnoughFor(messages);
    Site site = lab.site(gatepost, nobody(), destinations);
    Gatepost knowing = withPause(gatepost, wait, wait);
    long due;
    try (RunningSystem running = knowing.start(site)) {
      due = System.nanoTime() + wait.toNanos();
      fill(lab, results, gatepost, running, messages);
      if (!split) {
        due = run(lab, results, gatepost, running, KNOWN, due) + wait.toNanos();
      }
    }
    Gatepost again = split ? knowing.split() : withPause(gatepost, wait, Duration.ofMillis(1));
    long begin = System.nanoTime();
    try (RunningSystem running = again.start(site)) {
      results.add(gatepost.name(), RESTART, START, (System.nanoTime() - begin) / 1e9);
      run(lab, results, gatepost, running, split ? KNOWN : TRIED, due);
    }
  }

  private void runs(Lab lab, Results results, Postfix postfix)
      throws IOException, InterruptedException {
    if (messages == 0) {
      return;
    }
    int count = Math.min(messages, atMost.getOrDefault(postfix.name(), messages));
    try (RunningSystem running = postfix.start(lab.site(postfix, nobody(), destinations))) {
      fill(lab, results, postfix, running, count);
      try (Meter.Running meter = lab.meter().start(running.group())) {
        long before = Postfix.deferrals(running);
        Postfix.flush(running);
        awaitCount(() -> Postfix.deferrals(running) - before, count);
        note(results, postfix, running, TRIED, meter.stop(), count);
      }
    }
  }

  /// Fills the queue, and waits until the first attempts have failed.
  private void fill(Lab lab, Results results, MailSystem system, RunningSystem running, int count)
      throws IOException, InterruptedException {
    say("%s: filling the queue with %d messages", system.name(), count);
    try (Meter.Running meter = lab.meter().start(running.group());
        LoadProcess load = LoadProcess.start(lab.load(), FillLoad.class, running.smtp())) {
      FillLoad.Outcome outcome = load.order(FillLoad.Outcome.class, count, destinations);
      if (outcome.failed() > 0) {
        throw new BenchFailure(
            "%s: %d of %d messages were not taken (%s)"
                .formatted(system.name(), outcome.failed(), count, outcome.example()));
      }
      awaitCount(deferrals(system, running), count);
      note(results, system, running, FILLING, meter.stop(), count);
      results.add(system.name(), FILLING, DEFERRED, count);
    }
  }

  /// A run that begins by itself.
  ///
  /// @param due when, in the terms of [System#nanoTime]
  /// @return when it began
  private long run(
      Lab lab, Results results, Gatepost gatepost, RunningSystem running, String scenario, long due)
      throws IOException, InterruptedException {
    sleepUntil(due - EARLY.toNanos());
    long before = Gatepost.deferrals(running);
    try (Meter.Running meter = lab.meter().start(running.group())) {
      awaitCount(() -> Gatepost.deferrals(running) - before, messages);
      note(results, gatepost, running, scenario, meter.stop(), messages);
    }
    return due;
  }

  private void drain(Lab lab, Results results, Gatepost gatepost)
      throws IOException, InterruptedException {
    Duration wait = longEnoughFor(drain);
    InetSocketAddress nextHop = nobody();
    Gatepost stepping = withPause(gatepost, wait, Duration.ofMillis(1));
    if (drain > 0) {
      try (RunningSystem running = stepping.start(lab.site(gatepost, nextHop, 0))) {
        long due = System.nanoTime() + wait.toNanos();
        defer(lab, gatepost, running);
        try (SmtpSink sink = lab.lateSink(nextHop)) {
          sleepUntil(due - EARLY.toNanos());
          measureDrain(lab, results, gatepost, running, sink, () -> {});
        }
      }
    }
  }

  private void drain(Lab lab, Results results, Postfix postfix)
      throws IOException, InterruptedException {
    InetSocketAddress nextHop = nobody();
    if (drain > 0) {
      try (RunningSystem running = postfix.start(lab.site(postfix, nextHop, 0))) {
        defer(lab, postfix, running);
        try (SmtpSink sink = lab.lateSink(nextHop)) {
          measureDrain(lab, results, postfix, running, sink, () -> Postfix.flush(running));
        }
      }
    }
  }

  /// Takes in messages for a next hop that is not there.
  private void defer(Lab lab, MailSystem system, RunningSystem running)
      throws IOException, InterruptedException {
    say("%s: deferring %d messages for the drain", system.name(), drain);
    DRAIN_SOURCE.send(lab.load(), running.smtp(), drain);
    awaitCount(deferrals(system, running), drain);
  }

  private void measureDrain(
      Lab lab,
      Results results,
      MailSystem system,
      RunningSystem running,
      SmtpSink sink,
      Order start)
      throws IOException, InterruptedException {
    try (Meter.Running meter = lab.meter().start(running.group())) {
      start.give();
      awaitCount(sink::messages, drain);
      note(results, system, running, DRAIN, meter.stop(), drain);
    }
  }

  private static void note(
      Results results,
      MailSystem system,
      RunningSystem running,
      String scenario,
      Usage usage,
      int count) {
    double micros = (double) usage.cpu().total() / count;
    results.add(system.name(), scenario, CPU, micros);
    results.add(system.name(), scenario, SPEED, count / usage.seconds());
    usage
        .syncs()
        .ifPresent(syncs ->
            results.add(system.name(), scenario, FILE_SYNCS, (double) syncs.file() / count));
    results.add(system.name(), scenario, Metrics.OTHER_LOAD, usage.foreignCores());
    results.add(system.name(), scenario, MEMORY, running.group().proportionalKib() / KIB_PER_MIB);
    Gatepost.peakOfQueueService(running)
        .ifPresent(mib -> results.add(system.name(), scenario, QUEUE_SERVICE_MEMORY, mib));
    say("%s: %s: %d messages, %.1f us each", system.name(), scenario, count, micros);
  }

  /// Something that grows.
  private interface Count {
    long now() throws IOException, InterruptedException;
  }

  private interface Order {
    void give() throws IOException, InterruptedException;
  }

  private static Count deferrals(MailSystem system, RunningSystem running) {
    return switch (system) {
      case Gatepost _ -> () -> Gatepost.deferrals(running);
      case Postfix _ -> () -> Postfix.deferrals(running);
      case Exim _, Chasquid _, Bare _ -> throw new IllegalStateException(system.name());
    };
  }

  private static void awaitCount(Count count, long wanted)
      throws IOException, InterruptedException {
    long last = -1;
    long lastMove = System.nanoTime();
    for (long now = count.now(); now < wanted; now = count.now()) {
      if (now > last) {
        last = now;
        lastMove = System.nanoTime();
      } else if (System.nanoTime() - lastMove > STALL.toNanos()) {
        throw new BenchFailure(
            "%d of %d messages, and no more for %d s".formatted(now, wanted, STALL.toSeconds()));
      }
      Pause.millis(LOOK_MILLIS);
    }
  }

  private static void sleepUntil(long nanoTime) throws InterruptedException {
    Duration left = Duration.ofNanos(nanoTime - System.nanoTime());
    if (left.isNegative()) {
      throw new BenchFailure(
          "messages are due %d s before all are deferred (a longer --step helps)"
              .formatted(left.negated().toSeconds()));
    }
    Thread.sleep(left);
  }

  private static Duration longEnoughFor(int count) {
    return Duration.ofSeconds(LEAST_STEP_SECONDS + count / SLOWEST_FILL);
  }

  /// One step, and how long a destination that was found dead is not tried again.
  private static Gatepost withPause(Gatepost gatepost, Duration step, Duration pause) {
    return gatepost.with(
        List.of("gatepost.queue.ladder=" + step, "gatepost.queue.dead-destination-pause=" + pause));
  }

  /// An address where nobody listens yet.
  private static InetSocketAddress nobody() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), FreePort.find());
  }
}
