package io.gatepost.bench.load;

import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A next hop that is asked about recipients: it knows those whose local part begins with [#KNOWN],
/// offers PIPELINING and answers at once. It takes no messages.
public final class NextHop {

  /// The questions since its start.
  ///
  /// @param connections that were accepted
  /// @param recipients that were asked about
  public record Asked(long connections, long recipients) {

    public Asked since(Asked before) {
      return new Asked(connections - before.connections, recipients - before.recipients);
    }
  }

  /// How the local parts begin that it knows.
  static final String KNOWN = "known";

  private static final int BACKLOG = 4096;
  private static final int MAX_SOCKETS = 1 << 17;
  private static final int POLL_MILLIS = 20;

  /// Octets of a line that are looked at; the rest of a longer one is passed over.
  private static final int LINE = 64;

  /// Octets that are sent in one call at most.
  private static final int CHUNK = 8192;

  private static final byte[] GREETING = Sessions.octets("220 hop.test ESMTP\r\n");
  private static final byte[] FEATURES =
      Sessions.octets("250-hop.test\r\n250-PIPELINING\r\n250 ENHANCEDSTATUSCODES\r\n");
  private static final byte[] OK = Sessions.octets("250 2.0.0 Ok\r\n");
  private static final byte[] GOOD = Sessions.octets("250 2.1.5 Ok\r\n");
  private static final byte[] UNKNOWN = Sessions.octets("550 5.1.1 No such user here\r\n");
  private static final byte[] CLOSING = Sessions.octets("221 2.0.0 Bye\r\n");
  private static final byte[] NOT_HERE = Sessions.octets("502 5.5.1 Only questions here\r\n");

  private final Epoll epoll = new Epoll();
  private final byte[][] lines = new byte[MAX_SOCKETS][];
  private final int[] lengths = new int[MAX_SOCKETS];
  private final ByteArrayOutputStream replies = new ByteArrayOutputStream();
  private final int listener;
  private long connections;
  private long recipients;
  private boolean isQuit;

  private NextHop(InetSocketAddress address) {
    this.listener = epoll.listen(address, BACKLOG);
  }

  /// Serves until its input ends; each line there is answered with an [Asked].
  ///
  /// @param arguments host and port
  public static void main(String[] arguments) {
    NextHop hop = new NextHop(new InetSocketAddress(arguments[0], Integer.parseInt(arguments[1])));
    LoadProcess.serve(words -> new Asked(hop.connections, hop.recipients), hop::poll);
  }

  private void poll() {
    int ready = epoll.await(POLL_MILLIS);
    for (int i = 0; i < ready; i++) {
      int socket = epoll.socket(i);
      if (socket == listener) {
        accept();
      } else {
        answer(socket);
      }
    }
  }

  private void accept() {
    int socket = epoll.accept(listener);
    if (socket != Epoll.NOTHING_YET) {
      connections++;
      lines[socket] = new byte[LINE];
      lengths[socket] = 0;
      epoll.sendAtOnce(socket);
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
    isQuit = false;
    replies.reset();
    for (int i = 0; i < got && !isQuit; i++) {
      take(socket, epoll.octet(i));
    }
    send(socket, replies.toByteArray());
    if (isQuit) {
      epoll.close(socket);
    }
  }

  private void take(int socket, byte octet) {
    if (octet == '\n') {
      reply(new String(lines[socket], 0, lengths[socket], StandardCharsets.ISO_8859_1));
      lengths[socket] = 0;
    } else if (lengths[socket] < LINE) {
      lines[socket][lengths[socket]++] = octet;
    }
  }

  private void reply(String line) {
    if (line.startsWith("RCPT TO:<")) {
      recipients++;
      replies.writeBytes(line.startsWith(KNOWN, "RCPT TO:<".length()) ? GOOD : UNKNOWN);
    } else if (line.startsWith("EHLO")) {
      replies.writeBytes(FEATURES);
    } else if (line.startsWith("QUIT")) {
      isQuit = true;
      replies.writeBytes(CLOSING);
    } else if (line.startsWith("MAIL") || line.startsWith("RSET") || line.startsWith("NOOP")) {
      replies.writeBytes(OK);
    } else {
      replies.writeBytes(NOT_HERE);
    }
  }

  private void send(int socket, byte[] octets) {
    for (int from = 0; from < octets.length; from += CHUNK) {
      epoll.send(socket, Arrays.copyOfRange(octets, from, Math.min(octets.length, from + CHUNK)));
    }
  }
}
