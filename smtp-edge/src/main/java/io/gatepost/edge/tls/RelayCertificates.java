package io.gatepost.edge.tls;

import io.gatepost.contract.digest.Sha256;
import io.gatepost.contract.setting.SettingException;
import java.security.GeneralSecurityException;
import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.X509TrustManager;

/// The client certificates that are as good as a password: by fingerprint, whoever signed them, or
/// by subject, where the bundle's trust store knows the signer.
public final class RelayCertificates {

  static final RelayCertificates NONE = new RelayCertificates(Set.of(), Set.of());

  private static final String FINGERPRINT = "sha256:";
  private static final String SUBJECT = "subject:";

  private final Set<String> fingerprints;
  private final Set<String> subjects;

  private RelayCertificates(Set<String> fingerprints, Set<String> subjects) {
    this.fingerprints = fingerprints;
    this.subjects = subjects;
  }

  /// Reads `sha256:` with 64 hexadecimal digits, colons between them or not, and `subject:` with a
  /// name as RFC 2253 writes it; throws [SettingException] where an entry is neither.
  public static RelayCertificates parse(String key, List<String> entries) {
    Set<String> fingerprints = new HashSet<>();
    Set<String> subjects = new HashSet<>();
    for (String entry : entries) {
      String text = entry.strip();
      if (text.startsWith(SUBJECT)) {
        subjects.add(text.substring(SUBJECT.length()));
        continue;
      }
      String digits = text.toLowerCase(Locale.ROOT).replace(":", "").replaceFirst("^sha256", "");
      if (!text.startsWith(FINGERPRINT) || !digits.matches("[0-9a-f]{64}")) {
        throw new SettingException(
            key, entry, "sha256: and 64 hexadecimal digits, or subject: and a name");
      }
      fingerprints.add(digits);
    }
    return new RelayCertificates(Set.copyOf(fingerprints), Set.copyOf(subjects));
  }

  boolean isEmpty() {
    return fingerprints.isEmpty() && subjects.isEmpty();
  }

  /// The name of the relay that a chain belongs to; empty where it is none of ours.
  Optional<String> relay(Certificate[] chain, Optional<X509TrustManager> trust) {
    if (chain.length == 0 || !(chain[0] instanceof X509Certificate own)) {
      return Optional.empty();
    }
    String subject = own.getSubjectX500Principal().getName();
    boolean known =
        fingerprints.contains(fingerprint(own))
            || (subjects.contains(subject) && isTrusted(chain, trust));
    return known ? Optional.of(subject) : Optional.empty();
  }

  private static boolean isTrusted(Certificate[] chain, Optional<X509TrustManager> trust) {
    if (trust.isEmpty()) {
      return false;
    }
    X509Certificate[] certificates = new X509Certificate[chain.length];
    for (int i = 0; i < chain.length; i++) {
      certificates[i] = (X509Certificate) chain[i];
    }
    try {
      trust.get().checkClientTrusted(certificates, certificates[0].getPublicKey().getAlgorithm());
      return true;
    } catch (GeneralSecurityException e) {
      return false; // an unknown signer, or out of date: no relay of ours, and no error
    }
  }

  private static String fingerprint(X509Certificate certificate) {
    try {
      return Sha256.hex(certificate.getEncoded());
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a certificate that was read has its octets", e);
    }
  }
}
