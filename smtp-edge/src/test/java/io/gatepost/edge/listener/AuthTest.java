package io.gatepost.edge.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.envelope.Provenance;
import io.gatepost.contract.envelope.Provenance.Origin;
import io.gatepost.contract.envelope.Provenance.Protocol;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.contract.verification.CredentialQuestion;
import io.gatepost.contract.verification.CredentialVerdict;
import io.gatepost.contract.verification.SenderRequest;
import io.gatepost.contract.verification.SenderVerdict;
import io.gatepost.edge.auth.Base64Text;
import io.gatepost.edge.session.Role;
import io.gatepost.edge.tls.RelayCertificates;
import io.gatepost.edge.tls.TestCertificate;
import io.gatepost.edge.tls.TlsContexts;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import reactor.core.publisher.Mono;

class AuthTest {

  private static final TestCertificate SERVER = TestCertificate.of("mx.example");

  private final TestEdge edge = new TestEdge();

  @BeforeEach
  void start() {
    edge.relayFrom = List.of();
    edge.roles = List.of(Role.SUBMISSION);
    edge.tls =
        Optional.of(
            new TlsContexts(
                new DefaultSslBundleRegistry("mail", SERVER.bundle()),
                "mail",
                Map.of(),
                RelayCertificates.parse("key", List.of())));
    edge.credentials =
        question ->
            Mono.<CredentialVerdict>fromSupplier(() -> judge(question))
                .delayElement(Duration.ofMillis(20)); // as hashing does
    edge.start();
  }

  @AfterEach
  void stop() {
    edge.close();
  }

  private static CredentialVerdict judge(CredentialQuestion question) {
    boolean good =
        switch (question) {
          case CredentialQuestion.Password(var user, var password, _) ->
              user.equals("ann") && password.equals("s\u00e9cret");
          case CredentialQuestion.Proof proof -> proof.clientProof().equals("cHJvb2Y=");
        };
    return good
        ? new CredentialVerdict.Accepted(question.user(), "c2lnbmF0dXJl")
        : new CredentialVerdict.Refused(Reason.BAD_CREDENTIALS, Replies.BAD_CREDENTIALS);
  }

  private TestClient secured() throws IOException, GeneralSecurityException {
    TestClient client = new TestClient(edge.port()).greet();
    client.say("STARTTLS");
    client.startTls(TestCertificate.anonymousClient());
    client.ehlo();
    return client;
  }

  private static String base64(String text) {
    return Base64Text.encode(
        new String(
            text.getBytes(java.nio.charset.StandardCharsets.UTF_8),
            java.nio.charset.StandardCharsets.ISO_8859_1));
  }

  @Test
  void aUserWithAPasswordMaySendAnywhere() throws IOException, GeneralSecurityException {
    try (TestClient client = secured()) {
      assertThat(client.say("MAIL FROM:<>")).isEqualTo(Replies.AUTHENTICATION_REQUIRED.toString());
      assertThat(client.say("AUTH PLAIN " + base64("\0ann\0s\u00e9cret")))
          .isEqualTo(Replies.AUTHENTICATED.toString());
      assertThat(client.ehlo()).doesNotContain("AUTH ");
      client.openData();
      assertThat(client.say(".")).startsWith("250 ");
    }

    Provenance provenance = edge.queue.messages.getFirst().envelope().provenance();
    assertThat(provenance.user()).contains("ann");
    assertThat(provenance.origin()).isEqualTo(Origin.INTERNAL);
    assertThat(provenance.protocol()).isEqualTo(Protocol.ESMTPSA);
    await().untilAsserted(() -> assertThat(edge.ended("internal")).isEqualTo(1));
  }

  @Test
  void loginAsksForUserAndPassword() throws IOException, GeneralSecurityException {
    try (TestClient client = secured()) {
      assertThat(client.say("AUTH LOGIN")).isEqualTo("334 " + base64("Username:"));
      assertThat(client.say(base64("ann"))).isEqualTo("334 " + base64("Password:"));
      assertThat(client.say(base64("s\u00e9cret"))).isEqualTo(Replies.AUTHENTICATED.toString());
    }
  }

  @Test
  void scramProvesThePasswordAndTheServer() throws IOException, GeneralSecurityException {
    try (TestClient client = secured()) {
      String challenge = client.say("AUTH SCRAM-SHA-256 " + base64("n,,n=ann,r=client"));
      String serverFirst = Base64Text.decode(challenge.substring(4)).orElseThrow();
      assertThat(serverFirst).startsWith("r=client").endsWith(",s=c2FsdA==,i=4096");
      String nonce = serverFirst.substring(2, serverFirst.indexOf(','));
      assertThat(client.say(base64("c=biws,r=" + nonce + ",p=cHJvb2Y=")))
          .isEqualTo("334 " + base64("v=c2lnbmF0dXJl"));
      assertThat(client.say("")).isEqualTo(Replies.AUTHENTICATED.toString());
    }
  }

