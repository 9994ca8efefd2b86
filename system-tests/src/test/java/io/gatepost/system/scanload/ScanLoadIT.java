package io.gatepost.system.scanload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.system.Estate;
import io.gatepost.system.scanload.Sender.Verdict;
import io.gatepost.system.scanload.TimedScanner.Scan;
import io.gatepost.testkit.product.Mode;
import io.gatepost.testkit.smtp.FakeSmtpServer.Arrival;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/// A scanner with four slots, under clients that send slowly and clients that send as fast as they
/// can: scans are as many as there are slots, and as long for the one as for the other. With
/// `-Dgatepost.scan.full=true` 500 clients at 1 KB/s and 50 fast ones, with messages of 32 and 96
/// KiB; else 100 and 20, with 3 and 6 KiB. In each form the larger goes to the content store.
class ScanLoadIT {

  private static final boolean FULL = Boolean.getBoolean("gatepost.scan.full");
  private static final int SLOTS = 4;
  private static final Duration SCAN = Duration.ofMillis(50);
  private static final int SLOW = FULL ? 500 : 100;
  private static final int FAST = FULL ? 50 : 20;
  private static final int SMALL_OCTETS = (FULL ? 32 : 3) * 1024;
  private static final int LARGE_OCTETS = (FULL ? 96 : 6) * 1024;
  private static final int SLOW_RATE = 1024;

  /// The slow ones begin one after the other, so that they do not end together.
  private static final Duration ARRIVAL = Duration.ofSeconds(FULL ? 40 : 5);

  /// A client's own, for its verdict.
  private static final Duration TIME_OUT = Duration.ofSeconds(30);

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /// Medians of scans of slow and of fast clients. The short form has few scans, on a machine that
  /// may have other work.
  private static final double RATIO = FULL ? 1.05 : 2;

  /// A few that the JVM and the pools start by need.
  private static final int MORE_THREADS = 15;

  @Test
  void scansAreAsManyAsSlotsAndTakeAsLongForSlowClientsAsForFastOnes() {
    try (TimedScanner scanner = TimedScanner.start(SCAN);
        Estate estate =
            Estate.start("scan-load", Mode.ALL_IN_ONE, Estate.queueing(settings(scanner)))) {
      List<Verdict> first = fast(estate, "early", 10, deadline(Duration.ofSeconds(3)));
      int threads = SuiteWatch.threads(estate.gatepost());
      String before = SuiteWatch.machineLoad();
      List<Verdict> slow;
      List<Verdict> fast;
      int mostThreads;
      try (SuiteWatch watch = SuiteWatch.start(estate.gatepost());
          ExecutorService crowd = Executors.newSingleThreadExecutor()) {
        Future<List<Verdict>> slowOnes = crowd.submit(() -> slow(estate));
        fast = fast(estate, "fast", FAST, slowOnes::isDone);
        slow = result(slowOnes);
        mostThreads = watch.mostThreads();
      }

      Times slowScans = times(scanner, "slow", Scan::whole);
      Times fastScans = times(scanner, "fast", Scan::whole);
      Times slowFeeding = times(scanner, "slow", Scan::feeding);
      System.out.printf(
          "scan load: %d clients at %d octets/s, %d at full speed, %d and %d octets; %d and %d"
              + " scans, at most %d at a time; scans of slow clients %s, of fast ones %s; fed in:"
              + " slow %s, fast %s; from the final dot: slow %s, fast %s; threads %d before, at"
              + " most %d; load before %s, after %s%n",
          SLOW,
          SLOW_RATE,
          FAST,
          SMALL_OCTETS,
          LARGE_OCTETS,
          slowScans.sorted().size(),
          fastScans.sorted().size(),
          scanner.most(),
          slowScans,
          fastScans,
          slowFeeding,
          times(scanner, "fast", Scan::feeding),
          waits(slow),
          waits(fast),
          threads,
          mostThreads,
          before,
          SuiteWatch.machineLoad());

      assertThat(scanner.most()).isEqualTo(SLOTS);
      assertThat(slow).hasSize(SLOW);
      for (List<Verdict> verdicts : List.of(first, slow, fast)) {
        assertThat(verdicts).filteredOn(verdict -> !verdict.isAccepted()).isEmpty();
      }
      assertThat(waits(slow).longest()).isLessThan(TIME_OUT);
      assertThat(waits(fast).longest()).isLessThan(TIME_OUT);
      assertThat(ratio(slowScans, fastScans)).isBetween(1 / RATIO, RATIO);
      assertThat(slowFeeding.median())
          .as("a scanner gets it much faster than its client sends it")
          .isLessThan(Duration.ofMillis(SMALL_OCTETS * 1000L / SLOW_RATE / 10));
      assertThat(mostThreads).isLessThanOrEqualTo(threads + MORE_THREADS);
      arrivesOnce(estate, first.size() + slow.size() + fast.size());
    }
  }

