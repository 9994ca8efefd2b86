package io.gatepost.bench.scan;

import io.gatepost.bench.load.Programs;
import io.gatepost.bench.measure.ProcessGroup;
import io.gatepost.embedded.FreePort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/// ClamAV's clamd as it is packaged, with a signature of its own and none from the network: with
/// the official ones a scan takes many times as long. It keeps no results, so that each message is
/// scanned, and logs each scan, so that they can be counted.
public record Clamd(InetSocketAddress address, Path log) implements ScanServer {

  private static final String PROGRAM = "clamd";

  private static final String CONFIG =
      """
      Foreground yes
      DatabaseDirectory %1$s/db
      TemporaryDirectory %1$s
      TCPSocket %2$d
      TCPAddr 127.0.0.1
      LogFile %1$s/clamd.log
      LogFileMaxSize 0
      LogClean yes
      DisableCache yes
      StreamMaxLength 100M
      """;

  /// EICAR's test file by its digest.
  private static final String SIGNATURE = "44d88612fea8a8f36de82e1278abb02f:68:Bench.Eicar-Hash\n";

  /// Whether it is installed.
  public static boolean isInstalled() {
    return Programs.isInstalled(PROGRAM);
  }

  /// Starts one, and returns when it answers.
  ///
  /// @param directory its own, empty
  public static Clamd start(ProcessGroup group, Path directory) throws IOException {
    InetSocketAddress address =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), FreePort.find());
    Files.writeString(
        Files.createDirectory(directory.resolve("db")).resolve("bench.hdb"), SIGNATURE);
    Path config = directory.resolve("clamd.conf");
    String user = Programs.isRoot() ? "User root\n" : "";
    Files.writeString(config, CONFIG.formatted(directory, address.getPort()) + user);
    Path output = directory.resolve("output");
    Process process =
        group.start(
            new ProcessBuilder(Programs.find(PROGRAM), "-c", config.toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile()));
    try {
      ClamdTalk.await(address, process::isAlive);
    } catch (IOException e) {
      throw new IOException(
          "clamd does not start: " + Files.readString(output, StandardCharsets.ISO_8859_1), e);
    }
    return new Clamd(address, directory.resolve("clamd.log"));
  }

  @Override
  public long scans() throws IOException {
    try (Stream<String> lines = Files.lines(log, StandardCharsets.ISO_8859_1)) {
      return lines.filter(line -> line.contains("instream(") && line.endsWith(": OK")).count();
    }
  }
}
