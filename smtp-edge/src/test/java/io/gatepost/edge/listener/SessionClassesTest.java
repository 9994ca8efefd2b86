package io.gatepost.edge.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.event.TrafficClass;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.verification.RecipientVerdict;
import io.gatepost.contract.verification.ReversePathVerdict;
import io.gatepost.edge.policy.ClientBans;
import io.gatepost.edge.policy.NamePatterns;
import io.gatepost.edge.policy.SenderReachable;
import io.gatepost.edge.session.SessionBudget;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

/// Every session ends in exactly one class of traffic, the weightiest of what it did, and its
/// octets and time are counted with it (requirements B9, B12).
class SessionClassesTest {

  private static final String GUESSER = "127.9.9.9";
  private static final String OURS = "127.2.0.1";

  private final TestEdge edge = new TestEdge();

  /// An act of a session, in any order, and the class that it is then at least.
  private enum Deed {
    NOTHING("", TrafficClass.EMPTY),
    BAD_NAME("HELO bad_name!\r\nEHLO a.example\r\n", TrafficClass.PROTOCOL),
    ABUSERS_NAME("HELO bot.example\r\nEHLO a.example\r\n", TrafficClass.MALWARE),
    UNKNOWN_USER(rcpt("unknown_user"), TrafficClass.INVALID_RECIPIENT),
    RELAY(rcpt("relay_denied"), TrafficClass.RELAY),
    ON_A_LIST(rcpt("banned"), TrafficClass.BLACKLISTED),
    TROUBLE(rcpt("dns_unavailable"), TrafficClass.UNDECIDED),
    BAD_SENDER("RSET\r\nMAIL FROM:<bob@bad.example>\r\n", TrafficClass.INVALID_SENDER),
    BAD_CONTENT(message("a\0b"), TrafficClass.CONTENT),
    MESSAGE(message("good"), TrafficClass.LEGITIMATE);

    private final String octets;
    private final TrafficClass atLeast;

    Deed(String octets, TrafficClass atLeast) {
      this.octets = octets;
      this.atLeast = atLeast;
    }

    private static String rcpt(String user) {
      return "RSET\r\nMAIL FROM:<>\r\nRCPT TO:<" + user + "@dest.example>\r\n";
    }

    private static String message(String body) {
      return "RSET\r\nMAIL FROM:<>\r\nRCPT TO:<ann@dest.example>\r\nDATA\r\n"
          + ("Subject: x\r\n\r\n" + body + "\r\n.\r\n");
    }
  }

  /// How it ends.
  private enum End {
    QUIT("QUIT\r\n"),
    HANGS_UP(""),
    WITHIN_A_TRANSACTION("RSET\r\nMAIL FROM:<>\r\n"),
    WITHIN_A_MESSAGE(
        "RSET\r\nMAIL FROM:<>\r\nRCPT TO:<ann@dest.example>\r\nDATA\r\nSubject: never ended\r\n");

    private final String octets;

    End(String octets) {
      this.octets = octets;
    }
  }

  @BeforeEach
  void start() {
    edge.relayFrom = List.of("127.2.0.0/16");
    edge.budget = new SessionBudget.Bounds(1_000, 1_000, 1_000, 1_000, 1_000);
    edge.bans = new ClientBans.Rule(200, Duration.ofHours(1), Duration.ofHours(1));
    edge.senderDomain = SenderReachable.Rule.REFUSE;
    edge.heloSignatures = NamePatterns.parse("list", List.of("bot.example"));
    edge.recipients =
        request ->
            Mono.just(
                Reason.ofLabel(request.recipient().localPart().text())
                    .<RecipientVerdict>map(
                        reason -> new RecipientVerdict.Bad(reason, Reply.of(550, "5.1.1", "No")))
                    .orElseGet(RecipientVerdict.Good::new));
    edge.reversePaths =
        request ->
            Mono.just(
                new ReversePathVerdict.Bad(Reason.INVALID_SENDER, Reply.of(550, "5.1.8", "No")));
    edge.start();
  }

  @AfterEach
  void stop() {
    edge.close();
  }

  private void session(String from, String octets) throws IOException {
    try (TestClient client = new TestClient(edge.port(), from)) {
      client.send(octets);
      client.socket().shutdownOutput();
      client.socket().getInputStream().readAllBytes();
    }
  }

  private double total(String meter) {
    return Arrays.stream(TrafficClass.values())
        .mapToDouble(traffic -> counted(meter, traffic))
        .sum();
  }

  private double counted(String meter, TrafficClass traffic) {
    return edge.meters.get(meter).tag("class", traffic.label()).counter().count();
  }

