package io.gatepost.system.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.system.Estate;
import io.gatepost.testkit.file.LiveFiles;
import io.gatepost.testkit.product.Mode;
import io.gatepost.testkit.smtp.FakeSmtpServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// The broker, queue-service and delivery-service are killed in turn and together, at random
/// moments under load, while an operator makes deferred mail due, some next hops are so slow that
/// their attempts are carried forward, and every third transaction of the log's readers is aborted.
/// After each round everything drains.
///
/// `-Dgatepost.campaign.rounds=200` is the long form. `-Dgatepost.campaign.seed=N` repeats the
/// choice of moments.
class CampaignIT {

  private static final int ROUNDS = Integer.getInteger("gatepost.campaign.rounds", 6);
  private static final long SEED = Long.getLong("gatepost.campaign.seed", System.nanoTime());

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final int LONGEST_PAUSE_MILLIS = 1000;
  private static final int SLOW_ONE_IN = 30;

  /// Longer than an attempt may take while the window is full, before it is carried forward.
  private static final Duration SLOW = Duration.ofSeconds(4);

  /// Space that the log, with its segments of 16 MiB and its internal topics, may take up at the
  /// end.
  private static final long MOST_OCTETS_ON_DISK = 256L * 1024 * 1024;

  private static final List<List<String>> VICTIMS =
      List.of(
          List.of("infrastructure"),
          List.of("queue"),
          List.of("delivery"),
          List.of("infrastructure", "queue", "delivery"));

  private static final Map<String, String> SETTINGS =
      Map.of(
          // The second step leaves the operator time to act, and the view to tell him.
          "gatepost.queue.ladder",
          "PT1S, PT5S",
          "gatepost.delivery.max-running",
          "40",
          "gatepost.queue.audit-interval",
          "1s",
          "gatepost.queue.truncation-interval",
          "1s",
          "gatepost.queue.sweep-interval",
          "2s",
          "gatepost.queue.sweep-age",
          "30s",
          Books.LEVEL,
          "debug");

  private final Random random = new Random(SEED);

  @Test
  void whateverIsKilledNothingIsLostAndEverythingDrains() {
    List<Path> aborting =
        List.of(
            Path.of("target/test-classes").toAbsolutePath(),
            Path.of("src/test/aborting").toAbsolutePath());
    try (FakeSmtpServer flaky = FakeSmtpServer.start();
        Estate estate = Estate.start("campaign", Mode.SPLIT, Estate.queueing(SETTINGS), aborting)) {
      Books.behave(estate.nextHop(), SLOW_ONE_IN, SLOW);
      Books.behave(flaky, SLOW_ONE_IN, SLOW);
      estate.change(
          estate.mailertable(),
          table -> table + "flaky.test smtp:[127.0.0.1]:" + flaky.address().getPort() + "\n",
          "user@flaky.test",
          "250");
      Books books = new Books(estate, List.of(estate.nextHop(), flaky));
      try (Operator operator = new Operator(estate.gatepost())) {
        for (int i = 0; i < ROUNDS; i++) {
          round(estate, books, flaky, i);
          drain(books, operator, i);
          System.out.printf(
              "campaign: round %d of %d, %d promised%n",
              i + 1, ROUNDS, books.ledger().promises().size());
        }
        check(estate, books, operator);
      }
    }
  }

  private void round(Estate estate, Books books, FakeSmtpServer flaky, int number) {
    boolean down = number / VICTIMS.size() % 2 == 0;
    List<String> victims = VICTIMS.get(number % VICTIMS.size());
    if (down) {
      flaky.goDown();
    }
    try (Load load = new Load(() -> estate.gatepost().smtp(), books.ledger())) {
      awaitPromises(books, random.nextInt(10, 150));
      Books.pause(Duration.ofMillis(random.nextInt(LONGEST_PAUSE_MILLIS)));
      int logged = estate.gatepost().log().length();
      books.outage(
          () -> victims.forEach(estate.gatepost()::killService),
          () -> {
            await()
                .atMost(PATIENCE)
                .until(() -> victims.stream().allMatch(victim -> isBack(estate, victim, logged)));
            awaitPromises(books, random.nextInt(1, 100));
          });
      load.close();
    }
    flaky.comeUp();
  }

  private static void awaitPromises(Books books, int more) {
    int enough = books.ledger().promises().size() + more;
    await().atMost(PATIENCE).until(() -> books.ledger().promises().size() >= enough);
  }

  private static boolean isBack(Estate estate, String service, int since) {
    return estate
        .gatepost()
        .log()
        .substring(since)
        .matches("(?s).*service=" + service + " pid=\\d+ ready.*");
  }

  private void drain(Books books, Operator operator, int round) {
    await("round " + round + " drains, seed " + SEED)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(250))
        .ignoreExceptions() // what was killed may just be coming up
        .untilAsserted(() -> {
          assertThat(books.outstanding()).isEmpty();
          assertThat(operator.left()).as("records, live or not yet cut off").isEmpty();
        });
  }

  private void check(Estate estate, Books books, Operator operator) {
    Path data = estate.gatepost().data();
    await("no content is left")
        .atMost(PATIENCE)
        .until(() -> octetsIn(data.resolve("content")) == 0);
    System.out.printf(
        "campaign: seed %d, %d rounds, %d messages promised, %d refused, %d unanswered,"
            + " %d copies arrived, %d again, answered at most %d ms before the kill,"
            + " %d made due by the operator, %d carried forward, %d reader transactions aborted,"
            + " %d times the broker lost its groups, %d MiB of log%n",
        SEED,
        ROUNDS,
        books.ledger().promises().size(),
        books.ledger().refusals().size(),
        books.ledger().unanswered().size(),
        books.arrivals().size(),
        books.again().size(),
        books.longestUnrecorded().toMillis(),
        operator.retried(),
        count(estate, "carried forward"),
        count(estate, "aborted by the test"),
        count(estate, "has not answered consumer groups"),
        octetsIn(data.resolve("kafka")) >> 20);
    books.check();
    assertThat(octetsIn(data.resolve("kafka"))).isLessThan(MOST_OCTETS_ON_DISK);
    assertThat(count(estate, "carried forward")).isPositive();
    assertThat(count(estate, "aborted by the test")).isPositive();
    assertThat(operator.retried()).isPositive();
  }

  private static long count(Estate estate, String words) {
    return estate.gatepost().log().lines().filter(line -> line.contains(words)).count();
  }

  private static long octetsIn(Path directory) {
    return LiveFiles.octets(directory, file -> true);
  }
}
