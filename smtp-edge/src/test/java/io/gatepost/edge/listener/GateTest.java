package io.gatepost.edge.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.event.TrafficClass;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.verification.RecipientVerdict;
import io.gatepost.edge.policy.NamePatterns;
import io.gatepost.edge.session.SessionBudget;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

class GateTest {

  private static final RecipientVerdict UNKNOWN =
      new RecipientVerdict.Bad(
          Reason.UNKNOWN_USER, Replies.unknownUser(ForwardPath.of("user@dest.example")));
  private static final RecipientVerdict LATER =
      new RecipientVerdict.Unknown(Reason.SERVICE_UNAVAILABLE, Replies.ROUTING_UNAVAILABLE);

  private final TestEdge edge = new TestEdge();

  @AfterEach
  void stop() {
    edge.close();
  }

  private void startForStrangers() {
    edge.relayFrom = List.of();
    edge.start();
  }

  @Test
  void whoSpeaksBeforeTheGreetingIsRefused() throws IOException {
    edge.greetPause = Duration.ofMinutes(1);
    startForStrangers();
    try (TestClient client = new TestClient(edge.port())) {
      client.send("EHLO client.example\r\n");
      assertThat(client.reply()).isEqualTo(Replies.EARLY_TALKER.toString());
      assertThat(client.reply()).isEqualTo("closed");
    }

    await().untilAsserted(() -> assertThat(edge.ended("malware")).isEqualTo(1));
    assertThat(edge.refused("connect", "early_talker")).isEqualTo(1);
  }

  @Test
  void whoWaitsIsGreetedAfterThePause() throws IOException {
    edge.greetPause = Duration.ofMillis(300);
    startForStrangers();
    long started = System.nanoTime();
    try (TestClient client = new TestClient(edge.port())) {
      client.greet();
    }

    assertThat(Duration.ofNanos(System.nanoTime() - started)).isGreaterThan(edge.greetPause);
  }

  @Test
  void whoWaitsHoldsNoThread() throws IOException {
    edge.greetPause = Duration.ofMinutes(1);
    startForStrangers();
    List<TestClient> waiting = new ArrayList<>();
    try {
      int started = threadsOnceAreOpen(8, waiting); // the event loops are running by now

      assertThat(threadsOnceAreOpen(40, waiting)).isLessThan(started + 8);
    } finally {
      for (TestClient client : waiting) {
        client.close();
      }
    }
  }

  private int threadsOnceAreOpen(int connections, List<TestClient> waiting) throws IOException {
    while (waiting.size() < connections) {
      waiting.add(new TestClient(edge.port()));
    }
    await()
        .until(() -> edge.meters.get("gatepost.edge.connections").counter().count() == connections);
    return ManagementFactory.getThreadMXBean().getThreadCount();
  }

  @Test
  void oursAreGreetedAtOnce() throws IOException {
    edge.greetPause = Duration.ofMinutes(1);
    edge.start();
    try (TestClient client = new TestClient(edge.port())) {
      client.greet();
    }
  }

  @Test
  void aStrangerHasOnlySoManyConnections() throws IOException {
    edge.maxFromOne = 2;
    startForStrangers();
    try (TestClient first = new TestClient(edge.port()).greet();
        TestClient second = new TestClient(edge.port()).greet()) {
      try (TestClient third = new TestClient(edge.port())) {
        assertThat(third.reply()).isEqualTo(Replies.TOO_MANY_CONNECTIONS_FROM_YOU.toString());
        assertThat(third.reply()).isEqualTo("closed");
      }
      assertThat(first.say("QUIT")).startsWith("221 ");
      assertThat(second.say("NOOP")).isEqualTo(Replies.OK.toString());
    }
    await()
        .untilAsserted(() -> {
          try (TestClient next = new TestClient(edge.port())) {
            assertThat(next.reply()).startsWith("220 ");
          }
        });
    assertThat(edge.refused("connect", "connection_limit")).isPositive();
  }