  private void awaitSessions(int sessions) {
    await()
        .untilAsserted(() -> assertThat(total("gatepost.edge.sessions.ended")).isEqualTo(sessions));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void eachSessionEndsInTheWeightiestClassOfWhatItDid(long seed) throws IOException {
    Random random = new Random(seed);
    Map<TrafficClass, Double> expected = new EnumMap<>(TrafficClass.class);
    Arrays.stream(TrafficClass.values()).forEach(traffic -> expected.put(traffic, 0.0));
    int sessions = 150;

    for (int i = 0; i < sessions; i++) {
      boolean own = random.nextInt(5) == 0;
      StringBuilder octets = new StringBuilder("EHLO a.example\r\n");
      TrafficClass traffic = TrafficClass.EMPTY;
      for (int deeds = random.nextInt(4); deeds >= 0; deeds--) {
        Deed deed = Deed.values()[random.nextInt(Deed.values().length)];
        octets.append(deed.octets);
        traffic = traffic.or(atLeast(deed, own));
      }
      octets.append(End.values()[random.nextInt(End.values().length)].octets);
      session(own ? OURS : "127.1.0." + (1 + random.nextInt(200)), octets.toString());
      expected.merge(traffic, 1.0, Double::sum);
    }

    awaitSessions(sessions);
    Map<TrafficClass, Double> ended = new EnumMap<>(TrafficClass.class);
    for (TrafficClass traffic : TrafficClass.values()) {
      ended.put(traffic, counted("gatepost.edge.sessions.ended", traffic));
      assertThat(counted("gatepost.edge.sessions.octets.decided", traffic))
          .isLessThanOrEqualTo(counted("gatepost.edge.sessions.octets", traffic));
    }
    assertThat(ended).isEqualTo(expected);
    assertThat(total("gatepost.edge.sessions.busy")).isPositive();
  }

  /// Clients of ours are not asked for their names and senders.
  private static TrafficClass atLeast(Deed deed, boolean own) {
    return switch (deed) {
      case BAD_NAME, ABUSERS_NAME, BAD_SENDER -> own ? TrafficClass.EMPTY : deed.atLeast;
      case MESSAGE -> own ? TrafficClass.INTERNAL : deed.atLeast;
      case NOTHING, UNKNOWN_USER, RELAY, ON_A_LIST, TROUBLE, BAD_CONTENT -> deed.atLeast;
    };
  }

  @Test
  void aBannedClientIsBlacklistedAndIsToldToComeAgain() throws IOException {
    session(GUESSER, "EHLO a.example\r\n" + Deed.UNKNOWN_USER.octets.repeat(200) + "QUIT\r\n");
    awaitSessions(1);
    assertThat(counted("gatepost.edge.sessions.ended", TrafficClass.INVALID_RECIPIENT))
        .isEqualTo(1);

    try (TestClient banned = new TestClient(edge.port(), GUESSER)) {
      assertThat(banned.reply())
          .isEqualTo("421 4.7.0 Too many unknown users from your address, try again later");
      assertThat(banned.reply()).isEqualTo("closed");
    }

    awaitSessions(2);
    assertThat(counted("gatepost.edge.sessions.ended", TrafficClass.BLACKLISTED)).isEqualTo(1);
    assertThat(counted("gatepost.edge.sessions.octets.decided", TrafficClass.BLACKLISTED)).isZero();
    try (TestClient other = new TestClient(edge.port(), "127.9.9.8")) {
      assertThat(other.reply()).startsWith("220 ");
    }
  }

  @Test
  void octetsAreCountedUpToTheRefusalThatDecides() throws IOException {
    try (TestClient client = new TestClient(edge.port(), "127.1.0.1").greet()) {
      client.say("MAIL FROM:<>");
      client.say("RCPT TO:<unknown_user@dest.example>");
      for (int i = 0; i < 50; i++) {
        client.say("NOOP");
      }
      client.say("RCPT TO:<unknown_user@dest.example>");
      client.say("QUIT");
    }

    awaitSessions(1);
    String upToTheRefusal =
        "EHLO client.example\r\nMAIL FROM:<>\r\nRCPT TO:<unknown_user@dest.example>\r\n";
    assertThat(counted("gatepost.edge.sessions.octets.decided", TrafficClass.INVALID_RECIPIENT))
        .isEqualTo(upToTheRefusal.length());
    assertThat(counted("gatepost.edge.sessions.octets", TrafficClass.INVALID_RECIPIENT))
        .isGreaterThan(upToTheRefusal.length() + 50 * 6);
  }
}
