package io.gatepost.testkit.peer;

import io.gatepost.embedded.FreePort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// SpamAssassin's spamd on the loopback address, with the rules of the Debian package and without
/// network, DNS, Bayes and users' preferences.
public final class Spamd implements AutoCloseable {

  private static final int END_SECONDS = 20;

  private final Path home;
  private final int port;
  private final int children;
  private final OwnServer server;

  private Spamd(Path home, int port, int children) throws IOException {
    this.home = home;
    this.port = port;
    this.children = children;
    this.server = new OwnServer(home, this::run, Spamd::end);
  }

  /// Starts it.
  ///
  /// @param children how many messages it scans at a time
  public static Spamd start(int children) {
    return start(children, "");
  }

  /// Starts it with rules besides those of the package.
  ///
  /// @param children how many messages it scans at a time
  /// @param rules lines of a configuration file, which override what is set here
  public static Spamd start(int children, String rules) {
    try {
      Path home = Files.createTempDirectory("spamd");
      Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxr-xr-x"));
      Path site = Files.createDirectory(home.resolve("site"));
      Files.createDirectory(home.resolve("user"));
      Files.setPosixFilePermissions(
          home.resolve("user"), PosixFilePermissions.fromString("rwxrwxrwx"));
      Files.writeString(site.resolve("local.cf"), CONFIGURATION + rules);
      try (Stream<Path> plugins = Files.list(Path.of("/etc/spamassassin"))) {
        for (Path plugin : plugins.filter(file -> file.toString().endsWith(".pre")).toList()) {
          Files.copy(plugin, site.resolve(plugin.getFileName()));
        }
      }
      return new Spamd(home, FreePort.find(), children);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Where it listens: `127.0.0.1:port`.
  public String address() {
    return "127.0.0.1:" + port;
  }

  /// The process that accepts connections, to be stopped and continued; its children scan.
  public ProcessHandle process() {
    return server.process();
  }

  /// Returns its log.
  public String log() {
    return server.text("spamd.log");
  }

  /// Ends it, with its children.
  public void kill() {
    server.kill();
  }

  private static void end(Process process) {
    List<ProcessHandle> all = process.descendants().toList();
    process.destroy();
    try {
      process.waitFor(END_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    all.forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly().onExit().join();
    all.forEach(child -> child.onExit().join());
  }

  /// Starts it again at the same address; ends it first where it still runs.
  public void restart() {
    server.restart();
  }

  @Override
  public void close() {
    server.close();
  }

  private Process run() throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--local",
                "--listen=127.0.0.1:" + port,
                "--allowed-ips=127.0.0.1",
                "--siteconfigpath=" + home + "/site",
                "--helper-home-dir=" + home + "/user",
                "--max-children=" + children,
                "--min-children=1",
                "--min-spare=1",
                "--nouser-config",
                "--syslog=stderr"));
    if (System.getProperty("user.name").equals("root")) {
      arguments.add("--username=nobody"); // it refuses to scan as root
    }
    return Listening.start(
        Peer.find("spamd", "spamd"),
        home.resolve("spamd.log"),
        arguments,
        Listening.loopback(port));
  }

  private static final String CONFIGURATION =
      """
      required_score 5.0
      use_bayes 0
      skip_rbl_checks 1
      dns_available no
      report_safe 0
      """;
}
