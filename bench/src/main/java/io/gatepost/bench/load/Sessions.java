package io.gatepost.bench.load;

import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;

/// Many client sessions on one thread: tells a [Client] of every reply and of every end.
final class Sessions implements AutoCloseable {

  /// Clients of the sessions, which are known by small numbers.
  interface Client {

    /// A reply has come, the last line of it as well.
    void onReply(int session, int code);

    /// The server has closed the connection, or has refused it. Its number may be used again.
    void onEnd(int session);
  }

  /// More than any process may have open here.
  private static final int MAX_SESSIONS = 1 << 17;

  private static final int FIRST_SOURCE = 2; // 127.0.0.2

  private final Epoll epoll = new Epoll();
  private final MemorySegment server;
  private final MemorySegment[] sources;
  private final int[] code = new int[MAX_SESSIONS];
  private final int[] column = new int[MAX_SESSIONS];
  private final boolean[] isLast = new boolean[MAX_SESSIONS];
  private final boolean[] isOpen = new boolean[MAX_SESSIONS];
  private int received;
  private int opened;
  private int open;

  /// @param sources from how many loopback addresses, from 127.0.0.2 on: one address has no more
  ///   than 28,000 ports
  Sessions(InetSocketAddress server, int sources) {
    this.server = epoll.address(server);
    this.sources = new MemorySegment[sources];
    for (int i = 0; i < sources; i++) {
      this.sources[i] = epoll.address(new InetSocketAddress(loopback(FIRST_SOURCE + i), 0));
    }
  }

  /// Begins a session; the greeting is its first reply.
  int open() {
    return open(sources[opened++ % sources.length]);
  }

  /// The same from a loopback address.
  ///
  /// @param source its four octets
  int openFrom(int source) {
    return open(epoll.source(source));
  }

  private int open(MemorySegment source) {
    int session = epoll.connect(source, server);
    code[session] = 0;
    column[session] = 0;
    isLast[session] = false;
    isOpen[session] = true;
    open++;
    return session;
  }

  /// How many are open.
  int size() {
    return open;
  }

  boolean isOpen(int session) {
    return isOpen[session];
  }

  /// Sends a line or more.
  ///
  /// @return whether the connection still took it
  boolean send(int session, byte[] octets) {
    return epoll.send(session, octets);
  }

  /// Sends a session's last command, and that nothing follows.
  void sendLast(int session, byte[] octets) {
    epoll.send(session, octets);
    epoll.endOutput(session);
  }

  /// Ends a session; [Client#onEnd] is not told.
  void close(int session) {
    isOpen[session] = false;
    open--;
    epoll.close(session);
  }

  /// The octets that came in last, while [Client#onReply] is told of it and has not sent anything
  /// yet.
  String received() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < received; i++) {
      text.append((char) epoll.octet(i));
    }
    return text.toString().strip();
  }

  /// Waits until something has come in, and tells the client.
  void poll(int millis, Client client) {
    int ready = epoll.await(millis);
    for (int i = 0; i < ready; i++) {
      int session = epoll.socket(i);
      // Ended meanwhile by what an earlier event led to, or begun anew: it is looked at again.
      if (isOpen[session]) {
        receive(session, client);
      }
    }
  }

  private void receive(int session, Client client) {
    int got = epoll.receive(session);
    if (got == Epoll.NOTHING_YET) {
      return;
    }
    received = Math.max(got, 0);
    if (got <= 0) {
      close(session);
      client.onEnd(session);
      return;
    }
    // A client that sends uses the same buffer, but only at the end of what was received: servers
    // do not speak before they are asked.
    int complete = 0;
    for (int i = 0; i < got; i++) {
      complete = take(session, epoll.octet(i));
    }
    if (complete > 0) {
      client.onReply(session, complete);
    }
  }

  /// Takes one octet (RFC 5321 §4.2.1).
  ///
  /// @return the code, where it was the last of a reply, else 0
  private int take(int session, byte octet) {
    if (octet == '\n') {
      column[session] = 0;
      return isLast[session] ? code[session] : 0;
    }
    int at = column[session]++;
    if (at == 0) {
      code[session] = 0;
    }
    if (at < 3) {
      code[session] = code[session] * 10 + (octet - '0');
      isLast[session] = true;
    } else if (at == 3) {
      isLast[session] = octet != '-';
    }
    return 0;
  }

  /// Ends all sessions.
  void closeAll() {
    for (int session = 0; session < MAX_SESSIONS; session++) {
      if (isOpen[session]) {
        close(session);
      }
    }
  }

  @Override
  public void close() {
    closeAll();
    epoll.close();
  }

  static byte[] octets(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static InetAddress loopback(int last) {
    try {
      return InetAddress.getByAddress(new byte[] {127, 0, (byte) (last >> 8), (byte) last});
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e); // four octets are an address
    }
  }
}
