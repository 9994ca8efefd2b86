package io.gatepost.routing.ldap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.routing.chain.RouterResult;
import io.gatepost.testkit.peer.Slapd;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreDetails;

/// Connections in TLS to a real directory: certificates have to be trusted, and the host's.
@Timeout(120)
class DirectoryTlsTest {

  private static final String ENTRIES =
      """
      dn: uid=u,dc=peer,dc=test
      objectClass: inetOrgPerson
      objectClass: inetLocalMailRecipient
      uid: u
      cn: u
      sn: u
      mailLocalAddress: u@peer.test
      mailHost: store.test

      """;

  private static Slapd slapd;
  private static Slapd other;

  @BeforeAll
  static void start() {
    slapd = Slapd.startWithTls(ENTRIES, "localhost");
    other = Slapd.startWithTls(ENTRIES, "other.test");
  }

  @AfterAll
  static void stop() {
    slapd.close();
    other.close();
  }

  private static SSLContext trusting(Path certificate) {
    PemSslStoreDetails trust = PemSslStoreDetails.forCertificate("file:" + certificate);
    return SslBundle.of(new PemSslStoreBundle(null, trust)).createSslContext();
  }

  private static RouterResult find(String url, SSLContext context, String... changes) {
    try (LdapTrial trial = LdapTrial.of(url, () -> context, changes)) {
      return trial.find("u@peer.test");
    }
  }

  private static String[] tls(String scheme) {
    return scheme.equals("ldap") ? new String[] {"start-tls=true"} : new String[0];
  }

  @ParameterizedTest
  @ValueSource(strings = {"ldap", "ldaps"})
  void aTrustedCertificateOfTheHostIsTaken(String scheme) {
    assertThat(find(slapd.url(scheme, "localhost"), trusting(slapd.certificate()), tls(scheme)))
        .isInstanceOf(RouterResult.Deliver.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ldap", "ldaps"})
  void oneThatNobodyTrustsIsNot(String scheme) throws GeneralSecurityException {
    assertThat(find(slapd.url(scheme, "localhost"), SSLContext.getDefault(), tls(scheme)))
        .isEqualTo(Results.LATER);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ldap", "ldaps"})
  void oneOfAnotherHostIsNot(String scheme) {
    assertThat(find(other.url(scheme, "localhost"), trusting(other.certificate()), tls(scheme)))
        .isEqualTo(Results.LATER);
  }

  @Test
  void aServerWithoutTlsIsNotAskedInTheClear() throws IOException, InterruptedException {
    try (Slapd plain = Slapd.start(ENTRIES)) {
      RouterResult result =
          find(
              plain.url("ldap", "localhost"),
              trusting(slapd.certificate()),
              "start-tls=true",
              "bind-dn=" + Slapd.ADMIN,
              "password=" + Slapd.PASSWORD);

      assertThat(result).isEqualTo(Results.LATER);
      assertThat(plain.searches()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ldap", "ldaps"})
  void aServerThatFallsSilentInTheHandshakeHoldsItsSlotForABoundedTime(String scheme)
      throws IOException {
    byte[] startTlsSucceeds = {0x30, 0x0c, 2, 1, 1, 0x78, 7, 0x0a, 1, 0, 4, 0, 4, 0};
    byte[] answer = scheme.equals("ldap") ? startTlsSucceeds : new byte[0];
    try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual().start(() -> answerOnce(server, answer));
      String url = scheme + "://localhost:" + server.getLocalPort();
      String[] settings =
          scheme.equals("ldap")
              ? new String[] {"timeout=500ms", "slots=1", "start-tls=true"}
              : new String[] {"timeout=500ms", "slots=1"};
      try (LdapTrial trial = LdapTrial.of(url, () -> trusting(slapd.certificate()), settings)) {
        assertThat(trial.find("u@peer.test")).isEqualTo(Results.LATER);

        await().atMost(LdapTrial.LONGEST).until(() -> trial.gate.running() == 0);
      }
    }
  }

  /// Answers the first request of each connection, and then nothing.
  private static void answerOnce(ServerSocket server, byte[] answer) {
    try {
      while (true) {
        Socket socket = server.accept();
        Thread.ofVirtual()
            .start(() -> {
              try (socket;
                  InputStream in = socket.getInputStream()) {
                in.read();
                socket.getOutputStream().write(answer);
                in.transferTo(OutputStream.nullOutputStream());
              } catch (IOException e) {
                // the client has gone
              }
            });
      }
    } catch (IOException e) {
      // the test is over
    }
  }
}
