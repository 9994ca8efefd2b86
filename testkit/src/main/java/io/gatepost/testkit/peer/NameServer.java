package io.gatepost.testkit.peer;

import io.gatepost.embedded.FreePort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A name server of somebody else's on a free port of the loopback address, UDP and TCP.
public final class NameServer implements AutoCloseable {

  private static final Duration LONGEST_STOP = Duration.ofSeconds(10);

  private final Process process;
  private final int port;
  private final Path directory;

  private NameServer(Process process, int port, Path directory) {
    this.process = process;
    this.port = port;
    this.directory = directory;
  }

  /// Starts NSD, which knows its zones and asks nobody. It answers with SERVFAIL for a zone without
  /// text.
  ///
  /// @param zones the text of each zone's file, by the zone's name
  public static NameServer nsd(Map<String, String> zones) {
    return start(
        "nsd",
        (directory, port) -> {
          List<String> lines =
              new ArrayList<>(
                  List.of(
                      "server:",
                      "  ip-address: 127.0.0.1@" + port,
                      "  username: \"\"",
                      "  chroot: \"\"",
                      "  zonesdir: \"" + directory + "\"",
                      "  database: \"\"",
                      "  pidfile: \"" + directory + "/nsd.pid\"",
                      "  xfrdfile: \"" + directory + "/xfrd.state\"",
                      "  zonelistfile: \"" + directory + "/zone.list\"",
                      "  server-count: 1",
                      "  rrl-ratelimit: 0",
                      "remote-control:",
                      "  control-enable: no"));
          for (Map.Entry<String, String> zone : zones.entrySet()) {
            lines.add("zone:");
            lines.add("  name: " + zone.getKey());
            lines.add("  zonefile: " + zone.getKey());
            if (!zone.getValue().isEmpty()) {
              Files.writeString(directory.resolve(zone.getKey()), zone.getValue());
            }
          }
          return lines;
        });
  }

  /// Starts Unbound, a resolver, which asks nobody but those that its options name.
  ///
  /// @param options lines of its configuration, from the clause `server` on
  public static NameServer unbound(List<String> options) {
    return start(
        "unbound",
        (directory, port) -> {
          List<String> lines =
              new ArrayList<>(
                  List.of(
                      "server:",
                      "  interface: 127.0.0.1@" + port,
                      "  directory: \"" + directory + "\"",
                      "  pidfile: \"" + directory + "/unbound.pid\"",
                      "  chroot: \"\"",
                      "  username: \"\"",
                      "  use-syslog: no",
                      "  do-ip6: no",
                      "  module-config: \"iterator\"",
                      "  do-not-query-localhost: no",
                      "  local-zone: \"example.\" nodefault"));
          lines.addAll(options);
          lines.addAll(List.of("remote-control:", "  control-enable: no"));
          return lines;
        });
  }

  /// Returns its address as a setting: `127.0.0.1:5353`.
  public String server() {
    return "127.0.0.1:" + port;
  }

  /// Returns where it listens.
  public int port() {
    return port;
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(LONGEST_STOP.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
      }
      OwnServer.delete(directory);
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  /// Writes a configuration.
  private interface Configuration {
    List<String> write(Path directory, int port) throws IOException;
  }

  private static NameServer start(String name, Configuration configuration) {
    Peer program = Peer.find(name, name);
    try {
      Path directory = Files.createTempDirectory(name);
      int port = FreePort.find();
      Path file = directory.resolve(name + ".conf");
      Files.write(file, configuration.write(directory, port));
      Process process =
          Listening.start(
              program,
              directory.resolve("log"),
              List.of("-d", "-c", file.toString()),
              Listening.loopback(port));
      return new NameServer(process, port, directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
