package io.gatepost.testkit.peer;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// The wait for a program that is to listen.
final class Listening {

  private static final Duration LONGEST_START = Duration.ofSeconds(60);
  private static final long POLL_MILLIS = 20;

  private Listening() {}

  /// Starts a program, and returns once it listens at all these addresses. Where it ends, or takes
  /// too long, it is killed, and the error says what it has said.
  ///
  /// @param log takes all that it says
  static Process start(Peer program, Path log, List<String> arguments, SocketAddress... addresses)
      throws IOException {
    Process started = program.start(log, arguments);
    try {
      for (SocketAddress address : addresses) {
        await(address, started);
      }
      return started;
    } catch (IOException e) {
      started.destroyForcibly();
      throw new IOException(Files.readString(log, StandardCharsets.ISO_8859_1), e);
    }
  }

  /// A port of the loopback address.
  static SocketAddress loopback(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  /// Returns once it listens on the loopback address; fails where it ends, or takes too long.
  static void await(int port, Process process) throws IOException {
    await(loopback(port), process);
  }

  /// Returns once it listens there, also on a UNIX socket; fails likewise.
  private static void await(SocketAddress address, Process process) throws IOException {
    long limit = System.nanoTime() + LONGEST_START.toNanos();
    while (true) {
      try (SocketChannel _ = SocketChannel.open(address)) {
        return;
      } catch (IOException e) {
        if (!process.isAlive() || System.nanoTime() > limit) {
          throw new IOException(
              process.info().command().orElse("the program") + " does not listen on " + address, e);
        }
      }
      try {
        Thread.sleep(POLL_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      }
    }
  }
}
