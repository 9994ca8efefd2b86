package io.gatepost.routing.ldap;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import javax.net.SocketFactory;

/// Sockets of another factory that wait for input for a bounded time from the beginning, and so in
/// a TLS handshake too: the LDAP library bounds only what comes before and after it.
final class TimedSockets extends SocketFactory {

  private final SocketFactory sockets;
  private final Duration timeout;

  TimedSockets(SocketFactory sockets, Duration timeout) {
    this.sockets = sockets;
    this.timeout = timeout;
  }

  @Override
  public Socket createSocket() throws IOException {
    return timed(sockets.createSocket());
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return timed(sockets.createSocket(host, port));
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress local, int localPort)
      throws IOException {
    return timed(sockets.createSocket(host, port, local, localPort));
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return timed(sockets.createSocket(host, port));
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort)
      throws IOException {
    return timed(sockets.createSocket(host, port, local, localPort));
  }

  private Socket timed(Socket socket) throws IOException {
    socket.setSoTimeout((int) Math.max(1, timeout.toMillis()));
    return socket;
  }
}