  @Test
  void allTogetherHaveOnlySoManyConnections() throws IOException {
    edge.maxConnections = 1;
    edge.start();
    try (TestClient first = new TestClient(edge.port()).greet();
        TestClient second = new TestClient(edge.port())) {
      assertThat(second.reply()).isEqualTo(Replies.TOO_MANY_CONNECTIONS.toString());
      assertThat(first.say("NOOP")).isEqualTo(Replies.OK.toString());
    }
  }

  @Test
  void aStrangerCallsItselfByADomainOrAnAddress() throws IOException {
    startForStrangers();
    try (TestClient client = new TestClient(edge.port())) {
      client.reply();
      assertThat(client.say("EHLO ???")).isEqualTo(Replies.HELO_SYNTAX.toString());
      assertThat(client.say("EHLO [999.1.1.1]")).isEqualTo(Replies.HELO_SYNTAX.toString());
      assertThat(client.say("MAIL FROM:<>")).isEqualTo(Replies.BAD_SEQUENCE.toString());
      assertThat(client.say("EHLO [192.0.2.1]")).startsWith("250 ");
    }

    assertThat(edge.refused("helo", "helo_syntax")).isEqualTo(2);
  }

  @Test
  void aNameOnTheListIsRefused() throws IOException {
    edge.heloSignatures =
        NamePatterns.parse("list", List.of("# bots", "ylmf-pc", "*.dynamic.example", "/bot-\\d+/"));
    startForStrangers();
    try (TestClient client = new TestClient(edge.port())) {
      client.reply();
      for (String name : List.of("YLMF-PC", "a.b.dynamic.example", "bot-12")) {
        assertThat(client.say("EHLO " + name)).isEqualTo(Replies.HELO_SIGNATURE.toString());
      }
      assertThat(client.say("EHLO bot-x.example")).startsWith("250 ");
    }

    assertThat(edge.refused("helo", "helo_signature")).isEqualTo(3);
    await().untilAsserted(() -> assertThat(edge.ended("malware")).isEqualTo(1));
  }

  private static String rcpt(TestClient client, int number) throws IOException {
    return client.say("RCPT TO:<user" + number + "@dest.example>");
  }

  @Test
  void ofOursAListMayHoldManyAddressesThatAreNone() throws IOException {
    edge.start();
    try (TestClient client = new TestClient(edge.port()).greet()) {
      client.say("MAIL FROM:<>");
      for (int i = 0; i < 50; i++) {
        assertThat(client.say("RCPT TO:<a..b@dest.example>"))
            .isEqualTo(Replies.BAD_RECIPIENT.toString());
      }
      assertThat(rcpt(client, 1)).isEqualTo(Replies.RECIPIENT_OK.toString());
    }
  }

  @Test
  void aStrangerMayGiveOnlySoManyAddressesThatAreNone() throws IOException {
    startForStrangers();
    try (TestClient client = new TestClient(edge.port()).greet()) {
      client.say("MAIL FROM:<>");
      for (int i = 0; i < edge.budget.refusals() + 1; i++) {
        assertThat(client.say("RCPT TO:<a..b@dest.example>"))
            .isEqualTo(Replies.BAD_RECIPIENT.toString());
      }
      assertThat(client.reply()).isEqualTo(Replies.TOO_MANY_REFUSALS.toString());
    }
  }

  @Test
  void aStrangerBeginsOnlySoManyMessagesAMinute() throws IOException {
    edge.maxPerMinute = 2;
    startForStrangers();
    try (TestClient client = new TestClient(edge.port()).greet()) {
      // A minute may end in between, but not twice.
      long refused = 0;
      for (int i = 0; i < 8; i++) {
        refused += client.say("MAIL FROM:<>").equals(Replies.RATE_LIMITED.toString()) ? 1 : 0;
        client.say("RSET");
      }
      assertThat(refused).isGreaterThanOrEqualTo(4);
    }
  }

