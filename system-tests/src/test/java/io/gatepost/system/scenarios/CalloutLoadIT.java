package io.gatepost.system.scenarios;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.system.Estate;
import io.gatepost.testkit.peer.SyncTrace;
import io.gatepost.testkit.product.Mode;
import io.gatepost.testkit.smtp.FakeSmtpServer.Answer;
import io.gatepost.testkit.smtp.FakeSmtpServer.Moment;
import io.gatepost.testkit.smtp.FakeSmtpServer.Stage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// Many addresses that a next hop has to be asked about, on a quiet machine:
/// `-Dgatepost.callout.attack=10000` says about how many.
@EnabledIfSystemProperty(named = "gatepost.callout.attack", matches = "\\d+")
class CalloutLoadIT {

  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final int SHORT = 1_000;
  private static final int ATTACK = Integer.getInteger("gatepost.callout.attack", SHORT);
  private static final int IN_A_MESSAGE = 50;
  private static final int CLIENTS = 20;
  private static final int RATE_OF_A_QUIET_MACHINE = 5_000;
  private static final int CONNECTIONS = 10;

  /// By default.
  private static final int RATE = 200;

  private static final Duration BUDGET = Duration.ofSeconds(3);

  /// Questions that leave in time may arrive closer together.
  private static final double JITTER = 1.1;

  /// As many as are answered for before a client gives up.
  private static final int FEW = 20;

  /// When the back end was asked, by [System#nanoTime].
  private final Queue<Long> asked = new ConcurrentLinkedQueue<>();

  /// Knows those with an even number, and says who the others are.
  private Answer slow(Moment moment, Duration each) {
    if (moment.stage() != Stage.RCPT || !moment.argument().startsWith("u")) {
      return new Answer.Good();
    }
    asked.add(System.nanoTime());
    sleep(each);
    return isKnown(moment.argument())
        ? new Answer.Good()
        : new Answer.Say(refusal(moment.argument()));
  }

  private static String refusal(String address) {
    return "550 5.1.1 No user " + localPart(address);
  }

  private static String localPart(String address) {
    return address.substring(0, address.indexOf('@'));
  }

  private static boolean isKnown(String address) {
    return (localPart(address).charAt(address.indexOf('@') - 1) - '0') % 2 == 0;
  }

