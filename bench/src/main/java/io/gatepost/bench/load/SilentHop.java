package io.gatepost.bench.load;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/// A next hop that accepts connections and says nothing, ever.
public final class SilentHop implements AutoCloseable {

  private static final int BACKLOG = 1000;

  private final ServerSocket listener;
  private final List<Socket> held = new ArrayList<>();

  private SilentHop(ServerSocket listener) {
    this.listener = listener;
  }

  /// Listens at an address; a port below 1024 is for root.
  public static SilentHop listen(String host, int port) throws IOException {
    ServerSocket listener = new ServerSocket();
    listener.bind(new InetSocketAddress(InetAddress.getByName(host), port), BACKLOG);
    SilentHop hop = new SilentHop(listener);
    Thread.ofPlatform().daemon().name("silent-hop").start(hop::accept);
    return hop;
  }

  /// Where it is.
  public String host() {
    return listener.getInetAddress().getHostAddress();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        synchronized (held) {
          held.add(socket);
        }
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    synchronized (held) {
      for (Socket socket : held) {
        socket.close();
      }
    }
  }
}
