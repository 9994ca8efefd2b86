package io.gatepost.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/// A port of the loopback address that nobody listens on at the moment. It lies below the range
/// from which Linux takes the ports of outgoing connections (32768 and up), so that a busy client
/// does not take it between the finding and the listening, nor while a server is restarted on it.
public final class FreePort {

  private static final int FIRST = 20_000;
  private static final int LAST = 32_767;
  private static final int TRIES = 200;

  private FreePort() {}

  /// Finds one; throws [IllegalStateException] where 200 tries met used ports only.
  public static int find() {
    for (int i = 0; i < TRIES; i++) {
      int port = ThreadLocalRandom.current().nextInt(FIRST, LAST + 1);
      if (isFree(port)) {
        return port;
      }
    }
    throw new IllegalStateException("no free port on the loopback address");
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException e) {
      return false; // in use
    }
  }
}
