package io.gatepost.allinone;

import io.gatepost.embedded.EmbeddedBroker;
import io.gatepost.embedded.FreePort;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.Properties;

/// A broker whose only listener for clients asks for TLS and a password, as those of companies do.
/// It has a certificate of its own, and one user.
final class SecuredBroker implements AutoCloseable {

  static final String USER = "mail";
  static final String PASSWORD = "swordfish";
  private static final String STORE_PASSWORD = "changeit";

  private final EmbeddedBroker broker;
  private final int port;
  private final Path certificate;

  private SecuredBroker(EmbeddedBroker broker, int port, Path certificate) {
    this.broker = broker;
    this.port = port;
    this.certificate = certificate;
  }

  static SecuredBroker start(Path directory) throws Exception {
    Path store = makeKey(directory);
    int port = FreePort.find();
    EmbeddedBroker broker =
        EmbeddedBroker.start(
            directory.resolve("kafka"),
            FreePort.find(),
            properties -> addListener(properties, port, store));
    return new SecuredBroker(broker, port, writeCertificate(directory, store));
  }

  /// Where it asks for TLS and a password.
  String address() {
    return "127.0.0.1:" + port;
  }

  /// The settings by which clients may come.
  List<String> settings() {
    return List.of(
        "spring.kafka.bootstrap-servers=" + address(),
        "spring.ssl.bundle.pem.broker.truststore.certificate=file:" + certificate,
        "spring.kafka.ssl.bundle=broker",
        "spring.kafka.security.protocol=SASL_SSL",
        "spring.kafka.properties.sasl.mechanism=PLAIN",
        "spring.kafka.properties.sasl.jaas.config=" + login(PASSWORD));
  }

  static String login(String password) {
    return "org.apache.kafka.common.security.plain.PlainLoginModule required username=\""
        + USER
        + "\" password=\""
        + password
        + "\";";
  }

  @Override
  public void close() {
    broker.close();
  }

  private static void addListener(Properties properties, int port, Path store) {
    for (String key : List.of("listeners", "advertised.listeners")) {
      properties.merge(key, ",SECURED://127.0.0.1:" + port, (old, more) -> "" + old + more);
    }
    properties.merge(
        "listener.security.protocol.map", ",SECURED:SASL_SSL", (old, more) -> "" + old + more);
    String prefix = "listener.name.secured.";
    properties.put(prefix + "sasl.enabled.mechanisms", "PLAIN");
    properties.put(
        prefix + "plain.sasl.jaas.config",
        "org.apache.kafka.common.security.plain.PlainLoginModule required user_"
            + USER
            + "=\""
            + PASSWORD
            + "\";");
    properties.put(prefix + "ssl.keystore.type", "PKCS12");
    properties.put(prefix + "ssl.keystore.location", store.toString());
    properties.put(prefix + "ssl.keystore.password", STORE_PASSWORD);
    properties.put(prefix + "ssl.key.password", STORE_PASSWORD);
  }

  private static Path makeKey(Path directory) throws IOException, InterruptedException {
    Path store = directory.resolve("broker.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "broker",
                "-keyalg",
                "EC",
                "-dname",
                "CN=broker",
                "-ext",
                "san=ip:127.0.0.1",
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-storepass",
                STORE_PASSWORD,
                "-keystore",
                store.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (keytool.waitFor() != 0) {
      throw new IOException("keytool: " + said);
    }
    return store;
  }

  private static Path writeCertificate(Path directory, Path store)
      throws IOException, GeneralSecurityException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, STORE_PASSWORD.toCharArray());
    }
    String body =
        Base64.getMimeEncoder().encodeToString(keys.getCertificate("broker").getEncoded());
    Path pem = directory.resolve("broker.pem");
    return Files.writeString(
        pem, "-----BEGIN CERTIFICATE-----\n" + body + "\n-----END CERTIFICATE-----\n");
  }
}
