package io.gatepost.testkit.peer;

import io.gatepost.embedded.FreePort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/// ClamAV's clamd on the loopback address and on a UNIX socket, with a few signatures of its own
/// and none from the network: it finds EICAR's test file, by its digest and anywhere within a text.
public final class Clamd implements AutoCloseable {

  private static final String EICAR_MD5 = "44d88612fea8a8f36de82e1278abb02f:68";

  /// EICAR's 68 octets in hexadecimal.
  private static final String EICAR_HEX =
      "58354f2150254041505b345c505a58353428505e2937434329377d2445494341522d5354414e444152442d"
          + "414e544956495255532d544553542d46494c452124482b482a";

  private final Path home;
  private final int port;
  private final OwnServer server;

  private Clamd(Path home, int port) throws IOException {
    this.home = home;
    this.port = port;
    this.server = new OwnServer(home, this::run);
  }

  /// Starts it.
  public static Clamd start() {
    return start(Map.of());
  }

  /// Starts it with settings of `clamd.conf` beside ours.
  public static Clamd start(Map<String, String> settings) {
    try {
      Path home = Files.createTempDirectory("clamd");
      int port = FreePort.find();
      Path signatures = Files.createDirectory(home.resolve("db"));
      Files.writeString(signatures.resolve("test.hdb"), EICAR_MD5 + ":Test.Eicar-Hash\n");
      Files.writeString(
          signatures.resolve("test.ndb"), "Test.Eicar-Pattern:0:*:" + EICAR_HEX + "\n");
      Files.writeString(home.resolve("clamd.conf"), configuration(home, port, settings));
      return new Clamd(home, port);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Where it listens over TCP: `127.0.0.1:port`.
  public String address() {
    return "127.0.0.1:" + port;
  }

  /// Where it listens on this machine: `unix:/path`.
  public String unixAddress() {
    return "unix:" + home.resolve("clamd.ctl");
  }

  /// The process, to be stopped and continued.
  public ProcessHandle process() {
    return server.process();
  }

  /// Returns its log.
  public String log() {
    return server.text("clamd.log");
  }

  /// Gives it one more signature and has it load all of them again, which takes it a moment.
  ///
  /// @param text of a whole message that it finds from then on
  public void learn(String name, byte[] text) {
    try {
      Files.writeString(
          home.resolve("db/learned.hdb"),
          "%s:%d:%s%n".formatted(md5(text), text.length, name),
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        socket.getOutputStream().write("nRELOAD\n".getBytes(StandardCharsets.US_ASCII));
        socket.getInputStream().readAllBytes();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String md5(byte[] text) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(text));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JDK has it
    }
  }

  /// Kills it.
  public void kill() {
    server.kill();
  }

  /// Starts it again at the same addresses; kills it first where it still runs.
  public void restart() {
    server.restart();
  }

  @Override
  public void close() {
    server.close();
  }

  private Process run() throws IOException {
    return Listening.start(
        Peer.find("clamd", "clamav-daemon"),
        home.resolve("clamd.log"),
        List.of("-c", home + "/clamd.conf"),
        Listening.loopback(port));
  }

  private static String configuration(Path home, int port, Map<String, String> settings) {
    StringBuilder text =
        new StringBuilder(
            """
            Foreground yes
            DatabaseDirectory %1$s/db
            TemporaryDirectory %1$s
            TCPSocket %2$d
            TCPAddr 127.0.0.1
            LocalSocket %1$s/clamd.ctl
            FixStaleSocket yes
            """
                .formatted(home, port));
    if (System.getProperty("user.name").equals("root")) {
      text.append("User root\n");
    }
    settings.forEach((key, value) -> text.append(key).append(' ').append(value).append('\n'));
    return text.toString();
  }
}
