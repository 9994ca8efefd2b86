package io.gatepost.edge.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.contract.scanning.ScanDecision;
import io.gatepost.contract.verification.RecipientVerdict;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

class SmtpListenerTest {

  private final TestEdge edge = new TestEdge();

  @BeforeEach
  void start() {
    edge.start();
  }

  @AfterEach
  void stop() {
    edge.close();
  }

  @Test
  void aMessageIsQueuedAsItCame() throws IOException {
    try (TestClient client = new TestClient(edge.port())) {
      client.greet();
      client.send("MAIL FROM:<bob@client.example>\r\nRCPT TO:<ann@dest.example>\r\nDATA\r\n");
      assertThat(client.reply()).isEqualTo(Replies.SENDER_OK.toString());
      assertThat(client.reply()).isEqualTo(Replies.RECIPIENT_OK.toString());
      assertThat(client.reply()).startsWith("354 ");
      client.send("Subject: x\r\n\r\n..dot\r\n.\r\nQUIT\r\n");
      assertThat(client.reply()).startsWith("250 2.0.0 queued as ");
      assertThat(client.reply()).startsWith("221 ");
    }
    EnvelopeRecord message = edge.queue.messages.getFirst();
    assertThat(text(message.content()))
        .startsWith(
            "Received: from client.example ([127.0.0.1])\r\n"
                + "\tby mx.example (Gatepost) with ESMTP id ")
        .endsWith("Subject: x\r\n\r\n..dot\r\n");
  }

  @Test
  void aLargeMessageFlowsIntoTheContentStore() throws IOException {
    String body = "0123456789abcdef0123456789abcdef0123456789abcdef\r\n".repeat(4000);
    try (TestClient client = new TestClient(edge.port())) {
      client.greet();
      client.openData();
      client.send(body + ".\r\n");
      assertThat(client.reply()).startsWith("250 2.0.0 queued as ");
    }
    EnvelopeRecord message = edge.queue.messages.getFirst();
    assertThat(message.content()).isEmpty();
    assertThat(text(edge.queue.contents.get(message.envelope().id()))).endsWith("\r\n" + body);
    assertThat(edge.queue.largestChunk).isLessThanOrEqualTo(64 * 1024);
  }

  /// Requirement E2.
  @Test
  void aLargeMessageLiesWhereItStaysBeforeItIsScanned() throws IOException {
    List<Integer> stored = new CopyOnWriteArrayList<>();
    edge.scanDecision =
        Mono.defer(() -> {
          assertThat(edge.queue.messages).isEmpty();
          edge.queue.contents.values().forEach(content -> stored.add(content.length));
          return Mono.just(ScanDecision.CLEAN);
        });
    String body = "large\r\n".repeat(5000);
    try (TestClient client = new TestClient(edge.port()).greet()) {
      client.say("MAIL FROM:<ann@client.example>");
      client.say("RCPT TO:<bob@dest.example>");
      client.say("DATA");
      client.send(body);
      assertThat(client.say(".")).startsWith("250 ");
    }

    assertThat(stored)
        .hasSize(1)
        .allSatisfy(octets -> assertThat(octets).isGreaterThan(body.length()));
  }

  @Test
  void aMessageThatIsTooLargeLeavesNothingBehind() throws IOException {
    try (TestClient client = new TestClient(edge.port())) {
      client.greet();
      client.openData();
      client.send("x".repeat(998).concat("\r\n").repeat(400) + ".\r\n");
      assertThat(client.reply()).isEqualTo(Replies.MESSAGE_TOO_LARGE.toString());
      client.send("NOOP\r\n");
      assertThat(client.reply()).isEqualTo(Replies.OK.toString());
    }
    assertThat(edge.queue.messages).isEmpty();
    assertThat(edge.queue.contents).isEmpty();
  }

