package io.gatepost.bench.mta;

import io.gatepost.bench.load.Programs;
import io.gatepost.bench.measure.Pause;
import io.gatepost.embedded.FreePort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/// ClamAV's milter as it is packaged: between Postfix and whoever speaks clamd's protocol. Where it
/// is hurt the mail waits, as it does with the others.
final class ClamavMilter {

  private static final String PROGRAM = "clamav-milter";

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final String CONFIG =
      """
      MilterSocket inet:%1$d@127.0.0.1
      ClamdSocket tcp:%2$s
      Foreground yes
      TemporaryDirectory %3$s
      LogFile %3$s/milter.log
      OnInfected Reject
      OnFail Defer
      AddHeader No
      """;

  private ClamavMilter() {}

  static boolean isInstalled() {
    return Programs.isInstalled(PROGRAM);
  }

  /// Starts one, and returns when it listens.
  ///
  /// @param directory for its configuration, its log and its temporary files
  /// @param scanning with somebody who scans
  static InetSocketAddress start(Path directory, Scanning scanning) throws IOException {
    InetSocketAddress milter =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), FreePort.find());
    Path place = Files.createDirectory(directory.resolve("milter"));
    Path config = place.resolve("milter.conf");
    Files.writeString(
        config,
        CONFIG.formatted(milter.getPort(), Programs.text(scanning.clamd().orElseThrow()), place));
    Path output = place.resolve("output");
    Process process =
        scanning
            .helpers()
            .start(
                new ProcessBuilder(Programs.find(PROGRAM), "-c", config.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile()));
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!listens(milter)) {
      if (!process.isAlive() || System.nanoTime() > end) {
        throw new IOException(
            "clamav-milter does not start: "
                + Files.readString(output, StandardCharsets.ISO_8859_1).strip());
      }
      Pause.millis(50);
    }
    return milter;
  }

  private static boolean listens(InetSocketAddress address) {
    try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
      return socket.isConnected();
    } catch (IOException e) {
      return false; // not yet
    }
  }
}
