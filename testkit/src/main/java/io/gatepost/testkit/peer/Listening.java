package io.gatepost.testkit.peer;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/// The wait for a program that is to listen.
final class Listening {

  private static final Duration LONGEST_START = Duration.ofSeconds(60);
  private static final long POLL_MILLIS = 20;

  private Listening() {}

  /// Returns once it listens on the loopback address; fails where it ends, or takes too long.
  static void await(int port, Process process) throws IOException {
    await(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), process);
  }

  /// Returns once it listens there, also on a UNIX socket; fails likewise.
  static void await(SocketAddress address, Process process) throws IOException {
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
