package io.gatepost.bench.load;

import java.net.InetSocketAddress;

/// Says what an SMTP server would say to our generators, without looking at what it is told: what a
/// generator reaches with it is the most that it can drive.
public final class BareServer {

  private static final int BACKLOG = 4096;
  private static final int FOREVER = -1;

  private static final byte[] GREETING = Sessions.octets("220 bare.test ESMTP\r\n");
  private static final byte[] OK = Sessions.octets("250 2.0.0 Ok\r\n");
  private static final byte[] UNKNOWN = Sessions.octets("550 5.1.1 No such user here\r\n");
  private static final byte[] CLOSING = Sessions.octets("221 2.0.0 Bye\r\n");

  private final Epoll epoll = new Epoll();

  private BareServer() {}

  /// Serves until it is killed.
  ///
  /// @param arguments host and port
  public static void main(String[] arguments) {
    new BareServer().serve(new InetSocketAddress(arguments[0], Integer.parseInt(arguments[1])));
  }

  private void serve(InetSocketAddress address) {
    int listener = epoll.listen(address, BACKLOG);
    while (true) {
      int ready = epoll.await(FOREVER);
      for (int i = 0; i < ready; i++) {
        int socket = epoll.socket(i);
        if (socket == listener) {
          accept(listener);
        } else {
          answer(socket);
        }
      }
    }
  }

  private void accept(int listener) {
    int socket = epoll.accept(listener);
    if (socket != Epoll.NOTHING_YET) {
      epoll.send(socket, GREETING);
    }
  }

  private void answer(int socket) {
    int got = epoll.receive(socket);
    if (got == Epoll.NOTHING_YET) {
      return;
    }
    if (got <= 0) {
      epoll.close(socket);
      return;
    }
    boolean isLast = epoll.octet(0) == 'Q';
    byte[] reply =
        switch (epoll.octet(0)) {
          case 'R' -> UNKNOWN;
          case 'Q' -> CLOSING;
          default -> OK;
        };
    epoll.send(socket, reply);
    if (isLast) {
      epoll.close(socket);
    }
  }
}
