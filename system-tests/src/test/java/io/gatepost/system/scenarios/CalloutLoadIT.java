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
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
  private static final int RATE = 200;
  private static final Duration BUDGET = Duration.ofSeconds(3);

  private static final Pattern RAN_SQL =
      Pattern.compile("(?m)^hikaricp_connections_usage_seconds_count\\S* (\\S+)$");

  private final AtomicInteger asked = new AtomicInteger();

  /// Knows those with an even number, and says who the others are.
  private Answer slow(Moment moment, Duration each) {
    if (moment.stage() != Stage.RCPT || !moment.argument().startsWith("u")) {
      return new Answer.Good();
    }
    asked.incrementAndGet();
    sleep(each);
    return isKnown(moment.argument())
        ? new Answer.Good()
        : new Answer.Say("550 5.1.1 No user " + localPart(moment.argument()));
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
      String expected =
          isKnown(recipients.get(i))
              ? "250 2.1.5"
              : "550 5.1.1 No user " + localPart(recipients.get(i));
      assertThat(said.replies().get(i)).startsWith(expected);
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
            "gatepost.delivery.probe.rate", RATE + "",
            "gatepost.delivery.connections-per-destination", CONNECTIONS + "");
    try (Estate estate = Estate.start("callout-attack", Mode.ALL_IN_ONE, settings)) {
      estate.nextHop().behave(moment -> slow(moment, Duration.ofMillis(200)));
      warm(estate);
      List<String> bad =
          recipients("ux", 2 * ATTACK).stream().filter(each -> !isKnown(each)).toList();

      long began = System.nanoTime();
      Duration slowest;
      Duration mail;
      try (ExecutorService attacker = Executors.newVirtualThreadPerTaskExecutor()) {
        Future<Duration> attack = attacker.submit(() -> attack(estate, bad));
        await().atMost(PATIENCE).until(() -> asked.get() > CONNECTIONS);
        mail = realMail(estate);
        slowest = result(attack);
      }
      // Those that were told to come back are asked about behind them, or on their return.
      await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofSeconds(1))
          .until(() -> attack(estate, bad) != null && asked.get() >= ATTACK);
      double perSecond = asked.get() / seconds(began);
      int questions = asked.get();

      long sql = sql(estate);
      long from = System.nanoTime();
      attack(estate, bad);
      double repeats = ATTACK / seconds(from);
      List<String> synced;
      try (SyncTrace trace = SyncTrace.of(estate.gatepost().pid(), directory)) {
        attack(estate, bad);
        synced = trace.synced();
      }

      System.out.printf(
          "callout: attack of %d: %.0f questions/s over %d connections, slowest reply %d ms, "
              + "real mail %d ms, repeats %.0f/s, syncs %d, SQL %d%n",
          ATTACK,
          perSecond,
          estate.nextHop().mostSessions(),
          slowest.toMillis(),
          mail.toMillis(),
          repeats,
          synced.size(),
          sql(estate) - sql);
      assertThat(estate.nextHop().mostSessions()).isLessThanOrEqualTo(CONNECTIONS);
      assertThat(perSecond).isLessThan(RATE + 1);
      assertThat(slowest).isLessThan(BUDGET.plusSeconds(2));
      assertThat(asked.get()).as("repeats ask nobody").isEqualTo(questions);
      assertThat(synced).isEmpty();
      assertThat(sql(estate)).as("connections taken from the pool").isEqualTo(sql);
      if (ATTACK > SHORT) {
        assertThat(repeats).isGreaterThan(RATE_OF_A_QUIET_MACHINE);
      }
    }
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
    List<Callable<RecipientFlight>> messages = new ArrayList<>();
    for (int i = 0; i < bad.size(); i += IN_A_MESSAGE) {
      List<String> some = bad.subList(i, Math.min(i + IN_A_MESSAGE, bad.size()));
      String client = "127.0.0." + (2 + i / IN_A_MESSAGE % CLIENTS);
      messages.add(() -> RecipientFlight.of(estate, client, some));
    }
    try (ExecutorService clients = Executors.newFixedThreadPool(CLIENTS)) {
      Duration slowest = Duration.ZERO;
      for (Future<RecipientFlight> each : messages.stream().map(clients::submit).toList()) {
        RecipientFlight said = result(each);
        assertThat(said.replies())
            .allMatch(reply -> reply.startsWith("5") || reply.startsWith("45"));
        slowest = said.took().compareTo(slowest) > 0 ? said.took() : slowest;
      }
      return slowest;
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
  private static long sql(Estate estate) {
    Matcher uses = RAN_SQL.matcher(estate.gatepost().http("/actuator/prometheus"));
    long count = 0;
    while (uses.find()) {
      count += (long) Double.parseDouble(uses.group(1));
    }
    return count;
  }
}
