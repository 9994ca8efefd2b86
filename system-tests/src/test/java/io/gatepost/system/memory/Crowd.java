package io.gatepost.system.memory;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/// Strangers from many addresses who send all they can and read nothing.
final class Crowd implements AutoCloseable {

  /// Below `max-connections-per-address`.
  private static final int PER_ADDRESS = 40;

  private static final int MOST = 19_000;
  private static final int PATIENCE_MILLIS = 30_000;

  /// So that replies soon stay where they were made.
  private static final int RECEIVE_OCTETS = 2 * 1024;

  /// How many mailboxes of `example.test` the crowd writes to, `user0` and on: the same again would
  /// count as junk.
  static final int MAILBOXES = 1_500;

  private static final String BEGIN = "MAIL FROM:<" + "x".repeat(60) + "@client.example>\r\n";
  private static final String RCPT = "RCPT TO:<user0@example.test>\r\n";
  private static final String ALL_RCPT =
      IntStream.range(0, MAILBOXES)
          .mapToObj(i -> "RCPT TO:<user" + i + "@example.test>\r\n")
          .collect(Collectors.joining());

  /// The head of a TLS record of 16 KiB.
  private static final byte[] RECORD = {0x17, 3, 3, 0x40, 0};

  private final InetSocketAddress server;
  private final List<Guest> guests = new ArrayList<>();
  private int arrived;

  private record Guest(Socket wire, Socket session) {}

  Crowd(InetSocketAddress server) {
    this.server = server;
  }

  /// Lets strangers in until no more are admitted; returns how many were.
  int fill() throws IOException {
    return fill(Crowd::greet);
  }

  /// The same in TLS, until STARTTLS is refused.
  int fillInTls() throws IOException, GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {new Trusting()}, new SecureRandom());
    return fill(wire -> startTls(wire, context));
  }

  private interface Beginning {
    /// Null where it is not admitted.
    @org.jspecify.annotations.Nullable
    Socket of(Socket wire) throws IOException;
  }

  private int fill(Beginning beginning) throws IOException {
    int before = guests.size();
    while (guests.size() < MOST) {
      Socket wire = connect();
      Socket session = beginning.of(wire);
      if (session == null) {
        wire.close();
        break;
      }
      guests.add(new Guest(wire, session));
    }
    return guests.size() - before;
  }

  private Socket connect() throws IOException {
    int address = arrived++ / PER_ADDRESS;
    Socket socket = new Socket();
    socket.setReceiveBufferSize(RECEIVE_OCTETS);
    socket.setSoTimeout(PATIENCE_MILLIS);
    byte[] from = {127, 1, (byte) (address / 200), (byte) (1 + address % 200)};
    socket.bind(new InetSocketAddress(InetAddress.getByAddress(from), 0));
    socket.connect(server, PATIENCE_MILLIS);
    return socket;
  }

  private static @org.jspecify.annotations.Nullable Socket greet(Socket wire) throws IOException {
    if (!reply(wire).startsWith("220 ")) {
      return null;
    }
    send(wire, "EHLO client.example\r\n");
    reply(wire);
    return wire;
  }

  private static @org.jspecify.annotations.Nullable Socket startTls(Socket wire, SSLContext context)
      throws IOException {
    if (greet(wire) == null) {
      return null;
    }
    send(wire, "STARTTLS\r\n");
    if (!reply(wire).startsWith("220 ")) {
      return null;
    }
    SSLSocket secured =
        (SSLSocket)
            context.getSocketFactory().createSocket(wire, server(wire), wire.getPort(), true);
    secured.startHandshake();
    send(secured, "EHLO client.example\r\n");
    reply(secured);
    return secured;
  }

  private static String server(Socket wire) {
    return wire.getInetAddress().getHostAddress();
  }

  /// Each sends its fill, by turns: recipients without end; a message without end; a line without
  /// end; in TLS also a record without end. Returns how many the server did not cut off before.
  int flood() {
    int sent = 0;
    for (int i = 0; i < guests.size(); i++) {
      Guest guest = guests.get(i);
      try {
        if (i % 4 == 3 && guest.session() != guest.wire()) {
          guest.wire().getOutputStream().write(RECORD);
          guest.wire().getOutputStream().write(new byte[16 * 1024 - 1]);
        } else {
          send(guest.session(), text(i % 3));
        }
        sent++;
      } catch (IOException e) {
        continue; // it was sent away: one that holds nothing any more
      }
    }
    return sent;
  }

  private static String text(int turn) {
    return switch (turn) {
      case 0 -> BEGIN + ALL_RCPT;
      case 1 -> BEGIN + RCPT + "DATA\r\n" + "x".repeat(3_500);
      default -> BEGIN + ALL_RCPT + "NOOP " + "x".repeat(400);
    };
  }

  /// All go, so that others may come.
  void leave() throws IOException {
    for (Guest guest : guests) {
      guest.wire().close();
    }
    guests.clear();
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().flush();
  }

  /// The last line of a reply, octet by octet so that nothing behind it is read.
  private static String reply(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    while (true) {
      StringBuilder line = new StringBuilder();
      for (int octet = in.read(); octet != '\n'; octet = in.read()) {
        if (octet < 0) {
          return "closed";
        }
        line.append((char) octet);
      }
      if (line.length() < 4 || line.charAt(3) != '-') {
        return line.toString();
      }
    }
  }

  @Override
  public void close() throws IOException {
    leave();
  }

  /// Takes the certificate that the server has made itself.
  private static final class Trusting implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