  private static void sleep(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void ofOnePipelinedMessageAHundredRecipientsAreAskedAboutTogether() throws IOException {
    Map<String, String> settings =
        Map.of(
            "gatepost.verification.callout.for", "tables",
            "gatepost.delivery.connections-per-destination", "100",
            "gatepost.edge.max-refusals", "1000");
    try (Estate estate = Estate.start("callout-pipelined", Mode.ALL_IN_ONE, settings)) {
      estate.nextHop().behave(moment -> slow(moment, Duration.ofSeconds(1)));
      warm(estate);

      Duration first = askedTogether(estate, recipients("ua", 100));
      Duration second = askedTogether(estate, recipients("ub", 100));

      System.out.printf(
          "callout: 100 recipients of a host that takes 1 s each: %d ms, then %d ms, "
              + "%d connections%n",
          first.toMillis(), second.toMillis(), estate.nextHop().mostSessions());
      assertThat(first.compareTo(second) < 0 ? first : second)
          .as("the better of two, as other work runs on the machine")
          .isLessThan(Duration.ofSeconds(3));
    }
  }

  private static Duration askedTogether(Estate estate, List<String> recipients) throws IOException {
    RecipientFlight said = RecipientFlight.of(estate, "127.0.0.2", recipients);

    for (int i = 0; i < recipients.size(); i++) {
      String expected = isKnown(recipients.get(i)) ? "250 2.1.5" : refusal(recipients.get(i));
      assertThat(said.replies().get(i)).as("in order").startsWith(expected);
    }
    return said.took();
  }

  @Test
  void anAttackTakesNoMoreThanItsShareAndRealMailGoesOn(@TempDir Path directory)
      throws IOException {
    Map<String, String> settings =
        Map.of(
            "gatepost.verification.callout.for", "tables",
            "gatepost.verification.callout.timeout", BUDGET.toMillis() + "ms",
            "gatepost.delivery.connections-per-destination", CONNECTIONS + "");
    try (Estate estate = Estate.start("callout-attack", Mode.ALL_IN_ONE, settings)) {
      estate.nextHop().behave(moment -> slow(moment, Duration.ofMillis(200)));
      warm(estate);
      List<String> bad = bad("ux", ATTACK);

      long began = System.nanoTime();
      Duration slowest = Duration.ZERO;
      List<Duration> mails = new ArrayList<>();
      try (ExecutorService attacker = Executors.newVirtualThreadPerTaskExecutor()) {
        Future<Duration> attack = attacker.submit(() -> attackUntilAllAreAskedAbout(estate, bad));
        await().atMost(PATIENCE).until(() -> asked.size() > CONNECTIONS);
        while (!attack.isDone()) {
          mails.add(realMail(estate));
        }
        slowest = result(attack);
      }
      double perSecond = asked.size() / seconds(began);
      await().atMost(PATIENCE).until(() -> areAllRefused(estate, bad));
      int questions = asked.size();

      double sql = sql(estate);
      long from = System.nanoTime();
      assertThat(areAllRefused(estate, bad)).isTrue();
      double repeats = ATTACK / seconds(from);
      List<String> synced;
      try (SyncTrace trace = SyncTrace.of(estate.gatepost().pid(), directory)) {
        assertThat(areAllRefused(estate, bad)).isTrue();
        assertThat(asked).as("repeats ask nobody").hasSize(questions);
        assertThat(areAllRefused(estate, bad("uz", FEW))).as("asked for the first time").isTrue();
        assertThat(asked).hasSizeGreaterThanOrEqualTo(questions + FEW);
        synced = trace.synced();
      }

      System.out.printf(
          "callout: attack of %d: %.0f questions/s over %d connections, slowest reply %d ms, "
              + "%d real mails, slowest %d ms, repeats %.0f/s, syncs %d, SQL %.0f%n",
          ATTACK,
          perSecond,
          estate.nextHop().mostSessions(),
          slowest.toMillis(),
          mails.size(),
          Collections.max(mails).toMillis(),
          repeats,
          synced.size(),
          sql(estate) - sql);
      assertThat(estate.nextHop().mostSessions()).isLessThanOrEqualTo(CONNECTIONS);
      isWithinTheRate();
      assertThat(slowest).isLessThan(BUDGET.plusSeconds(2));
      assertThat(synced).noneMatch(CalloutLoadIT::holdsMailOrAnswers);
      assertThat(sql(estate)).as("connections taken from the pool").isEqualTo(sql);
      if (ATTACK > SHORT) {
        assertThat(repeats).isGreaterThan(RATE_OF_A_QUIET_MACHINE);
      }
    }
  }

  /// Kafka syncs its own notes when it drops old segments, whatever else happens.
  private static boolean holdsMailOrAnswers(String file) {
    return file.endsWith(".log") || file.contains("/postgres/") || file.contains("/content/");
  }

  /// Those that were told to come back are asked about behind them, or on their return.
  ///
  /// @return the longest that a client has waited
  private Duration attackUntilAllAreAskedAbout(Estate estate, List<String> bad) {
    Duration slowest = Duration.ZERO;
    while (asked.size() < bad.size()) {
      Duration longest = attack(estate, bad);
      slowest = longest.compareTo(slowest) > 0 ? longest : slowest;
    }
    return slowest;
  }

  @Test
  void aQuickBackEndIsAskedNoFasterThanItsRate() {
    Map<String, String> settings =
        Map.of(
            "gatepost.verification.callout.for",
            "tables",
            "gatepost.verification.callout.timeout",
            BUDGET.toMillis() + "ms");
    try (Estate estate = Estate.start("callout-rate", Mode.ALL_IN_ONE, settings)) {
      estate.nextHop().behave(moment -> slow(moment, Duration.ZERO));
      warm(estate);

      attackUntilAllAreAskedAbout(estate, bad("ur", 10 * RATE));

      System.out.printf(
          "callout: %d questions, at most %d in a second and %d in five, at a rate of %d/s%n",
          asked.size(), mostWithin(1), mostWithin(5), RATE);
      assertThat(mostWithin(5)).as("the rate is what holds them").isGreaterThan(3 * RATE);
      isWithinTheRate();
    }
  }

  /// After a pause a second's worth begins at once.
  private void isWithinTheRate() {
    assertThat(mostWithin(1)).isLessThan((int) (JITTER * 2 * RATE));
    assertThat(mostWithin(5)).isLessThan((int) (JITTER * 6 * RATE));
  }

  /// The most questions that began within a time of so many seconds.
  private int mostWithin(int seconds) {
    List<Long> times = asked.stream().sorted().toList();
    int most = 0;
    for (int from = 0, to = 0; to < times.size(); to++) {
      while (times.get(to) - times.get(from) > seconds * 1e9) {
        from++;
      }
      most = Math.max(most, to - from + 1);
    }
    return most;
  }

  private static double seconds(long began) {
    return (System.nanoTime() - began) / 1e9;
  }

  private static List<String> recipients(String prefix, int count) {
    List<String> recipients = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      recipients.add(prefix + i + "@sink.test");
    }
    return recipients;
  }

