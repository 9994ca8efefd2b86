package io.gatepost.edge.tls;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import javax.security.auth.x500.X500Principal;

/// Writes a certificate that is signed with its own key, ECDSA with SHA-256, in DER (RFC 5280 §4.1,
/// X.690).
final class SelfSigned {

  private static final int INTEGER = 0x02;
  private static final int BIT_STRING = 0x03;
  private static final int OCTET_STRING = 0x04;
  private static final int OBJECT_IDENTIFIER = 0x06;
  private static final int UTF8_STRING = 0x0c;
  private static final int UTC_TIME = 0x17;
  private static final int GENERALIZED_TIME = 0x18;
  private static final int SEQUENCE = 0x30;
  private static final int SET = 0x31;

  /// In a certificate.
  private static final int VERSION = 0xa0;

  private static final int EXTENSIONS = 0xa3;

  /// In a subjectAltName.
  private static final int DNS_NAME = 0x82;

  private static final byte[] V3 = {2};

  /// 1.2.840.10045.4.3.2, ecdsa-with-SHA256.
  private static final byte[] ECDSA_SHA256 = {
    0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 0x04, 0x03, 0x02
  };

  /// 2.5.4.3.
  private static final byte[] COMMON_NAME = {0x55, 0x04, 0x03};

  /// 2.5.29.17.
  private static final byte[] SUBJECT_ALT_NAME = {0x55, 0x1d, 0x11};

  /// RFC 5280 appendix A.1, ub-common-name.
  private static final int MAX_COMMON_NAME = 64;

  /// Years from here on are written with four digits (RFC 5280 §4.1.2.5).
  private static final int LAST_UTC_YEAR = 2049;

  private static final int SERIAL_BITS = 127;
  private static final DateTimeFormatter UTC = DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'");
  private static final DateTimeFormatter GENERALIZED =
      DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'");

  private SelfSigned() {}

  /// A certificate for a host.
  ///
  /// @param keys on the curve P-256
  static X509Certificate certificate(String host, KeyPair keys, Instant from, Instant until)
      throws GeneralSecurityException {
    byte[] algorithm = der(SEQUENCE, der(OBJECT_IDENTIFIER, ECDSA_SHA256));
    byte[] name = name(host);
    byte[] toBeSigned =
        der(
            SEQUENCE,
            der(VERSION, der(INTEGER, V3)),
            der(
                INTEGER,
                new BigInteger(SERIAL_BITS, new SecureRandom()).add(BigInteger.ONE).toByteArray()),
            algorithm,
            name,
            der(SEQUENCE, time(from), time(until)),
            name,
            keys.getPublic().getEncoded(),
            isLiteral(host) ? new byte[0] : der(EXTENSIONS, der(SEQUENCE, alternativeName(host))));
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign(keys.getPrivate());
    signature.update(toBeSigned);
    byte[] whole =
        der(SEQUENCE, toBeSigned, algorithm, der(BIT_STRING, new byte[1], signature.sign()));
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(whole));
  }

  /// The name in a certificate for a host.
  static X500Principal subject(String host) {
    return new X500Principal(name(host));
  }

  /// An address literal is no DNS name.
  private static boolean isLiteral(String host) {
    return host.startsWith("[");
  }

  private static byte[] name(String host) {
    String text = host.length() <= MAX_COMMON_NAME ? host : "Gatepost";
    return der(
        SEQUENCE,
        der(
            SET,
            der(SEQUENCE, der(OBJECT_IDENTIFIER, COMMON_NAME), der(UTF8_STRING, ascii(text)))));
  }

  private static byte[] alternativeName(String host) {
    return der(
        SEQUENCE,
        der(OBJECT_IDENTIFIER, SUBJECT_ALT_NAME),
        der(OCTET_STRING, der(SEQUENCE, der(DNS_NAME, ascii(host)))));
  }

  private static byte[] time(Instant instant) {
    ZonedDateTime utc = instant.atZone(ZoneOffset.UTC);
    return utc.getYear() <= LAST_UTC_YEAR
        ? der(UTC_TIME, ascii(UTC.format(utc)))
        : der(GENERALIZED_TIME, ascii(GENERALIZED.format(utc)));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /// A value with its tag and its length, in one, two or three octets.
  private static byte[] der(int tag, byte[]... parts) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      content.writeBytes(part);
    }
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.write(tag);
    int length = content.size();
    if (length > 0xff) {
      all.write(0x82);
      all.write(length >> 8);
    } else if (length > 0x7f) {
      all.write(0x81);
    }
    all.write(length);
    all.writeBytes(content.toByteArray());
    return all.toByteArray();
  }
}
