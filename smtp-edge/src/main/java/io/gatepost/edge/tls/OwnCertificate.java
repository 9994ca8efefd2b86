package io.gatepost.edge.tls;

import io.gatepost.contract.setting.SettingException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.ssl.pem.PemContent;
import org.springframework.boot.ssl.pem.PemSslStore;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;

/// The certificate for STARTTLS where no bundle is set: made at the first start, signed by itself,
/// kept in the data directory, and renewed before it ends. It protects mail from listeners on the
/// way (RFC 7435); it proves nothing, so that no password is asked for over it.
public final class OwnCertificate implements AutoCloseable {

  /// The name of the bundle that it makes.
  static final String BUNDLE = "self-signed";

  private static final Logger log = LoggerFactory.getLogger(OwnCertificate.class);
  private static final Duration VALIDITY = Duration.ofDays(365);

  /// A renewed one is in use so long before the old one ends.
  private static final Duration OVERLAP = Duration.ofDays(30);

  /// Clocks of clients may be behind.
  private static final Duration BACKDATED = Duration.ofDays(1);

  private static final Duration LOOK = Duration.ofHours(12);

  private final Path file;
  private final String host;
  private final InstantSource clock;
  private final DefaultSslBundleRegistry bundles = new DefaultSslBundleRegistry();
  private final ScheduledExecutorService renewal =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("certificate").factory());
  private Held held;

  private record Held(X509Certificate certificate, PrivateKey key) {}

  /// Reads it, or makes it where there is none, or none that can be used: it is damaged, ends soon,
  /// or is another host's. Throws [SettingException] where it cannot be read or written.
  ///
  /// @param data the data directory
  /// @param host whose it is
  public OwnCertificate(Path data, String host, InstantSource clock) {
    this.file = data.resolve("tls").resolve("self-signed.pem");
    this.host = host;
    this.clock = clock;
    try {
      this.held = read().filter(this::isGood).orElseGet(this::made);
    } catch (IOException e) {
      throw unusable(e);
    }
    bundles.registerBundle(BUNDLE, bundle(held));
    renewal.scheduleWithFixedDelay(
        this::renew, LOOK.toSeconds(), LOOK.toSeconds(), TimeUnit.SECONDS);
  }

  /// The bundle, followed when it is renewed.
  SslBundles bundles() {
    return bundles;
  }

  /// Makes a new one where the old one ends soon. Where that fails the old one stays.
  void renew() {
    try {
      if (!isGood(held)) {
        held = made();
        bundles.updateBundle(BUNDLE, bundle(held));
      }
    } catch (SettingException e) {
      log.error("tls certificate is not renewed: {}", e.getMessage());
    }
  }

  @Override
  public void close() {
    renewal.shutdownNow();
  }

  /// Empty where there is none, or it is damaged: nothing depends on it being the same.
  private Optional<Held> read() throws IOException {
    String text;
    try {
      text = Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    try {
      PemContent content = PemContent.of(text);
      Held found =
          new Held(
              content.getCertificates().getFirst(),
              Objects.requireNonNull(content.getPrivateKey()));
      if (belongTogether(found)) {
        return Optional.of(found);
      }
      log.warn("tls certificate {} is damaged and made again: not its key", file);
    } catch (RuntimeException | GeneralSecurityException e) {
      log.warn("tls certificate {} is damaged and made again: {}", file, e.toString());
    }
    return Optional.empty();
  }

  private static boolean belongTogether(Held held) throws GeneralSecurityException {
    byte[] text = {1};
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign(held.key());
    signature.update(text);
    byte[] signed = signature.sign();
    signature.initVerify(held.certificate());
    signature.update(text);
    return signature.verify(signed);
  }

  private boolean isGood(Held certificate) {
    return certificate
            .certificate()
            .getNotAfter()
            .toInstant()
            .isAfter(clock.instant().plus(OVERLAP))
        && certificate.certificate().getSubjectX500Principal().equals(SelfSigned.subject(host));
  }

  private Held made() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      KeyPair keys = generator.generateKeyPair();
      X509Certificate certificate =
          SelfSigned.certificate(
              host, keys, clock.instant().minus(BACKDATED), clock.instant().plus(VALIDITY));
      write(certificate, keys.getPrivate());
      log.info(
          "tls certificate made host={} until={} file={}", host, certificate.getNotAfter(), file);
      return new Held(certificate, keys.getPrivate());
    } catch (IOException e) {
      throw unusable(e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has ECDSA on P-256", e);
    }
  }

  /// Key and certificate in one file, so that a crash leaves no two that do not belong together.
  private void write(X509Certificate certificate, PrivateKey key)
      throws IOException, GeneralSecurityException {
    Files.createDirectories(file.getParent());
    Path fresh =
        Files.createTempFile(
            file.getParent(),
            "self-signed",
            ".new",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      String text =
          pem("PRIVATE KEY", key.getEncoded()) + pem("CERTIFICATE", certificate.getEncoded());
      try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
        ByteBuffer octets = StandardCharsets.US_ASCII.encode(text);
        while (octets.hasRemaining()) {
          channel.write(octets);
        }
        channel.force(true);
      }
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  private static String pem(String label, byte[] der) {
    return "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n"
        .formatted(label, Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der));
  }

  private static SslBundle bundle(Held held) {
    return SslBundle.of(
        new PemSslStoreBundle(PemSslStore.of(List.of(held.certificate()), held.key()), null));
  }

  private SettingException unusable(IOException e) {
    return new SettingException(
        "gatepost.edge.tls.bundle",
        "",
        "a certificate, or none for no TLS, as %s cannot be read and written: %s"
            .formatted(file, e));
  }
}
