package io.gatepost.system.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.system.Estate;
import io.gatepost.system.crash.Ledger.Copy;
import io.gatepost.testkit.product.Mode;
import io.gatepost.testkit.smtp.FakeSmtpServer;
import io.gatepost.testkit.smtp.FakeSmtpServer.Answer;
import io.gatepost.testkit.smtp.FakeSmtpServer.Arrival;
import io.gatepost.testkit.smtp.FakeSmtpServer.Stage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The one promise: what was answered with 250 arrives. Gatepost is killed at random moments under
/// load and started again; the next hops and the clients keep the books.
///
/// `-Dgatepost.crash.kills=30` is the long form. `-Dgatepost.crash.seed=N` repeats the choice of
/// moments.
class CrashIT {

  private static final int KILLS = Integer.getInteger("gatepost.crash.kills", 4);
  private static final long SEED = Long.getLong("gatepost.crash.seed", System.nanoTime());

  private static final int LONGEST_PAUSE_MILLIS = 1000;
  private static final int HOP_MILLIS = 30;

  /// How the log says that an attempt at the flaky host was put off.
  private static final String DEFERRED = "@flaky.test> reason=";

  /// An answer that a next hop gave so shortly before a kill may not have been read, or its outcome
  /// not written: the outcomes linger for 20 ms, and the machine may be busy.
  private static final Duration IN_FLIGHT = Duration.ofSeconds(1);

  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final Random random = new Random(SEED);
  private final Ledger ledger = new Ledger();
  private final List<Kill> kills = new ArrayList<>();

  /// @param at by [System#nanoTime], just before the signal
  /// @param queued copies that were promised and had not arrived
  /// @param deferred whether a host was down, and copies for it had been tried in vain
  private record Kill(long at, int queued, boolean deferred) {}

  @Test
  void whatWasPromisedArrivesHoweverOftenGatepostIsKilled() {
    try (FakeSmtpServer flaky = FakeSmtpServer.start();
        Estate estate = Estate.start("crash", Mode.ALL_IN_ONE, Map.of())) {
      behave(estate.nextHop());
      behave(flaky);
      estate.change(
          estate.mailertable(),
          table -> table + "flaky.test smtp:[127.0.0.1]:" + flaky.address().getPort() + "\n",
          "user@flaky.test",
          "250");
      try (Load load = new Load(() -> estate.gatepost().smtp(), ledger)) {
        for (int i = 0; i < KILLS; i++) {
          runAndKill(estate, flaky, i % 2 == 0);
        }
        flaky.comeUp();
        load.close();
        check(estate, flaky, load);
      }
    }
  }

  /// One run of random length, in half of which the flaky host is down.
  private void runAndKill(Estate estate, FakeSmtpServer flaky, boolean down) {
    if (down) {
      flaky.goDown();
    } else {
      flaky.comeUp();
    }
    // Some mail first, however slow the machine is; then any moment is as good as another.
    int enough = ledger.promises().size() + random.nextInt(10, 150);
    int logged = estate.gatepost().log().length();
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(200))
        .until(() ->
            ledger.promises().size() >= enough
                && (!down || estate.gatepost().log().indexOf(DEFERRED, logged) > 0));
    sleep(random.nextInt(LONGEST_PAUSE_MILLIS));
    List<Copy> queued = ledger.outstanding(arrived(estate, flaky));
    kills.add(
        new Kill(
            System.nanoTime(),
            queued.size(),
            down && queued.stream().anyMatch(copy -> copy.recipient().endsWith("@flaky.test"))));
    if (random.nextBoolean()) {
      estate.gatepost().kill();
    } else {
      estate.gatepost().killAlone(); // the database is left to the next run
    }
    estate.gatepost().restart();
  }

  private void check(Estate estate, FakeSmtpServer flaky, Load load) {
    await("everything arrives, seed " + SEED)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(500))
        .untilAsserted(() -> assertThat(ledger.outstanding(arrived(estate, flaky))).isEmpty());
    List<Arrival> all =
        Stream.concat(estate.nextHop().arrivals().stream(), flaky.arrivals().stream()).toList();
    List<Arrival> again = again(all);
    System.out.printf(
        "crash test: seed %d, %d kills, %d with mail queued, %d with mail deferred;"
            + " %d messages promised, %d refused, %d unanswered; %d copies arrived, %d again,"
            + " %d in flight at the kills%n",
        SEED,
        kills.size(),
        kills.stream().filter(kill -> kill.queued() > 0).count(),
        kills.stream().filter(Kill::deferred).count(),
        ledger.promises().size(),
        load.refused(),
        load.unanswered(),
        all.size(),
        again.size(),
        all.stream().filter(this::wasInFlight).count());

    assertThat(again).as("what arrived again was in flight at a kill").allMatch(this::wasInFlight);
    assertThat(all).allSatisfy(this::isWhole);
    assertThat(estate.gatepost().log()).doesNotContain("is missing, the message is held");
    assertThat(kills.stream().filter(kill -> kill.queued() > 0).count())
        .as("kills with mail queued")
        .isGreaterThanOrEqualTo(KILLS * 2L / 3);
    assertThat(kills.stream().filter(Kill::deferred).count())
        .as("kills with mail deferred")
        .isGreaterThanOrEqualTo(KILLS / 6L);
  }

  /// The arrivals that were followed by another one of the same copy.
  private static List<Arrival> again(List<Arrival> all) {
    Map<Copy, Arrival> last = new HashMap<>();
    List<Arrival> followed = new ArrayList<>();
    all.stream()
        .sorted((one, other) -> Long.compare(one.answeredAt(), other.answeredAt()))
        .forEach(arrival -> {
          Arrival before = last.put(copy(arrival), arrival);
          if (before != null) {
            followed.add(before);
          }
        });
    return followed;
  }

  private boolean wasInFlight(Arrival arrival) {
    return kills.stream()
        .anyMatch(kill -> {
          long sinceStart = kill.at() - arrival.startedAt();
          long sinceAnswer = kill.at() - arrival.answeredAt();
          // The kernel ends the process a little after the moment that is noted.
          return sinceStart > -IN_FLIGHT.toNanos() && sinceAnswer < IN_FLIGHT.toNanos();
        });
  }

  private void isWhole(Arrival arrival) {
    Ledger.Promise promise = ledger.promises().get(arrival.key());
    if (promise != null) { // else its 250 was lost with the process, and it is queued all the same
      assertThat(arrival.bodyChecksum()).isEqualTo(promise.bodyChecksum());
    }
  }

  private static Ledger.Arrivals arrived(Estate estate, FakeSmtpServer flaky) {
    Set<Copy> copies = new HashSet<>();
    estate.nextHop().arrivals().forEach(arrival -> copies.add(copy(arrival)));
    flaky.arrivals().forEach(arrival -> copies.add(copy(arrival)));
    estate.messageIdsIn("alice@example.test").stream()
        .map(messageId -> new Copy(messageId, "alice@example.test"))
        .forEach(copies::add);
    return copies::contains;
  }

  private static Copy copy(Arrival arrival) {
    return new Copy(arrival.key(), arrival.recipient());
  }

  /// Slow enough that something is always under way, and now and then unwilling.
  private static void behave(FakeSmtpServer server) {
    server.behave(moment -> {
      if (moment.stage() == Stage.END_OF_DATA) {
        sleep(HOP_MILLIS);
      }
      boolean unwilling =
          moment.stage() == Stage.RCPT && Math.floorMod(System.nanoTime() / 1000, 50) == 0;
      return unwilling ? new Answer.Say("451 4.2.1 not now") : new Answer.Good();
    });
  }

  private static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