  @Test
  void aStrangerWhoTriesAddressesOutIsSentAway() throws IOException {
    edge.budget = new SessionBudget.Bounds(5, 3, 4, 10, 50);
    edge.recipients = request -> Mono.just(UNKNOWN);
    startForStrangers();
    try (TestClient client = new TestClient(edge.port()).greet()) {
      client.say("MAIL FROM:<bob@client.example>");
      for (int i = 0; i < 4; i++) {
        assertThat(client.say("RCPT TO:<user" + i + "@dest.example>")).startsWith("550 ");
      }
      assertThat(client.say("RCPT TO:<user4@dest.example>")).startsWith("550 ");
      assertThat(client.reply()).isEqualTo(Replies.TOO_MANY_REFUSALS.toString());
      assertThat(client.reply()).isEqualTo("closed");
    }
  }

  @Test
  void aStrangerWhoIsToldToTryLaterWithoutEndIsSentAway() throws IOException {
    edge.budget = new SessionBudget.Bounds(5, 3, 1, 10, 50);
    edge.recipients = request -> Mono.just(LATER);
    startForStrangers();
    try (TestClient client = new TestClient(edge.port()).greet()) {
      client.say("MAIL FROM:<bob@client.example>");
      for (int i = 0; i < 10; i++) {
        assertThat(client.say("RCPT TO:<user" + i + "@dest.example>")).startsWith("451 ");
      }
      assertThat(client.say("RCPT TO:<user10@dest.example>")).startsWith("451 ");
      assertThat(client.reply()).isEqualTo(Replies.TOO_MANY_REFUSALS.toString());
      assertThat(client.reply()).isEqualTo("closed");
    }
  }

  @Test
  void commandsThatBringNoMessageOnItsWayAreCounted() throws IOException {
    edge.start();
    for (String junk :
        List.of("NOOP", "RSET", "HELP", "VRFY ann", "EHLO client.example", "BDAT 0")) {
      try (TestClient client = new TestClient(edge.port()).greet()) { // its EHLO is the first
        client.openTransaction();
        for (int i = 1; i < edge.budget.junk(); i++) {
          assertThat(client.say(junk)).doesNotStartWith("421");
        }
        assertThat(client.say(junk)).isEqualTo(Replies.TOO_MANY_JUNK_COMMANDS.toString());
        assertThat(client.reply()).isEqualTo("closed");
      }
    }

    await().untilAsserted(() -> assertThat(edge.ended("protocol")).isEqualTo(6));
  }

  @Test
  void theSameRecipientAgainIsCounted() throws IOException {
    edge.start();
    try (TestClient client = new TestClient(edge.port()).greet()) {
      client.openTransaction();
      for (int i = 1; i < edge.budget.junk(); i++) {
        assertThat(client.say("RCPT TO:<ann@dest.example>"))
            .isEqualTo(Replies.RECIPIENT_OK.toString());
      }
      assertThat(client.say("RCPT TO:<ann@dest.example>"))
          .isEqualTo(Replies.TOO_MANY_JUNK_COMMANDS.toString());
    }
  }

  @Test
  void anAcceptedMessageBeginsTheCountAgain() throws IOException {
    edge.budget = new SessionBudget.Bounds(5, 3, 4, 10, 3);
    edge.start();
    try (TestClient client = new TestClient(edge.port()).greet()) {
      for (int i = 0; i < 5; i++) {
        assertThat(client.say("RSET")).isEqualTo(Replies.OK.toString());
        assertThat(client.say("NOOP")).isEqualTo(Replies.OK.toString());
        client.openData();
        assertThat(client.say(".")).startsWith("250 ");
      }
    }
  }

  @Test
  void aRequestOfAnotherProtocolEndsTheSession() throws IOException {
    edge.start();
    for (String request :
        List.of(
            "GET / HTTP/1.1",
            "POST /" + "x".repeat(600) + " HTTP/1.1",
            "connect mx.example:25 HTTP/1.0",
            "NOOP / HTTP/1.1")) {
      try (TestClient client = new TestClient(edge.port())) {
        client.reply();
        client.send(request + "\r\nHost: mx.example\r\n\r\nEHLO client.example\r\n");
        assertThat(client.reply()).isEqualTo(Replies.OTHER_PROTOCOL.toString());
        assertThat(client.reply()).isEqualTo("closed");
      }
    }

    await().untilAsserted(() -> assertThat(edge.ended("protocol")).isEqualTo(4));
  }

