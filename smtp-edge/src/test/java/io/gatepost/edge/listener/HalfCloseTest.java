package io.gatepost.edge.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.verification.RecipientVerdict;
import io.gatepost.edge.tls.RelayCertificates;
import io.gatepost.edge.tls.TestCertificate;
import io.gatepost.edge.tls.TlsContexts;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import reactor.core.publisher.Sinks;

/// Clients that send all they have to say and then end their side of the connection.
class HalfCloseTest {

  private static final String BEGINNING =
      "EHLO client.example\r\n"
          + "MAIL FROM:<bob@client.example>\r\n"
          + "RCPT TO:<ann@dest.example>\r\n"
          + "DATA\r\n";

  private final TestEdge edge = new TestEdge();

  @AfterEach
  void stop() {
    edge.close();
  }

  private void startWithTls() {
    edge.tls =
        Optional.of(
            new TlsContexts(
                new DefaultSslBundleRegistry("mail", TestCertificate.of("mx.example").bundle()),
                "mail",
                Map.of(),
                RelayCertificates.parse("key", List.of())));
    edge.start();
  }

  private static void assertAccepted(TestClient client) throws IOException {
    assertThat(client.reply()).startsWith("250 ");
    assertThat(client.reply()).isEqualTo(Replies.SENDER_OK.toString());
    assertThat(client.reply()).isEqualTo(Replies.RECIPIENT_OK.toString());
    assertThat(client.reply()).startsWith("354 ");
    assertThat(client.reply()).startsWith("250 2.0.0 queued as ");
  }

  @Test
  void aWholeSessionIsAnswered() throws IOException {
    edge.start();
    try (TestClient client = new TestClient(edge.port())) {
      client.send(BEGINNING + "text\r\n.\r\nQUIT\r\n");
      client.socket().shutdownOutput();

      assertThat(client.reply()).startsWith("220 ");
      assertAccepted(client);
      assertThat(client.reply()).startsWith("221 ");
      assertThat(client.reply()).isEqualTo("closed");
    }
  }

  @Test
  void withoutQuitTheConnectionIsClosedBehindTheLastReply() throws IOException {
    edge.start();
    try (TestClient client = new TestClient(edge.port())) {
      client.send(BEGINNING + "text\r\n.\r\n");
      client.socket().shutdownOutput();

      assertThat(client.reply()).startsWith("220 ");
      assertAccepted(client);
      assertThat(client.reply()).isEqualTo("closed");
    }
  }

  @Test
  void aLargeMessageIsTakenToItsEnd() throws IOException {
    edge.start();
    try (TestClient client = new TestClient(edge.port())) {
      client.send(BEGINNING + "a line of text\r\n".repeat(15_000) + ".\r\nQUIT\r\n");
      client.socket().shutdownOutput();

      assertThat(client.reply()).startsWith("220 ");
      assertAccepted(client);
      assertThat(client.reply()).startsWith("221 ");
    }
  }

  @Test
  void verdictsThatAreStillToComeAreWaitedFor() throws IOException {
    Sinks.One<RecipientVerdict> verdict = Sinks.one();
    edge.recipients = request -> verdict.asMono();
    edge.start();
    try (TestClient client = new TestClient(edge.port())) {
      client.send("EHLO client.example\r\nMAIL FROM:<>\r\nRCPT TO:<ann@dest.example>\r\nQUIT\r\n");
      client.socket().shutdownOutput();
      assertThat(client.reply()).startsWith("220 ");
      assertThat(client.reply()).startsWith("250 ");
      assertThat(client.reply()).isEqualTo(Replies.SENDER_OK.toString());

      verdict.tryEmitValue(new RecipientVerdict.Good());

      assertThat(client.reply()).isEqualTo(Replies.RECIPIENT_OK.toString());
      assertThat(client.reply()).startsWith("221 ");
      assertThat(client.reply()).isEqualTo("closed");
    }
  }

  @Test
  void aMessageWithoutItsEndIsNotAccepted() throws IOException {
    edge.start();
    for (String content : List.of("text\r\n", "a line of text\r\n".repeat(15_000) + ".")) {
      try (TestClient client = new TestClient(edge.port()).greet()) {
        client.openData();
        client.send(content);
        client.socket().shutdownOutput();

        assertThat(client.reply()).isEqualTo(Replies.inputEnded("mx.example").toString());
        assertThat(client.reply()).isEqualTo("closed");
      }
    }

    assertThat(edge.queue.messages).isEmpty();
    await().untilAsserted(() -> assertThat(edge.queue.contents).isEmpty());
    assertThat(edge.contentMemory.used()).isZero();
  }

  @Test
  void aClientThatSaysNothingIsClosed() throws IOException {
    edge.start();
    try (TestClient client = new TestClient(edge.port()).greet()) {
      client.socket().shutdownOutput();

      assertThat(client.reply()).isEqualTo("closed");
    }
  }

  @Test
  void underTlsTheSessionIsAnsweredBehindACloseNotify()
      throws IOException, GeneralSecurityException {
    startWithTls();
    try (TestClient client = new TestClient(edge.port()).greet()) {
      client.say("STARTTLS");
      client.startTls(TestCertificate.anonymousClient());
      client.send(BEGINNING + "text\r\n.\r\nQUIT\r\n");
      client.socket().shutdownOutput(); // a close_notify; TLS 1.3 goes on in the other direction

      assertAccepted(client);
      assertThat(client.reply()).startsWith("221 ");
      assertThat(client.reply()).isEqualTo("closed");
    }
  }

  @Test
  void underTlsTheSessionIsAnsweredBehindTheEndOfTheConnection()
      throws IOException, GeneralSecurityException {
    startWithTls();
    try (Socket plain = new Socket("127.0.0.1", edge.port());
        TestClient client = new TestClient(plain).greet()) {
      client.say("STARTTLS");
      client.startTls(TestCertificate.anonymousClient());
      client.send(BEGINNING + "text\r\n.\r\nQUIT\r\n");
      plain.shutdownOutput();

      assertAccepted(client);
      assertThat(client.reply()).startsWith("221 ");
      assertThat(client.reply()).isEqualTo("closed");
    }
  }

  @Test
  void beforeTls13ACloseNotifyEndsBothSides() throws IOException, GeneralSecurityException {
    startWithTls();
    try (TestClient client = new TestClient(edge.port()).greet()) {
      client.say("STARTTLS");
      client.startTls(TestCertificate.anonymousClient(), "TLSv1.2");
      client.ehlo();
      client.openData();
      client.send("text\r\n");
      client.socket().shutdownOutput();

      await()
          .until(() -> edge.meters.get("gatepost.edge.sessions").gauge().value(), is -> is == 0.0);
    }

    assertThat(edge.queue.messages).isEmpty();
    assertThat(edge.contentMemory.used()).isZero();
  }
}
