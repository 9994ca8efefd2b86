package io.gatepost.system.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.system.Estate;
import io.gatepost.system.crash.Ledger.Copy;
import io.gatepost.testkit.product.Mode;
import io.gatepost.testkit.smtp.FakeSmtpServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// The one promise: what was answered with 250 arrives. Gatepost is killed at random moments under
/// load and started again; the next hops and the clients keep the books.
///
/// `-Dgatepost.crash.kills=30` is the long form. `-Dgatepost.crash.seed=N` repeats the choice of
/// moments.
class CrashIT {

  private static final int KILLS = Integer.getInteger("gatepost.crash.kills", 4);
  private static final long SEED = Long.getLong("gatepost.crash.seed", System.nanoTime());

  private static final int NEVER = Integer.MAX_VALUE;
  private static final int LONGEST_PAUSE_MILLIS = 1000;

  /// How the log says that an attempt at the flaky host was put off.
  private static final String DEFERRED = "@flaky.test> reason=";

  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final Random random = new Random(SEED);
  private final List<Kill> kills = new ArrayList<>();
  private Duration slowestStart = Duration.ZERO;

  /// @param queued copies that were promised and had not arrived
  /// @param deferred whether a host was down, and copies for it had been tried in vain
  private record Kill(int queued, boolean deferred) {}

  @Test
  void whatWasPromisedArrivesHoweverOftenGatepostIsKilled() {
    try (FakeSmtpServer flaky = FakeSmtpServer.start();
        Estate estate =
            Estate.start("crash", Mode.ALL_IN_ONE, Estate.queueing(Map.of(Books.LEVEL, "debug")))) {
      Books.behave(estate.nextHop(), NEVER, Duration.ZERO);
      Books.behave(flaky, NEVER, Duration.ZERO);
      estate.change(
          estate.mailertable(),
          table -> table + "flaky.test smtp:[127.0.0.1]:" + flaky.address().getPort() + "\n",
          "user@flaky.test",
          "250");
      Books books = new Books(estate, List.of(estate.nextHop(), flaky));
      try (Load load = new Load(() -> estate.gatepost().smtp(), books.ledger())) {
        for (int i = 0; i < KILLS; i++) {
          runAndKill(estate, books, flaky, i % 2 == 0);
        }
        flaky.comeUp();
        load.close();
        check(books);
      }
    }
  }

  /// One run of random length, in half of which the flaky host is down.
  private void runAndKill(Estate estate, Books books, FakeSmtpServer flaky, boolean down) {
    if (down) {
      flaky.goDown();
    } else {
      flaky.comeUp();
    }
    // Some mail first, however slow the machine is; then any moment is as good as another.
    int enough = books.ledger().promises().size() + random.nextInt(10, 150);
    int logged = estate.gatepost().log().length();
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(200))
        .until(() ->
            books.ledger().promises().size() >= enough
                && (!down || estate.gatepost().log().indexOf(DEFERRED, logged) > 0));
    Books.pause(Duration.ofMillis(random.nextInt(LONGEST_PAUSE_MILLIS)));
    List<Copy> queued = books.outstanding();
    kills.add(
        new Kill(
            queued.size(),
            down && queued.stream().anyMatch(copy -> copy.recipient().endsWith("@flaky.test"))));
    books.outage(
        () -> {
          if (random.nextBoolean()) {
            estate.gatepost().kill();
          } else {
            estate.gatepost().killAlone(); // the database is left to the next run
          }
        },
        () -> estate.gatepost().restart());
    slowestStart = max(slowestStart, estate.gatepost().untilReady());
  }

  private void check(Books books) {
    await("everything arrives, seed " + SEED)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(500))
        .untilAsserted(() -> assertThat(books.outstanding()).isEmpty());
    long withMailQueued = kills.stream().filter(kill -> kill.queued() > 0).count();
    long withMailDeferred = kills.stream().filter(Kill::deferred).count();
    System.out.printf(
        "crash test: seed %d, %d kills, %d with mail queued, %d with mail deferred;"
            + " %d messages promised, %d refused, %d unanswered; %d copies arrived, %d again,"
            + " answered at most %d ms before the kill; slowest start %.1f s%n",
        SEED,
        kills.size(),
        withMailQueued,
        withMailDeferred,
        books.ledger().promises().size(),
        books.ledger().refusals().size(),
        books.ledger().unanswered().size(),
        books.arrivals().size(),
        books.again().size(),
        books.longestUnrecorded().toMillis(),
        slowestStart.toMillis() / 1000.0);

    books.check();
    assertThat(withMailQueued).as("kills with mail queued").isGreaterThanOrEqualTo(KILLS * 2L / 3);
    assertThat(withMailDeferred)
        .as("kills with mail deferred")
        .isGreaterThanOrEqualTo(Math.max(1, KILLS / 6L));
  }

  private static Duration max(Duration one, Duration other) {
    return one.compareTo(other) > 0 ? one : other;
  }
}