  @Test
  void aBareLineFeedInContentIsRefusedAndSmugglesNothing() throws IOException {
    try (TestClient client = new TestClient(edge.port())) {
      client.greet();
      client.openData();
      client.send("text\n.\nMAIL FROM:<evil@client.example>\r\n.\r\nNOOP\r\n");
      assertThat(client.reply()).isEqualTo(Replies.BARE_LINE_END_IN_CONTENT.toString());
      assertThat(client.reply()).isEqualTo(Replies.OK.toString());
    }
    assertThat(edge.queue.messages).isEmpty();
  }

  @Test
  void rejectedContentIsRefusedInBothPlaces() throws IOException {
    Reply rejection = Replies.contentRejected("test");
    edge.scanDecision = Mono.just(new ScanDecision.Refuse("test", rejection));
    for (String body : List.of("small\r\n", "large\r\n".repeat(5000))) {
      try (TestClient client = new TestClient(edge.port())) {
        client.greet();
        client.openData();
        client.send(body + ".\r\n");
        assertThat(client.reply()).isEqualTo(rejection.toString());
      }
    }
    assertThat(edge.queue.messages).isEmpty();
    assertThat(edge.queue.contents).isEmpty();
  }

  @Test
  void aHungScannerIsATransientRefusal() throws IOException {
    edge.scanDecision = Mono.never();
    try (TestClient client = new TestClient(edge.port())) {
      client.greet();
      client.openData();
      client.send("text\r\n.\r\n");
      assertThat(client.reply()).isEqualTo(Replies.SCANNER_UNAVAILABLE.toString());
    }
    assertThat(edge.queue.messages).isEmpty();
  }

  @Test
  void aFullDiskIsATransientRefusal() throws IOException {
    edge.queue.failure =
        java.util.Optional.of(new RpcException(RpcStatus.RESOURCE_EXHAUSTED, "full"));
    Map<String, Reply> replies =
        Map.of("small\r\n", Replies.NO_SPACE, "large\r\n".repeat(5000), Replies.NO_CONTENT_STORAGE);
    for (Map.Entry<String, Reply> each : replies.entrySet()) {
      try (TestClient client = new TestClient(edge.port())) {
        client.greet();
        client.openData();
        client.send(each.getKey() + ".\r\n");
        assertThat(client.reply()).isEqualTo(each.getValue().toString());
      }
    }
  }

