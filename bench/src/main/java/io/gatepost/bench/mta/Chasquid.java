package io.gatepost.bench.mta;

import io.gatepost.bench.load.Greeting;
import io.gatepost.bench.load.Programs;
import io.gatepost.embedded.FreePort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/// chasquid as it is packaged. It has no smart host, so it does not relay here.
public record Chasquid() implements MailSystem {

  public static final String NAME = "chasquid";

  private static final String CONFIG =
      """
      hostname: "chasquid.test"
      smtp_address: "127.0.0.1:%1$d"
      submission_address: "127.0.0.1:%2$d"
      data_dir: "%3$s/data"
      mail_log_path: "%3$s/log"
      """;

  private static final String PASSWORD = "loopback";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Optional<String> obstacle(Work work) {
    if (!Programs.isInstalled("chasquid")) {
      return Optional.of("not installed (Debian: chasquid)");
    }
    return switch (work) {
      case RELAY, EARLY, SCAN, QUEUE -> Optional.of("has no smart host");
      case CALLOUT -> Optional.of("asks no next hop");
      case LISTS, MIX -> Optional.of("has no DNS lists");
      case REJECT, IDLE -> Optional.empty();
    };
  }

  @Override
  public boolean warmsUp() {
    return false;
  }

  @Override
  public RunningSystem start(Site site) throws IOException, InterruptedException {
    InetSocketAddress smtp =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), FreePort.find());
    Path config = Files.createDirectory(site.directory().resolve("etc"));
    Files.createDirectories(config.resolve("domains").resolve(Site.DOMAIN));
    Files.writeString(
        config.resolve("chasquid.conf"),
        CONFIG.formatted(smtp.getPort(), FreePort.find(), site.directory()));
    certify(Files.createDirectories(config.resolve("certs/chasquid.test")));
    addUser(site, config);
    Process process =
        site.group()
            .start(
                new ProcessBuilder(
                        Programs.find("chasquid"),
                        "-config_dir=" + config,
                        "-logfile=" + site.directory().resolve("server.log"))
                    .redirectErrorStream(true)
                    .redirectOutput(site.directory().resolve("output").toFile()));
    Greeting.await(smtp, process::isAlive);
    return new RunningSystem(smtp, Optional.empty(), site);
  }

  private static void addUser(Site site, Path config) throws IOException, InterruptedException {
    Process process =
        site.group()
            .start(
                new ProcessBuilder(
                        Programs.find("chasquid-util"),
                        "--configdir=" + config,
                        "user-add",
                        Site.USER + "@" + Site.DOMAIN,
                        "--password=" + PASSWORD)
                    .redirectErrorStream(true)
                    .redirectOutput(site.directory().resolve("user.log").toFile()));
    if (process.waitFor() != 0) {
      throw new IOException(
          "chasquid-util: " + Files.readString(site.directory().resolve("user.log")));
    }
  }

  /// It does not start without a certificate, though nobody asks for TLS here.
  private static void certify(Path directory) throws IOException, InterruptedException {
    Path store = directory.resolve("store.p12");
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
            "-genkeypair",
            "-alias",
            "bench",
            "-keyalg",
            "EC",
            "-dname",
            "CN=chasquid.test",
            "-keystore",
            store.toString(),
            "-storetype",
            "PKCS12",
            "-storepass",
            PASSWORD);
    Process keytool =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("keytool.log").toFile())
            .start();
    if (keytool.waitFor() != 0) {
      throw new IOException("keytool: " + Files.readString(directory.resolve("keytool.log")));
    }
    try {
      KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
      Key key = keys.getKey("bench", PASSWORD.toCharArray());
      Files.writeString(directory.resolve("privkey.pem"), pem("PRIVATE KEY", key.getEncoded()));
      Files.writeString(
          directory.resolve("fullchain.pem"),
          pem("CERTIFICATE", keys.getCertificate("bench").getEncoded()));
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
  }

  private static String pem(String what, byte[] octets) {
    return "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n"
        .formatted(what, Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(octets));
  }
}