  @Test
  void aWrongPasswordIsRefusedAndCounted() throws IOException, GeneralSecurityException {
    try (TestClient client = secured()) {
      assertThat(client.say("AUTH PLAIN " + base64("\0ann\0wrong")))
          .isEqualTo(Replies.BAD_CREDENTIALS.toString());
      assertThat(client.say("MAIL FROM:<>")).isEqualTo(Replies.AUTHENTICATION_REQUIRED.toString());
    }

    assertThat(edge.refused("auth", "bad_credentials")).isEqualTo(1);
    await().untilAsserted(() -> assertThat(edge.ended("protocol")).isEqualTo(1));
  }

  @Test
  void whatIsNoExchangeIsRefused() throws IOException, GeneralSecurityException {
    try (TestClient client = secured()) {
      assertThat(client.say("AUTH CRAM-MD5")).isEqualTo(Replies.UNKNOWN_MECHANISM.toString());
      assertThat(client.say("AUTH PLAIN !!!")).isEqualTo(Replies.BAD_AUTH_RESPONSE.toString());
      assertThat(client.say("AUTH PLAIN")).isEqualTo("334");
      assertThat(client.say("*")).isEqualTo(Replies.AUTH_CANCELLED.toString());
    }
    try (TestClient client = secured()) {
      assertThat(client.say("AUTH PLAIN")).isEqualTo("334");
      assertThat(client.say("x".repeat(13_000))).isEqualTo(Replies.AUTH_LINE_TOO_LONG.toString());
    }
  }

  @Test
  void aUserSendsFromTheUsersOwnAddress() throws IOException, GeneralSecurityException {
    edge.senders =
        request ->
            Mono.<SenderVerdict>fromSupplier(() ->
                    request.equals(new SenderRequest("ann", ForwardPath.of("ann@here.example")))
                        ? new SenderVerdict.Permitted()
                        : new SenderVerdict.NotOwn(Reason.SENDER_NOT_OWN, Replies.SENDER_NOT_OWN))
                .delayElement(Duration.ofMillis(20)); // as a call to another process does
    try (TestClient client = secured()) {
      client.say("AUTH PLAIN " + base64("\0ann\0s\u00e9cret"));
      assertThat(client.say("MAIL FROM:<bob@here.example>"))
          .isEqualTo(Replies.SENDER_NOT_OWN.toString());
      assertThat(client.say("MAIL FROM:<>")).isEqualTo(Replies.SENDER_OK.toString());
      client.say("RSET");
      assertThat(client.say("MAIL FROM:<ann@here.example>"))
          .isEqualTo(Replies.SENDER_OK.toString());
    }

    assertThat(edge.refused("mail", "sender_not_own")).isEqualTo(1);
    await().untilAsserted(() -> assertThat(edge.ended("invalid_sender")).isEqualTo(1));
  }

  @Test
  void aClientThatHangsUpIsNotWaitedFor() throws IOException, GeneralSecurityException {
    edge.close();
    edge.credentialsTimeout = Duration.ofHours(1);
    edge.start();
    CompletableFuture<Boolean> asked = new CompletableFuture<>();
    CompletableFuture<Boolean> cancelled = new CompletableFuture<>();
    edge.credentials =
        question ->
            Mono.<CredentialVerdict>never()
                .doOnSubscribe(any -> asked.complete(true))
                .doOnCancel(() -> cancelled.complete(true));
    TestClient client = secured();
    client.send("AUTH PLAIN " + base64("\0ann\0s\u00e9cret") + "\r\n");
    assertThat(asked).succeedsWithin(Duration.ofSeconds(10));

    client.close();

    assertThat(cancelled).succeedsWithin(Duration.ofSeconds(10));
  }

  @Test
  void withoutTlsThereIsNoAuth() throws IOException {
    try (TestClient client = new TestClient(edge.port()).greet()) {
      assertThat(client.say("AUTH PLAIN " + base64("\0ann\0s\u00e9cret")))
          .isEqualTo(Replies.TLS_REQUIRED_FOR_AUTH.toString());
    }
  }

  @Test
  void verificationThatFailsOrDoesNotAnswerIsNoWrongPassword()
      throws IOException, GeneralSecurityException {
    for (Mono<CredentialVerdict> answer :
        List.<Mono<CredentialVerdict>>of(
            Mono.error(new RpcException(RpcStatus.UNAVAILABLE, "no connection")), Mono.never())) {
      edge.credentials = question -> answer;
      try (TestClient client = secured()) {
        assertThat(client.say("AUTH PLAIN " + base64("\0ann\0s\u00e9cret")))
            .isEqualTo(Replies.AUTH_UNAVAILABLE.toString());
        assertThat(client.say("NOOP")).startsWith("250");
      }
    }
  }
}
