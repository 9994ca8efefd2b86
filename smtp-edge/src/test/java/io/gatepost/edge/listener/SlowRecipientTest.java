package io.gatepost.edge.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.envelope.Provenance;
import io.gatepost.contract.envelope.Provenance.Protocol;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.verification.RecipientVerdict;
import io.gatepost.edge.tls.RelayCertificates;
import io.gatepost.edge.tls.TestCertificate;
import io.gatepost.edge.tls.TlsContexts;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/// A recipient whose next hop is asked while its client waits.
class SlowRecipientTest {

  private final TestEdge edge = new TestEdge();
  private final Sinks.One<RecipientVerdict> verdict = Sinks.one();
  private final CompletableFuture<Boolean> asked = new CompletableFuture<>();

  private void start() {
    edge.recipients =
        request ->
            request.recipient().localPart().text().equals("quick")
                ? Mono.just(new RecipientVerdict.Good())
                : verdict.asMono().doOnSubscribe(any -> asked.complete(true));
    edge.start();
  }

  @AfterEach
  void stop() {
    edge.close();
  }

  @Test
  void repliesBeforeASlowRecipientAreSentWhileItIsAskedAbout() throws IOException {
    start();
    try (TestClient client = new TestClient(edge.port()).greet()) {
      client.send(
          "MAIL FROM:<>\r\nRCPT TO:<quick@dest.example>\r\nRCPT TO:<no address\r\n"
              + "RCPT TO:<slow@dest.example>\r\nRCPT TO:<quick@dest.example>\r\n");

      assertThat(client.reply()).isEqualTo(Replies.SENDER_OK.toString());
      assertThat(client.reply()).isEqualTo(Replies.RECIPIENT_OK.toString());
      assertThat(client.reply()).startsWith("501 ");
      await().until(asked::isDone);

      verdict.tryEmitValue(new RecipientVerdict.Good());
      assertThat(client.reply()).isEqualTo(Replies.RECIPIENT_OK.toString());
      assertThat(client.reply()).isEqualTo(Replies.RECIPIENT_OK.toString());
    }
  }

  @Test
  void theClientsTlsIsItsOwnWhateverItsRecipientsHostIsAskedOver() throws Exception {
    TestCertificate server = TestCertificate.of("mx.example");
    edge.tls =
        Optional.of(
            new TlsContexts(
                new DefaultSslBundleRegistry("mail", server.bundle()),
                "mail",
                Map.of(),
                RelayCertificates.parse("key", List.of())));
    start();
    try (TestClient secured = new TestClient(edge.port()).greet();
        TestClient clear = new TestClient(edge.port()).greet()) {
      secured.say("STARTTLS");
      secured.startTls(TestCertificate.anonymousClient());
      secured.ehlo();
      for (TestClient client : List.of(secured, clear)) {
        client.send("MAIL FROM:<>\r\nRCPT TO:<slow@dest.example>\r\nDATA\r\n");
        assertThat(client.reply()).isEqualTo(Replies.SENDER_OK.toString());
      }

      verdict.tryEmitValue(new RecipientVerdict.Good());

      for (TestClient client : List.of(secured, clear)) {
        assertThat(client.reply()).isEqualTo(Replies.RECIPIENT_OK.toString());
        assertThat(client.reply()).startsWith("354 ");
        assertThat(client.say(".")).startsWith("250 ");
      }
    }

    List<Provenance> came =
        edge.queue.messages.stream().map(message -> message.envelope().provenance()).toList();
    assertThat(came.getFirst().protocol()).isEqualTo(Protocol.ESMTPS);
    assertThat(came.getFirst().tls().orElseThrow()).startsWith("TLSv1.3 ");
    assertThat(came.getLast().protocol()).isEqualTo(Protocol.ESMTP);
    assertThat(came.getLast().tls()).isEmpty();
  }
}