  @Test
  void pipelinedRecipientsAreCheckedTogetherAndAnsweredInOrder() throws IOException {
    edge.recipients =
        request ->
            switch (request.recipient().localPart().text()) {
              case "slow" ->
                  Mono.<RecipientVerdict>just(new RecipientVerdict.Good())
                      .delayElement(Duration.ofMillis(300));
              case "bad" ->
                  Mono.just(
                      new RecipientVerdict.Bad(
                          Reason.UNKNOWN_USER, Replies.unknownUser(request.recipient())));
              default -> Mono.just(new RecipientVerdict.Good());
            };
    try (TestClient client = new TestClient(edge.port())) {
      client.greet();
      long started = System.nanoTime();
      client.send(
          "MAIL FROM:<>\r\n"
              + "RCPT TO:<slow@dest.example>\r\n".repeat(20)
              + "RCPT TO:<bad@dest.example>\r\nRCPT TO:<quick@dest.example>\r\nDATA\r\n");
      assertThat(client.reply()).isEqualTo(Replies.SENDER_OK.toString());
      for (int i = 0; i < 20; i++) {
        assertThat(client.reply()).isEqualTo(Replies.RECIPIENT_OK.toString());
      }
      assertThat(client.reply()).startsWith("550 5.1.1 ");
      assertThat(client.reply()).isEqualTo(Replies.RECIPIENT_OK.toString());
      assertThat(client.reply()).startsWith("354 ");
      assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(3));
      client.send("x\r\n.\r\n");
      assertThat(client.reply()).startsWith("250 ");
    }
    assertThat(edge.queue.messages.getFirst().envelope().recipients()).hasSize(2);
  }

  @Test
  void repliesThatAreKnownAtOnceWaitForEarlierVerdicts() throws IOException {
    Sinks.One<RecipientVerdict> verdict = Sinks.one();
    edge.recipients = request -> verdict.asMono();
    try (TestClient client = new TestClient(edge.port())) {
      client.greet();
      client.send(
          "MAIL FROM:<>\r\nRCPT TO:<ann@dest.example>\r\nRCPT TO:<\u00c3\u00a4nn@dest.example>\r\n"
              + "RCPT TO:<bob@dest.example> NOTIFY=WHATEVER\r\nDATA\r\n");
      assertThat(client.reply()).isEqualTo(Replies.SENDER_OK.toString());

      verdict.tryEmitValue(new RecipientVerdict.Good());

      assertThat(client.reply()).isEqualTo(Replies.RECIPIENT_OK.toString());
      assertThat(client.reply()).isEqualTo(Replies.NON_ASCII_ADDRESS.toString());
      assertThat(client.reply()).isEqualTo(Replies.SYNTAX.toString());
      assertThat(client.reply()).startsWith("354 ");
    }
  }

  @Test
  void aBareLineFeedEndsNoCommandButTheSession() throws IOException {
    for (String line :
        List.of("NOOP\nNOOP\r\n", "NOOP\n", "NOOP " + "x".repeat(600) + "\nNOOP\r\n", "\n")) {
      try (TestClient client = new TestClient(edge.port())) {
        client.greet();
        client.send("MAIL FROM:<>\r\n" + line + "RSET\r\n");
        assertThat(client.reply()).isEqualTo(Replies.SENDER_OK.toString());
        assertThat(client.reply()).isEqualTo(Replies.BARE_LINE_END.toString());
        assertThat(client.reply()).isEqualTo("closed");
      }
    }
    await().untilAsserted(() -> assertThat(edge.ended("protocol")).isEqualTo(4));
  }

  @Test
  void aNulInContentIsRefused() throws IOException {
    try (TestClient client = new TestClient(edge.port())) {
      client.greet();
      client.openData();
      assertThat(client.say("te\0xt\r\n.")).isEqualTo(Replies.NUL_IN_CONTENT.toString());
    }
    assertThat(edge.queue.messages).isEmpty();
  }

  @Test
  void dotsThatAreDoubledOnTheWireDoNotCount() throws IOException {
    String line = "..".concat("x".repeat(97)).concat("\r\n"); // 100 octets and a dot
    String full = line.repeat(TestEdge.MAX_MESSAGE_OCTETS / 100);
    try (TestClient client = new TestClient(edge.port())) {
      client.greet();
      client.openData();
      assertThat(client.say(full + ".")).startsWith("250 ");
      client.openData();
      assertThat(client.say(full + "\r\n.")).isEqualTo(Replies.MESSAGE_TOO_LARGE.toString());
    }
  }

  @Test
  void tooManyErrorsEndTheSession() throws IOException {
    try (TestClient client = new TestClient(edge.port())) {
      client.greet();
      client.send("RCPT\r\n".repeat(6));
      for (int i = 0; i < 6; i++) {
        assertThat(client.reply()).isEqualTo(Replies.SYNTAX.toString());
      }
      assertThat(client.reply()).isEqualTo(Replies.TOO_MANY_ERRORS.toString());
      assertThat(client.reply()).isEqualTo("closed");
    }
  }

  @Test
  void tooManyUnknownCommandsEndTheSession() throws IOException {
    try (TestClient client = new TestClient(edge.port())) {
      client.greet();
      client.send("FOO\r\n".repeat(4));
      for (int i = 0; i < 4; i++) {
        assertThat(client.reply()).isEqualTo(Replies.UNRECOGNISED.toString());
      }
      assertThat(client.reply()).isEqualTo(Replies.TOO_MANY_UNKNOWN.toString());
      assertThat(client.reply()).isEqualTo("closed");
    }
    await().untilAsserted(() -> assertThat(edge.ended("protocol")).isEqualTo(1));
  }

  @Test
  void moreMessagesThanAnnouncedEndTheSession() throws IOException {
    try (TestClient client = new TestClient(edge.port())) {
      client.greet();
      for (int i = 0; i < 10; i++) {
        assertThat(client.say("MAIL FROM:<>")).isEqualTo(Replies.SENDER_OK.toString());
        assertThat(client.say("RSET")).isEqualTo(Replies.OK.toString());
      }
      assertThat(client.say("MAIL FROM:<>")).isEqualTo(Replies.TOO_MANY_MESSAGES.toString());
      assertThat(client.reply()).isEqualTo("closed");
    }
  }

  @Test
  void aCommandLineMayBeLongerOnlyWhereAnExtensionSaysSo() throws IOException {
    try (TestClient client = new TestClient(edge.port())) {
      client.greet();
      assertThat(client.say("NOOP " + "x".repeat(505))).isEqualTo(Replies.OK.toString());
      assertThat(client.say("NOOP " + "x".repeat(506))).isEqualTo(Replies.LINE_TOO_LONG.toString());
      client.say("MAIL FROM:<>");
      assertThat(
              client.say(
                  "RCPT TO:<ann@dest.example> ORCPT=rfc822;" + "a".repeat(480) + "@dest.example"))
          .isEqualTo(Replies.RECIPIENT_OK.toString());
      assertThat(client.say("RCPT TO:<ann@dest.example> ORCPT=rfc822;" + "a".repeat(1000)))
          .isEqualTo(Replies.LINE_TOO_LONG.toString());
    }
  }

  @Test
  void anEndlessLineIsAnsweredAndSkipped() throws IOException {
    try (TestClient client = new TestClient(edge.port())) {
      client.greet();
      client.send("NOOP " + "x".repeat(10_000) + "\r\nNOOP\r\n");
      assertThat(client.reply()).isEqualTo(Replies.LINE_TOO_LONG.toString());
      assertThat(client.reply()).isEqualTo(Replies.OK.toString());
    }
  }

  @Test
  void atAStopWhoWaitsForAnAnswerGetsItAndNothingMoreIsBegun() throws Exception {
    Sinks.One<RecipientVerdict> verdict = Sinks.one();
    edge.recipients = request -> verdict.asMono();
    try (TestClient waiting = new TestClient(edge.port());
        TestClient idle = new TestClient(edge.port())) {
      idle.greet();
      waiting.greet();
      waiting.send("MAIL FROM:<bob@client.example>\r\nRCPT TO:<ann@dest.example>\r\nDATA\r\n");
      assertThat(waiting.reply()).isEqualTo(Replies.SENDER_OK.toString());

      Thread stop = Thread.ofPlatform().start(edge::close);
      assertThat(idle.reply()).startsWith("421 ");
      // All sessions have been told, and it waits until they have ended.
      await().until(() -> stop.getState() == Thread.State.TIMED_WAITING);
      verdict.tryEmitValue(new RecipientVerdict.Good());

      assertThat(waiting.reply()).isEqualTo(Replies.RECIPIENT_OK.toString());
      assertThat(waiting.reply()).startsWith("421 ");
      assertThat(waiting.reply()).isEqualTo("closed");
      assertThat(stop.join(Duration.ofSeconds(5))).isTrue();
    }
  }

  @Test
  void aClientThatLeavesDuringDataLeavesNothingBehind() throws IOException {
    try (TestClient client = new TestClient(edge.port())) {
      client.greet();
      client.openData();
      client.send("large\r\n".repeat(5000));
    }
    try (TestClient client = new TestClient(edge.port())) {
      client.greet();
    }
    await().untilAsserted(() -> assertThat(edge.queue.contents).isEmpty());
    assertThat(edge.queue.messages).isEmpty();
  }

  private static String text(byte[] octets) {
    return new String(octets, StandardCharsets.ISO_8859_1);
  }
}
