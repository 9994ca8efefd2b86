package io.gatepost.edge.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatepost.contract.setting.SettingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.ssl.pem.PemContent;

class OwnCertificateTest {

  private static final String HOST = "mx.example";

  @TempDir private Path data;

  private Instant now = Instant.parse("2030-01-01T00:00:00Z");

  private Path file() {
    return data.resolve("tls/self-signed.pem");
  }

  private OwnCertificate start(String host) {
    return new OwnCertificate(data, host, () -> now);
  }

  private static X509Certificate used(OwnCertificate own) throws GeneralSecurityException {
    return (X509Certificate)
        own.bundles()
            .getBundle(OwnCertificate.BUNDLE)
            .getStores()
            .getKeyStore()
            .getCertificate("ssl");
  }

  private X509Certificate kept() throws IOException {
    return PemContent.load(file()).getCertificates().getFirst();
  }

  @Test
  void theFirstStartMakesOneForThisHost() throws Exception {
    try (OwnCertificate own = start(HOST)) {
      X509Certificate certificate = used(own);

      certificate.verify(certificate.getPublicKey());
      assertThat(certificate.getSubjectX500Principal().getName()).isEqualTo("CN=" + HOST);
      assertThat(certificate.getSubjectAlternativeNames()).containsExactly(List.of(2, HOST));
      assertThat(certificate.getNotBefore().toInstant()).isBefore(now);
      assertThat(certificate.getNotAfter().toInstant()).isEqualTo(now.plus(Duration.ofDays(365)));
    }
  }

  @Test
  void nobodyElseMayReadItsKey() throws Exception {
    start(HOST).close();

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
        .isEqualTo("rw-------");
    try (var files = Files.list(file().getParent())) {
      assertThat(files).containsExactly(file());
    }
  }

  @Test
  void laterStartsUseTheSame() throws Exception {
    start(HOST).close();
    X509Certificate first = kept();

    try (OwnCertificate own = start(HOST)) {
      assertThat(used(own)).isEqualTo(first).isEqualTo(kept());
    }
  }

  @Test
  void itIsRenewedBeforeItEnds() throws Exception {
    try (OwnCertificate own = start(HOST)) {
      X509Certificate first = used(own);
      now = now.plus(Duration.ofDays(334));
      own.renew();
      assertThat(used(own)).isEqualTo(first);

      now = now.plus(Duration.ofDays(2));
      own.renew();
      assertThat(used(own)).isNotEqualTo(first).isEqualTo(kept());
    }
  }

  @Test
  void anotherNameGetsAnother() throws Exception {
    start(HOST).close();
    start("other.example").close();

    assertThat(kept().getSubjectX500Principal().getName()).isEqualTo("CN=other.example");
  }

  @Test
  void aDamagedOneIsMadeAgain() throws Exception {
    start(HOST).close();
    String whole = Files.readString(file());
    String key = whole.substring(0, whole.indexOf("-----BEGIN CERTIFICATE"));
    start("other.example").close();
    String other = Files.readString(file());
    List<String> damaged =
        List.of(
            "",
            "no certificate",
            whole.substring(0, whole.length() / 2),
            whole.replaceFirst("MII.", "AAAA"),
            key + other.substring(other.indexOf("-----BEGIN CERTIFICATE")));

    for (String text : damaged) {
      Files.writeString(file(), text);
      try (OwnCertificate own = start(HOST)) {
        assertThat(used(own)).isEqualTo(kept());
      }
    }
  }

  @Test
  void whereItCannotBeKeptTheStartSaysSo() throws Exception {
    Files.writeString(data.resolve("tls"), "in the way");

    assertThatThrownBy(() -> start(HOST))
        .isInstanceOf(SettingException.class)
        .hasMessageStartingWith("gatepost.edge.tls.bundle = \"\"")
        .hasMessageContaining("self-signed.pem");
  }

  @Test
  void longNamesLiteralsAndFarTimesAreWritten() throws Exception {
    now = Instant.parse("2060-01-01T00:00:00Z");
    for (String host : List.of("a".repeat(60) + ".example.example", "[192.0.2.1]")) {
      try (OwnCertificate own = start(host)) {
        assertThat(used(own).getNotAfter().toInstant()).isEqualTo(now.plus(Duration.ofDays(365)));
      }
    }
  }
}
