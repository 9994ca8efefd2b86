package io.gatepost.system.scanload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.system.Estate;
import io.gatepost.system.scanload.Flood.Origin;
import io.gatepost.system.scanload.Flood.Sent;
import io.gatepost.testkit.product.Mode;
import io.gatepost.testkit.smtp.FakeSmtpServer.Arrival;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Strangers with ten times the mail that a scanner can take, beside a trickle of internal mail:
/// for 20 seconds, and with `-Dgatepost.scan.full=true` for five minutes, and for one in which the
/// scanner is passed over.
class ScanOverloadIT {

  private static final boolean FULL = Boolean.getBoolean("gatepost.scan.full");
  private static final int SLOTS = 4;
  private static final Duration SCAN = Duration.ofMillis(100);

  /// Scans a second that the scanner can make.
  private static final int CAPACITY = (int) (SLOTS * 1000 / SCAN.toMillis());

  private static final int RATE = 10 * CAPACITY;
  private static final int TRICKLE = 4;
  private static final Duration WARM_UP = Duration.ofSeconds(FULL ? 10 : 4);
  private static final int OCTETS = 2 * 1024;
  private static final int MOST_SESSIONS = 3_000;

  /// Part of the rate that a busy machine has to reach.
  private static final double REACHED = FULL ? 0.9 : 0.4;

  private static final Duration INTERNAL_P95 = Duration.ofSeconds(FULL ? 2 : 5);

  /// The longest wait for a slot is 5 s; the rest is the machine's.
  private static final Duration LONGEST_EXTERNAL = Duration.ofSeconds(15);

  private static final Duration BACK_WITHIN = Duration.ofSeconds(30);

  /// Messages in a row that have to pass in normal time.
  private static final int PROBES = 3;

  private static final Duration NORMAL = Duration.ofSeconds(1);
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /// The heap has 384 MiB; the rest is code, threads, buffers and the log's files.
  private static final long MOST_RESIDENT = 1L << 30;

  /// Treatment of mail that the scanner has no slot for, and the reply to its client.
  enum Setting {
    DEFER("451 4.7.1"),
    SKIP("250");

    private final String reply;

    Setting(String reply) {
      this.reply = reply;
    }
  }

  static Stream<Setting> settings() {
    return FULL ? Stream.of(Setting.values()) : Stream.of(Setting.DEFER);
  }

  private static Duration time(Setting setting) {
    return switch (setting) {
      case DEFER -> FULL ? Duration.ofMinutes(5) : Duration.ofSeconds(20);
      case SKIP -> Duration.ofMinutes(1);
    };
  }