  private static Map<String, String> settings(TimedScanner scanner) {
    Map<String, String> settings = scanner.settings(SLOTS);
    settings.put("gatepost.edge.inline-threshold", FULL ? "64KB" : "4KB");
    return settings;
  }

  /// From addresses of their own, as strangers: each sends one message.
  private static List<Verdict> slow(Estate estate) {
    return all(
        SLOW,
        i -> {
          Thread.sleep(ARRIVAL.multipliedBy(i).dividedBy(SLOW));
          try (Sender sender = connect(estate, i)) {
            return List.of(sender.trickle("slow" + i + "@client.example", message(i), SLOW_RATE));
          }
        });
  }

  private interface Until {
    boolean isOver();
  }

  private static Until deadline(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    return () -> System.nanoTime() - end > 0;
  }

  /// Each sends message after message, each kind in turn.
  private static List<Verdict> fast(Estate estate, String name, int clients, Until until) {
    return all(
        clients,
        i -> {
          List<Verdict> verdicts = new ArrayList<>();
          try (Sender sender = connect(estate, SLOW + i)) {
            for (int message = i; !until.isOver(); message++) {
              verdicts.add(sender.send(name + i + "@client.example", message(message)));
            }
          }
          return verdicts;
        });
  }

  private interface Client {
    List<Verdict> run(int number) throws IOException, InterruptedException;
  }

  private static List<Verdict> all(int clients, Client client) {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<List<Verdict>>> running = new ArrayList<>();
      for (int i = 0; i < clients; i++) {
        int number = i;
        running.add(threads.submit(() -> client.run(number)));
      }
      return running.stream().flatMap(future -> result(future).stream()).toList();
    }
  }

  private static Sender connect(Estate estate, int client) throws IOException {
    return Sender.connect(
        estate.gatepost().smtp(), "127.0." + (1 + client / 200) + "." + (1 + client % 200));
  }

  private static String message(int number) {
    return Sender.message(Estate.newMessageId(), number % 2 == 0 ? SMALL_OCTETS : LARGE_OCTETS);
  }

  private static <T> T result(Future<T> future) {
    try {
      return future.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Times times(TimedScanner scanner, String name, Function<Scan, Duration> time) {
    return Times.of(
        scanner.scans().stream().filter(scan -> scan.sender().startsWith(name)).map(time).toList());
  }

  private static Times waits(List<Verdict> verdicts) {
    return Times.of(verdicts.stream().map(Verdict::took).toList());
  }

  private static double ratio(Times one, Times other) {
    return (double) one.median().toNanos() / other.median().toNanos();
  }

  private static void arrivesOnce(Estate estate, int messages) {
    await().atMost(PATIENCE).until(() -> estate.nextHop().count() >= messages);
    assertThat(estate.nextHop().arrivals())
        .hasSize(messages)
        .extracting(Arrival::key)
        .doesNotHaveDuplicates();
  }
}
