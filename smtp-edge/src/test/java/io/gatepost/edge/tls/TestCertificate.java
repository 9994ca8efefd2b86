package io.gatepost.edge.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslStoreBundle;

/// A key and a certificate that it has signed itself, made when a test asks for it.
public record TestCertificate(KeyStore store) {

  private static final String PASSWORD = "changeit";

  /// @param name the host or relay
  public static TestCertificate of(String name) {
    try {
      Path directory = Files.createTempDirectory("certificate");
      Path file = directory.resolve("store.p12");
      Process keytool =
          new ProcessBuilder(
                  List.of(
                      Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                      "-genkeypair",
                      "-alias",
                      "key",
                      "-keyalg",
                      "EC",
                      "-groupname",
                      "secp256r1",
                      "-dname",
                      "CN=" + name,
                      "-validity",
                      "2",
                      "-storetype",
                      "PKCS12",
                      "-storepass",
                      PASSWORD,
                      "-keystore",
                      file.toString()))
              .redirectErrorStream(true)
              .start();
      String said = new String(keytool.getInputStream().readAllBytes());
      if (!keytool.waitFor(30, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
        throw new IllegalStateException("keytool: " + said);
      }
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(new ByteArrayInputStream(Files.readAllBytes(file)), PASSWORD.toCharArray());
      Files.delete(file);
      Files.delete(directory);
      return new TestCertificate(store);
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /// The same as a server has it, trusting nobody's relays.
  public SslBundle bundle() {
    return SslBundle.of(SslStoreBundle.of(store, PASSWORD, null));
  }

  /// The same, with another certificate in the trust store.
  public SslBundle bundleTrusting(TestCertificate other) throws GeneralSecurityException {
    KeyStore trust = KeyStore.getInstance("PKCS12");
    try {
      trust.load(null, null);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    trust.setCertificateEntry("other", other.certificate());
    return SslBundle.of(SslStoreBundle.of(store, PASSWORD, trust));
  }

  public X509Certificate certificate() {
    try {
      return (X509Certificate) store.getCertificate("key");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  public String fingerprint() throws GeneralSecurityException {
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(certificate().getEncoded());
    return "sha256:" + HexFormat.ofDelimiter(":").withUpperCase().formatHex(digest);
  }

  /// A client that shows this certificate and takes any.
  public SSLContext client() throws GeneralSecurityException {
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, PASSWORD.toCharArray());
    return client(keys);
  }

  /// A client that shows none and takes any.
  public static SSLContext anonymousClient() throws GeneralSecurityException {
    return client(null);
  }

  private static SSLContext client(KeyManagerFactory keys) throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(
        keys == null ? null : keys.getKeyManagers(),
        new TrustManager[] {new Trusting()},
        new SecureRandom());
    return context;
  }

  private static final class Trusting implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
