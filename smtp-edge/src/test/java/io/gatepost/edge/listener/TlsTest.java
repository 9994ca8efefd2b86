package io.gatepost.edge.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.envelope.Provenance;
import io.gatepost.contract.envelope.Provenance.Origin;
import io.gatepost.contract.envelope.Provenance.Protocol;
import io.gatepost.contract.reply.Replies;
import io.gatepost.edge.session.Role;
import io.gatepost.edge.session.SharedQuota;
import io.gatepost.edge.tls.RelayCertificates;
import io.gatepost.edge.tls.TestCertificate;
import io.gatepost.edge.tls.TlsContexts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;

class TlsTest {

  private static final TestCertificate SERVER = TestCertificate.of("mx.example");
  private static final TestCertificate OTHER = TestCertificate.of("other.example");
  private static final TestCertificate RELAY = TestCertificate.of("relay.example");

  private final TestEdge edge = new TestEdge();
  private final DefaultSslBundleRegistry bundles =
      new DefaultSslBundleRegistry("mail", SERVER.bundle());

  private void start(String... relays) {
    bundles.registerBundle("other", OTHER.bundle());
    edge.tls =
        Optional.of(
            new TlsContexts(
                bundles,
                "mail",
                Map.of("Other.example.", "other"), // as tables may write it
                RelayCertificates.parse("key", List.of(relays))));
    edge.roles = List.of(Role.MX, Role.SUBMISSIONS);
    edge.start();
  }

  @AfterEach
  void stop() {
    edge.close();
  }

  private TestClient secured() throws IOException, GeneralSecurityException {
    TestClient client = new TestClient(edge.port()).greet();
    assertThat(client.say("STARTTLS")).isEqualTo(Replies.READY_FOR_TLS.toString());
    client.startTls(TestCertificate.anonymousClient());
    return client;
  }

  @Test
  void withoutRoomForMoreTlsItIsRefusedForNow() throws IOException, GeneralSecurityException {
    edge.tlsQuota = new SharedQuota(1);
    start();
    try (TestClient first = secured();
        TestClient second = new TestClient(edge.port()).greet();
        TestClient implicit = new TestClient(edge.port(Role.SUBMISSIONS))) {
      assertThat(second.say("STARTTLS")).isEqualTo(Replies.NO_ROOM_FOR_TLS.toString());
      assertThat(second.say("MAIL FROM:<>")).startsWith("250 ");
      assertThat(implicit.reply()).isEqualTo("closed");
      assertThat(first.ehlo()).startsWith("250-");
    }
    await().untilAsserted(() -> assertThat(edge.tlsQuota.taken()).isZero());
  }

  @Test
  void aSessionBeginsAnewUnderTls() throws IOException, GeneralSecurityException {
    start();
    try (TestClient client = secured()) {
      assertThat(client.say("MAIL FROM:<>")).isEqualTo(Replies.BAD_SEQUENCE.toString());
      assertThat(client.ehlo()).contains("AUTH ").doesNotContain("STARTTLS");
      client.openData();
      assertThat(client.say(".")).startsWith("250 ");
    }

    Provenance provenance = edge.queue.messages.getFirst().envelope().provenance();
    assertThat(provenance.protocol()).isEqualTo(Protocol.ESMTPS);
    assertThat(provenance.tls().orElseThrow()).startsWith("TLSv1.3 TLS_");
    assertThat(new String(edge.queue.messages.getFirst().content()))
        .contains("with ESMTPS id ")
        .contains("(TLSv1.3 TLS_");
  }

  @Test
  void whatIsPipelinedBehindStarttlsIsDroppedWithAnError() throws IOException {
    start();
    try (TestClient client = new TestClient(edge.port()).greet()) {
      client.send("STARTTLS\r\nMAIL FROM:<evil@client.example>\r\nRSET\r\n");

      assertThat(client.reply()).isEqualTo(Replies.DATA_AFTER_STARTTLS.toString());
      assertThat(client.say("NOOP")).isEqualTo(Replies.OK.toString());
    }
  }

  @Test
  void implicitTlsGreetsUnderTls() throws IOException, GeneralSecurityException {
    start();
    try (TestClient client = implicit("mx.example")) {
      client.greet();
      assertThat(client.say("MAIL FROM:<>")).isEqualTo(Replies.AUTHENTICATION_REQUIRED.toString());
    }
  }

  @Test
  void theCertificateIsThatOfTheHostAskedForAndFollowsItsBundle()
      throws IOException, GeneralSecurityException {
    start();

    assertThat(shown("mx.example")).isEqualTo(SERVER.certificate());
    assertThat(shown("OTHER.example")).isEqualTo(OTHER.certificate());
    bundles.updateBundle("mail", RELAY.bundle());
    assertThat(shown("mx.example")).isEqualTo(RELAY.certificate());
  }

  @Test
  void octetsThatAreNoTlsAreAProtocolError() throws IOException {
    start();
    try (TestClient client = new TestClient(edge.port(Role.SUBMISSIONS))) {
      client.send("EHLO client.example\r\n");
      assertThat(client.socket().getInputStream().readAllBytes()).isNotNull();
    }

    await().untilAsserted(() -> assertThat(edge.ended("protocol")).isEqualTo(1));
    assertThat(edge.refused("connect", "tls_failed")).isEqualTo(1);
  }

  @Test
  void aRelayIsKnownByTheFingerprintOfItsCertificate()
      throws IOException, GeneralSecurityException {
    edge.relayFrom = List.of();
    start(RELAY.fingerprint());

    assertThat(originWith(RELAY)).isEqualTo(Origin.INTERNAL);
    assertThat(originWith(OTHER)).isEqualTo(Origin.EXTERNAL);
  }

  @Test
  void aRelayIsKnownByItsSubjectWhereItsSignerIsTrusted()
      throws IOException, GeneralSecurityException {
    edge.relayFrom = List.of();
    start("subject:CN=relay.example", "subject:CN=other.example");
    bundles.updateBundle("mail", SERVER.bundleTrusting(RELAY));

    assertThat(originWith(RELAY)).isEqualTo(Origin.INTERNAL);
    assertThat(originWith(OTHER)).isEqualTo(Origin.EXTERNAL);
  }

  private Origin originWith(TestCertificate certificate)
      throws IOException, GeneralSecurityException {
    try (TestClient client = new TestClient(edge.port()).greet()) {
      client.say("STARTTLS");
      client.startTls(certificate.client());
      client.ehlo();
      client.openData();
      assertThat(client.say(".")).startsWith("250 ");
    }
    return edge.queue.messages.getLast().envelope().provenance().origin();
  }

  private X509Certificate shown(String host) throws IOException, GeneralSecurityException {
    try (TestClient client = implicit(host)) {
      SSLSocket socket = (SSLSocket) client.socket();
      return (X509Certificate) socket.getSession().getPeerCertificates()[0];
    }
  }

  private TestClient implicit(String host) throws IOException, GeneralSecurityException {
    Socket plain = new Socket(InetAddress.getLoopbackAddress(), edge.port(Role.SUBMISSIONS));
    SSLSocket socket =
        (SSLSocket)
            TestCertificate.anonymousClient()
                .getSocketFactory()
                .createSocket(plain, host, plain.getPort(), true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setServerNames(List.of(new SNIHostName(host)));
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return new TestClient(socket);
  }
}
