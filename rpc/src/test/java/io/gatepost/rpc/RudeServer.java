package io.gatepost.rpc;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Collection;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/// An instance that takes calls and does not answer them.
final class RudeServer implements AutoCloseable {

  final AtomicInteger calls = new AtomicInteger();
  private final ServerSocket listener;
  private final boolean hangsUp;
  private final Collection<Socket> callers = new ConcurrentLinkedQueue<>();

  /// @param hangsUp else it is silent
  RudeServer(String address, int port, boolean hangsUp) throws IOException {
    this.listener = new ServerSocket(port, 100, InetAddress.getByName(address));
    this.hangsUp = hangsUp;
    Thread.startVirtualThread(this::listen);
  }

  private void listen() {
    while (!listener.isClosed()) {
      try {
        Socket caller = listener.accept();
        callers.add(caller);
        Thread.startVirtualThread(() -> take(caller));
      } catch (IOException e) {
        return; // the test is over
      }
    }
  }

  private void take(Socket caller) {
    try {
      if (caller.getInputStream().read() >= 0) {
        calls.incrementAndGet();
      }
      if (hangsUp) {
        caller.close();
      }
    } catch (IOException e) {
      callers.remove(caller); // the caller has gone
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket caller : callers) {
      caller.close();
    }
  }
}