  private static List<String> bad(String prefix, int count) {
    return recipients(prefix, 2 * count).stream().filter(each -> !isKnown(each)).toList();
  }

  /// The first question of a process loads classes.
  private static void warm(Estate estate) {
    await()
        .atMost(PATIENCE)
        .until(() -> estate.replyToRcpt("known@sink.test"), reply -> reply.startsWith("250"));
  }

  /// Sends one message of our own clients to the attacked host; returns how long it took to arrive.
  private static Duration realMail(Estate estate) {
    long began = System.nanoTime();
    String id = Estate.newMessageId();
    assertThat(estate.deliver("a@client.example", List.of("known@sink.test"), Estate.message(id)))
        .startsWith("250");
    await()
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> !estate.nextHop().arrivals(id).isEmpty());
    return Duration.ofNanos(System.nanoTime() - began);
  }

  /// Asks about all from many addresses at a time; returns the longest that a client has waited.
  private static Duration attack(Estate estate, List<String> bad) {
    List<RecipientFlight> said = askAll(estate, bad);
    assertThat(said)
        .flatExtracting(RecipientFlight::replies)
        .hasSize(bad.size())
        .allMatch(reply -> reply.startsWith("550 5.1.1 No user ") || reply.startsWith("45"));
    return said.stream().map(RecipientFlight::took).max(Comparator.naturalOrder()).orElseThrow();
  }

  /// Asks likewise; returns whether each was refused in the back end's words.
  private static boolean areAllRefused(Estate estate, List<String> bad) {
    return askAll(estate, bad).stream()
        .flatMap(said -> said.replies().stream())
        .toList()
        .equals(bad.stream().map(CalloutLoadIT::refusal).toList());
  }

  private static List<RecipientFlight> askAll(Estate estate, List<String> recipients) {
    List<Callable<RecipientFlight>> messages = new ArrayList<>();
    for (int i = 0; i < recipients.size(); i += IN_A_MESSAGE) {
      List<String> some = recipients.subList(i, Math.min(i + IN_A_MESSAGE, recipients.size()));
      String client = "127.0.0." + (2 + i / IN_A_MESSAGE % CLIENTS);
      messages.add(() -> RecipientFlight.of(estate, client, some));
    }
    try (ExecutorService clients = Executors.newFixedThreadPool(CLIENTS)) {
      List<Future<RecipientFlight>> asked = messages.stream().map(clients::submit).toList();
      return asked.stream().map(CalloutLoadIT::result).toList();
    }
  }

  private static <T> T result(Future<T> future) {
    try {
      return future.get();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /// How often a connection to the database was used so far.
  private static double sql(Estate estate) {
    return estate.gatepost().meter("verification", "hikaricp_connections_usage_seconds_count");
  }
}