  @Test
  void oursMayLeaveOutAngleBracketsAndStrangersMayNot() throws IOException {
    edge.xclientFrom = List.of("127.0.0.1");
    edge.start();
    try (TestClient client = new TestClient(edge.port()).greet()) {
      assertThat(client.say("MAIL FROM:bob@client.example SIZE=10"))
          .isEqualTo(Replies.SENDER_OK.toString());
      assertThat(client.say("RCPT TO: ann@dest.example"))
          .isEqualTo(Replies.RECIPIENT_OK.toString());
      client.say("RSET");
      client.say("XCLIENT ADDR=192.0.2.1");
      client.ehlo();
      assertThat(client.say("MAIL FROM:bob@client.example"))
          .isEqualTo(Replies.BAD_SENDER.toString());
    }
  }

  @Test
  void oursMayBeRefusedAsOftenAsTheyLike() throws IOException {
    edge.budget = new SessionBudget.Bounds(5, 3, 4, 10, 50);
    edge.recipients = request -> Mono.just(UNKNOWN);
    edge.start();
    try (TestClient client = new TestClient(edge.port()).greet()) {
      client.say("MAIL FROM:<bob@client.example>");
      for (int i = 0; i < 10; i++) {
        assertThat(client.say("RCPT TO:<user" + i + "@dest.example>")).startsWith("550 ");
      }
    }
  }

  @Test
  void strangersAreNotOfferedNoticesAndCannotOrderThem() throws IOException {
    startForStrangers();
    try (TestClient client = new TestClient(edge.port())) {
      client.reply();
      assertThat(client.ehlo()).doesNotContain("DSN");
      assertThat(client.say("MAIL FROM:<bob@client.example> RET=FULL"))
          .isEqualTo(Replies.UNKNOWN_PARAMETER.toString());
      assertThat(client.say("MAIL FROM:<bob@client.example>")).startsWith("250 ");
      assertThat(client.say("RCPT TO:<ann@dest.example> NOTIFY=SUCCESS"))
          .isEqualTo(Replies.UNKNOWN_PARAMETER.toString());
      assertThat(client.say("RCPT TO:<ann@dest.example>")).startsWith("250 ");
    }
  }

  @Test
  void eachSessionEndsInOneClass() throws IOException {
    Reply relayDenied = Replies.RELAY_DENIED;
    edge.recipients =
        request ->
            Mono.just(
                switch (request.recipient().localPart().text()) {
                  case "good" -> new RecipientVerdict.Good();
                  case "relay" -> new RecipientVerdict.Bad(Reason.RELAY_DENIED, relayDenied);
                  default ->
                      new RecipientVerdict.Bad(
                          Reason.UNKNOWN_USER, Replies.unknownUser(request.recipient()));
                });
    startForStrangers();
    for (String recipients : List.of("", "relay", "unknown", "relay unknown", "unknown good")) {
      try (TestClient client = new TestClient(edge.port()).greet()) {
        client.say("MAIL FROM:<>");
        for (String recipient : recipients.split(" ")) {
          client.say("RCPT TO:<" + recipient + "@dest.example>");
        }
        if (recipients.endsWith("good")) {
          client.say("DATA");
          assertThat(client.say(".")).startsWith("250 ");
        }
      }
    }

    await()
        .untilAsserted(() -> {
          assertThat(edge.ended("empty")).isEqualTo(1);
          assertThat(edge.ended("relay")).isEqualTo(1);
          assertThat(edge.ended("invalid_recipient")).isEqualTo(2);
          assertThat(edge.ended("legitimate")).isEqualTo(1);
        });
    double all = 0;
    for (TrafficClass trafficClass : TrafficClass.values()) {
      all += edge.ended(trafficClass.label());
    }
    assertThat(all).isEqualTo(edge.meters.get("gatepost.edge.connections").counter().count());
  }
}
