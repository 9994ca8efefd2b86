package io.gatepost.testkit.peer;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;

/// The wait for a program that is to listen on a TCP port.
final class Listening {

  private static final Duration LONGEST_START = Duration.ofSeconds(60);
  private static final long POLL_MILLIS = 20;

  private Listening() {}

  /// Returns once it listens on the loopback address; fails where it ends, or takes too long.
  static void await(int port, Process process) throws IOException {
    long limit = System.nanoTime() + LONGEST_START.toNanos();
    while (true) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return;
      } catch (IOException e) {
        if (!process.isAlive() || System.nanoTime() > limit) {
          throw new IOException(
              process.info().command().orElse("the program") + " does not listen on port " + port,
              e);
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