  @ParameterizedTest
  @MethodSource("settings")
  void tenTimesTheCapacityCostsStrangersTheirTurnAndNobodyElseAnything(Setting setting) {
    String name = setting.name().toLowerCase(Locale.ROOT);
    try (TimedScanner scanner = TimedScanner.start(SCAN);
        Estate estate =
            Estate.start(
                "scan-overload-" + name,
                Mode.ALL_IN_ONE,
                Estate.queueing(settings(scanner, name)));
        Flood strangers = flood(estate, Origin.EXTERNAL, MOST_SESSIONS);
        Flood own = flood(estate, Origin.INTERNAL, 200);
        Flood probe = flood(estate, Origin.OTHER, 20)) {
      probe.run(2 * TRICKLE, WARM_UP);
      Times before = probe.waits(true);
      String load = SuiteWatch.machineLoad();
      Duration busy = estate.gatepost().processorTime();
      int scans = scanner.scans().size();
      Duration took;
      long mostOctets;
      long began = System.nanoTime();
      try (SuiteWatch watch = SuiteWatch.start(estate.gatepost())) {
        CompletableFuture<Duration> trickle =
            CompletableFuture.supplyAsync(() -> own.run(TRICKLE, time(setting)));
        took = strangers.run(RATE, time(setting));
        trickle.join();
        mostOctets = watch.mostOctets();
      }
      await().atMost(BACK_WITHIN).until(() -> isNormal(estate));
      Duration back = Duration.ofNanos(System.nanoTime() - began).minus(took);

      System.out.printf(
          "scan overload, %s: %d messages offered in %.1f s (%.0f/s, %d withheld, %d sessions),"
              + " %d scans (%.0f/s), at most %d at a time; %d accepted, from the final dot: %s;"
              + " refused: %s; internal: %d accepted of %d, %s; before: %s; back after %.1f s;"
              + " resident at most %d MiB; CPU %.1f s; load before %s, after %s%n",
          name,
          strangers.offered(),
          seconds(took),
          strangers.offered() / seconds(took),
          strangers.withheld(),
          strangers.sessions(),
          scanner.scans().size() - scans,
          (scanner.scans().size() - scans) / seconds(took),
          scanner.most(),
          accepted(strangers).size(),
          strangers.waits(true),
          setting == Setting.DEFER ? strangers.waits(false) : "none",
          accepted(own).size(),
          own.offered(),
          own.waits(true),
          before,
          seconds(back),
          mostOctets >> 20,
          seconds(estate.gatepost().processorTime().minus(busy)),
          load,
          SuiteWatch.machineLoad());

      assertThat(strangers.offered()).isGreaterThan((int) (REACHED * RATE * seconds(took)));
      assertThat(scanner.most()).isEqualTo(SLOTS);
      assertThat(strangers.broken()).isEmpty();
      assertThat(strangers.sent()).filteredOn(sent -> !isAsSet(sent, setting)).isEmpty();
      assertThat(longest(strangers)).isLessThan(LONGEST_EXTERNAL);
      assertThat(own.broken()).isEmpty();
      assertThat(accepted(own).size()).as("accepted of internal mail").isEqualTo(own.offered());
      assertThat(own.waits(true).percentile(95)).isLessThan(INTERNAL_P95);
      assertThat(mostOctets).isLessThan(MOST_RESIDENT);
      assertThat(estate.gatepost().logs("OutOfMemory")).isFalse();
      arriveOnce(estate, accepted(strangers), accepted(own), accepted(probe));
    }
  }

  private static Map<String, String> settings(TimedScanner scanner, String unavailable) {
    Map<String, String> settings = scanner.settings(SLOTS);
    settings.put("gatepost.scanner.scanners[0].unavailable", unavailable);
    return settings;
  }

  private static Flood flood(Estate estate, Origin origin, int mostSessions) {
    return new Flood(estate.gatepost().smtp(), origin, OCTETS, mostSessions);
  }

  private static boolean isAsSet(Sent sent, Setting setting) {
    return sent.verdict().isAccepted() || sent.verdict().reply().startsWith(setting.reply);
  }

  /// Whether a stranger's messages pass in normal time, one after the other.
  private static boolean isNormal(Estate estate) {
    try (Flood again = flood(estate, Origin.OTHER, 1)) {
      for (int i = 0; i < PROBES; i++) {
        again.run(1, Duration.ofNanos(1));
      }
      return accepted(again).size() == PROBES
          && again.waits(true).longest().compareTo(NORMAL) < 0
          && estate.gatepost().meter("edge", "gatepost_scanner_waiting") == 0;
    }
  }

  private static Duration longest(Flood flood) {
    return Times.of(flood.sent().stream().map(sent -> sent.verdict().took()).toList()).longest();
  }

  private static Set<String> accepted(Flood flood) {
    Set<String> accepted = new HashSet<>();
    for (Sent sent : flood.sent()) {
      if (sent.verdict().isAccepted()) {
        accepted.add(sent.messageId());
      }
    }
    return accepted;
  }

  /// All that were accepted have arrived, each once. What arrives beside them was sent by probes.
  @SafeVarargs
  private static void arriveOnce(Estate estate, Collection<String>... accepted) {
    Set<String> missing = new HashSet<>();
    Stream.of(accepted).forEach(missing::addAll);
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> {
          estate.nextHop().arrivals().forEach(arrival -> missing.remove(arrival.key()));
          assertThat(missing).isEmpty();
        });
    assertThat(estate.nextHop().arrivals()).extracting(Arrival::key).doesNotHaveDuplicates();
  }

  private static double seconds(Duration time) {
    return time.toNanos() / 1e9;
  }
}
