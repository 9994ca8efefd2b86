package io.gatepost.edge.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.envelope.DsnParameters;
import io.gatepost.contract.envelope.DsnParameters.Notify;
import io.gatepost.contract.envelope.DsnParameters.Return;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.MailParameters.AddressForm;
import io.gatepost.contract.envelope.Provenance.Protocol;
import io.gatepost.contract.reply.Replies;
import io.gatepost.edge.intake.ContentRules.LongLines;
import io.gatepost.edge.session.SessionBudget;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OfferedExtensionsTest {

  private final TestEdge edge = new TestEdge();

  @AfterEach
  void stop() {
    edge.close();
  }

  private TestClient client() throws IOException {
    return new TestClient(edge.start().port()).greet();
  }

  @Test
  void whatIsAskedOfNoticesIsInTheEnvelope() throws IOException {
    try (TestClient client = client()) {
      client.say("MAIL FROM:<bob@client.example> RET=HDRS ENVID=QQ314159");
      client.say("RCPT TO:<ann@dest.example> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;Ann@dest.example");
      client.say("DATA");
      assertThat(client.say(".")).startsWith("250 ");
    }

    Envelope envelope = edge.queue.messages.getFirst().envelope();
    assertThat(envelope.parameters().dsn())
        .isEqualTo(new DsnParameters.OfMessage(Optional.of(Return.HDRS), Optional.of("QQ314159")));
    assertThat(envelope.recipients().getFirst().dsn())
        .isEqualTo(
            new DsnParameters.OfRecipient(
                Set.of(Notify.SUCCESS, Notify.DELAY), Optional.of("rfc822;Ann@dest.example")));
  }

  @Test
  void aMessageThatOnlySaidSmtpUtf8DoesNotNeedIt() throws IOException {
    try (TestClient client = client()) {
      for (String subject : List.of("plain", "\u00fcber")) {
        client.say("MAIL FROM:<bob@client.example> SMTPUTF8");
        client.say("RCPT TO:<ann@dest.example>");
        client.say("DATA");
        assertThat(client.say(octets("Subject: " + subject + "\r\n\r\n\u00fc\r\n.")))
            .startsWith("250 ");
      }
    }

    assertThat(edge.queue.messages)
        .extracting(message -> message.envelope().parameters().addresses())
        .containsExactly(AddressForm.UTF8_ADDRESSES, AddressForm.UTF8);
  }

  @Test
  void addressesBeyondAsciiAreTakenWithSmtpUtf8() throws IOException {
    try (TestClient client = client()) {
      assertThat(client.say(octets("MAIL FROM:<jos\u00e9@client.example>")))
          .isEqualTo(Replies.NON_ASCII_ADDRESS.toString());
      client.say(octets("MAIL FROM:<jos\u00e9@client.example> SMTPUTF8"));
      assertThat(client.say(octets("RCPT TO:<\u7528@b\u00fccher.example>")))
          .isEqualTo(Replies.RECIPIENT_OK.toString());
      client.say("DATA");
      assertThat(client.say(".")).startsWith("250 ");
    }

    EnvelopeRecord message = edge.queue.messages.getFirst();
    assertThat(message.envelope().parameters().addresses()).isEqualTo(AddressForm.UTF8);
    assertThat(message.envelope().provenance().protocol()).isEqualTo(Protocol.UTF8SMTP);
    assertThat(message.envelope().recipients().getFirst().address().toString())
        .isEqualTo("\u7528@xn--bcher-kva.example");
    assertThat(new String(message.content(), StandardCharsets.UTF_8))
        .contains("for <\u7528@xn--bcher-kva.example>");
  }

  @Test
  void chunksBecomeOneMessageInWireForm() throws IOException {
    try (TestClient client = client()) {
      client.send(
          "MAIL FROM:<>\r\nRCPT TO:<ann@dest.example>\r\n"
              + "BDAT 14\r\nSubject: x\r\n\r\n"
              + "BDAT 5\r\n.dot\r"
              + "BDAT 8 LAST\r\n\n.\r\n.end");
      client.reply();
      client.reply();
      assertThat(client.reply()).isEqualTo(Replies.CHUNK_OK.toString());
      assertThat(client.reply()).isEqualTo(Replies.CHUNK_OK.toString());
      assertThat(client.reply()).startsWith("250 2.0.0 queued as ");
    }

    assertThat(content()).endsWith("Subject: x\r\n\r\n..dot\r\n..\r\n..end\r\n");
  }

  @Test
  void manyChunksFlowIntoTheContentStore() throws IOException {
    String line = ".23456789abcdef0123456789abcdef0123456789abcde\r\n";
    String chunk = line.repeat(500);
    try (TestClient client = client()) {
      client.send("MAIL FROM:<>\r\nRCPT TO:<ann@dest.example>\r\n");
      client.reply();
      client.reply();
      for (int i = 0; i < 10; i++) {
        assertThat(
                client.say(
                    "BDAT " + chunk.length() + "\r\n" + chunk.substring(0, chunk.length() - 2)))
            .isEqualTo(Replies.CHUNK_OK.toString());
      }
      assertThat(client.say("BDAT 0 LAST")).startsWith("250 2.0.0 queued as ");
    }

    byte[] stored = edge.queue.contents.get(edge.queue.messages.getFirst().envelope().id());
    assertThat(new String(stored, StandardCharsets.ISO_8859_1)).endsWith(("." + line).repeat(5000));
    assertThat(edge.queue.largestChunk).isLessThanOrEqualTo(64 * 1024);
  }

  @Test
  void aChunkWithoutATransactionIsSkipped() throws IOException {
    try (TestClient client = client()) {
      client.send("BDAT 12\r\nNOOP\r\nNOOP\r\nRSET\r\n");
      assertThat(client.reply()).isEqualTo(Replies.BAD_SEQUENCE.toString());
      assertThat(client.reply()).isEqualTo(Replies.OK.toString());
      client.send("BDAT 9000000000\r\n");
      assertThat(client.reply()).isEqualTo(Replies.BAD_SEQUENCE.toString());
      assertThat(client.reply()).isEqualTo("closed");
    }
  }

  @Test
  void aBareLineFeedInAChunkIsRefused() throws IOException {
    try (TestClient client = client()) {
      client.send("MAIL FROM:<>\r\nRCPT TO:<ann@dest.example>\r\nBDAT 5 LAST\r\na\nb\r\n");
      client.reply();
      client.reply();
      assertThat(client.reply()).isEqualTo(Replies.BARE_LINE_END_IN_CONTENT.toString());
    }

    assertThat(edge.queue.messages).isEmpty();
  }

  @Test
  void anErrorIsToldWithTheChunkThatShowsIt() throws IOException {
    String refusal = Replies.BARE_LINE_END_IN_CONTENT.toString();
    try (TestClient client = client()) {
      client.send(
          "MAIL FROM:<>\r\nRCPT TO:<ann@dest.example>\r\nBDAT 2\r\na\rBDAT 3\r\n\nb\n"
              + "BDAT 6\r\nRSET\r\nBDAT 6 LAST\r\nQUIT\r\nBDAT 0 LAST\r\n");
      client.reply();
      client.reply();
      assertThat(client.reply()).isEqualTo(Replies.CHUNK_OK.toString()); // the CR may be completed
      assertThat(client.reply()).isEqualTo(refusal);
      assertThat(client.reply()).isEqualTo(refusal);
      assertThat(client.reply()).isEqualTo(refusal);
      assertThat(client.reply()).isEqualTo(Replies.BAD_SEQUENCE.toString());
      assertThat(client.say("MAIL FROM:<>")).isEqualTo(Replies.SENDER_OK.toString());
    }

    assertThat(edge.queue.messages).isEmpty();
    assertThat(edge.contentMemory.used()).isZero();
  }

  @Test
  void aChunkWithoutAKnownEndEndsTheSession() throws IOException {
    edge.start();
    for (String line : List.of("BDAT", "BDAT x", "BDAT 6 FIRST", "BDAT 6\t\u00ff", "BDAT 6\0")) {
      try (TestClient client = new TestClient(edge.port()).greet()) {
        client.send(line + "\r\nNOOP\r\n");
        assertThat(client.reply()).startsWith("501 ");
        assertThat(client.reply()).isEqualTo("closed");
      }
    }
    for (String size : List.of("99999999999999999999", "9".repeat(500), "0".repeat(600) + "6")) {
      try (TestClient client = new TestClient(edge.port()).greet()) {
        client.openTransaction();
        client.send("BDAT " + size + "\r\nNOOP\r\n");
        assertThat(client.reply()).startsWith("5");
        assertThat(client.reply()).isEqualTo("closed");
      }
    }
  }

  @Test
  void aChunkThatIsTooLargeToSkipEndsTheSession() throws IOException {
    try (TestClient client = client()) {
      client.send("MAIL FROM:<>\r\nRCPT TO:<ann@dest.example>\r\nBDAT 9000000000\r\nQUIT\r\n");
      client.reply();
      client.reply();
      assertThat(client.reply()).isEqualTo(Replies.MESSAGE_TOO_LARGE.toString());
      assertThat(client.reply()).isEqualTo("closed");
    }
  }

  @Test
  void aResetForgetsTheChunks() throws IOException {
    try (TestClient client = client()) {
      client.send(
          "MAIL FROM:<>\r\nRCPT TO:<ann@dest.example>\r\nBDAT 3\r\na\r\nDATA\r\nRSET\r\n"
              + "BDAT 3 LAST\r\nb\r\n");
      client.reply();
      client.reply();
      assertThat(client.reply()).isEqualTo(Replies.CHUNK_OK.toString());
      assertThat(client.reply()).isEqualTo(Replies.BAD_SEQUENCE.toString());
      assertThat(client.reply()).isEqualTo(Replies.OK.toString());
      assertThat(client.reply()).isEqualTo(Replies.BAD_SEQUENCE.toString());
    }

    assertThat(edge.queue.messages).isEmpty();
  }

  @Test
  void chunksThatAreTooLargeLeaveNothingBehind() throws IOException {
    String chunk = "x".repeat(98).concat("\r\n").repeat(1000);
    try (TestClient client = client()) {
      client.send("MAIL FROM:<>\r\nRCPT TO:<ann@dest.example>\r\n");
      client.reply();
      client.reply();
      for (int i = 0; i < 3; i++) {
        client.send("BDAT " + chunk.length() + "\r\n" + chunk);
        assertThat(client.reply()).isEqualTo(Replies.CHUNK_OK.toString());
      }
      client.send("BDAT 1\r\nx");
      assertThat(client.reply()).isEqualTo(Replies.MESSAGE_TOO_LARGE.toString());
      assertThat(client.say("NOOP")).isEqualTo(Replies.OK.toString());
    }

    assertThat(edge.queue.messages).isEmpty();
    await().untilAsserted(() -> assertThat(edge.queue.contents).isEmpty());
  }

  @Test
  void aLongLineIsAcceptedAndMarked() throws IOException {
    try (TestClient client = client()) {
      client.openData();
      client.send("x".repeat(999) + "\r\n.\r\n");
      assertThat(client.reply()).startsWith("250 ");
      client.openData();
      client.send("x".repeat(998) + "\r\n.\r\n");
      assertThat(client.reply()).startsWith("250 ");
    }

    assertThat(edge.meters.get("gatepost.edge.messages.marked").counter().count()).isEqualTo(1);
  }

  @Test
  void aLongLineIsRefusedWhereTheSettingSaysSo() throws IOException {
    edge.longLines = LongLines.REFUSE;
    try (TestClient client = client()) {
      client.openData();
      client.send("x".repeat(999) + "\r\n.\r\n");
      assertThat(client.reply()).isEqualTo(Replies.LONG_LINE_IN_CONTENT.toString());
    }
  }

  @Test
  void aSilentClientIsClosed() throws IOException {
    edge.commandTimeout = Duration.ofSeconds(1);
    try (TestClient client = client()) {
      assertThat(client.reply()).isEqualTo(Replies.idleTooLong("mx.example").toString());
      assertThat(client.reply()).isEqualTo("closed");
    }
  }

  @Test
  void aClientThatFallsSilentInAMessageIsClosed() throws IOException {
    edge.dataTimeout = Duration.ofSeconds(1);
    try (TestClient client = client()) {
      client.openData();
      client.send("half a li");
      assertThat(client.reply()).isEqualTo(Replies.idleTooLong("mx.example").toString());
    }
    await().untilAsserted(() -> assertThat(edge.queue.contents).isEmpty());
  }

  @Test
  void aSessionHasItsTime() throws IOException {
    edge.sessionTimeout = Duration.ofSeconds(2);
    edge.budget = new SessionBudget.Bounds(5, 3, 20, 10, Integer.MAX_VALUE);
    try (TestClient client = client()) {
      String reply = Replies.OK.toString();
      while (reply.equals(Replies.OK.toString())) {
        reply = client.say("NOOP");
      }
      assertThat(reply).isEqualTo(Replies.sessionTooLong("mx.example").toString());
    }
  }

  private String content() {
    return new String(edge.queue.messages.getFirst().content(), StandardCharsets.ISO_8859_1);
  }

  /// A line as it goes over the wire, one character for each octet of UTF-8.
  private static String octets(String line) {
    return new String(line.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }
}
