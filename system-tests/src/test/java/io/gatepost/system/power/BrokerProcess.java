package io.gatepost.system.power;

import io.gatepost.embedded.EmbeddedBroker;
import io.gatepost.embedded.FreePort;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;

/// The embedded broker in a process of its own, to be killed.
final class BrokerProcess implements AutoCloseable {

  private static final String READY = "ready";

  private final Process process;
  private final String bootstrapServers;

  private BrokerProcess(Process process, String bootstrapServers) {
    this.process = process;
    this.bootstrapServers = bootstrapServers;
  }

  /// Starts one; use [#isReady] to wait for it.
  ///
  /// @param directory where its log is, or shall be
  /// @param log takes what it says
  static BrokerProcess start(Path directory, Path log) throws IOException {
    int port = FreePort.find();
    Process process =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                directory.toString(),
                String.valueOf(port))
            .directory(log.toAbsolutePath().getParent().toFile())
            .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    return new BrokerProcess(process, "127.0.0.1:" + port);
  }

  /// Waits until it takes requests, or has ended.
  boolean isReady() throws IOException {
    BufferedReader output = process.inputReader();
    String line = output.readLine();
    while (line != null && !line.equals(READY)) {
      line = output.readLine(); // it may log there
    }
    return line != null;
  }

  String bootstrapServers() {
    return bootstrapServers;
  }

  /// Kills it; returns when it has ended.
  @Override
  public void close() {
    process.destroyForcibly();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// What runs in that process.
  static final class Main {
    public static void main(String[] arguments) throws InterruptedException {
      EmbeddedBroker unused =
          EmbeddedBroker.start(Path.of(arguments[0]), Integer.parseInt(arguments[1]));
      System.out.println(READY);
      Thread.currentThread().join(); // until it is killed
    }
  }
}
