package io.gatepost.edge.listener;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/// A client that says what a test wants, octet for octet.
final class TestClient implements AutoCloseable {

  private Socket socket;

  TestClient(int port) throws IOException {
    this(new Socket(InetAddress.getLoopbackAddress(), port));
  }

  /// From another address of this machine.
  TestClient(int port, String from) throws IOException {
    this(new Socket(InetAddress.getLoopbackAddress(), port, InetAddress.getByName(from), 0));
  }

  TestClient(Socket socket) throws IOException {
    this.socket = socket;
    socket.setSoTimeout(10_000);
  }

  /// The greeting and EHLO.
  TestClient greet() throws IOException {
    assertThat(reply()).startsWith("220 mx.example ");
    ehlo();
    return this;
  }

  /// EHLO; the whole answer.
  String ehlo() throws IOException {
    send("EHLO client.example\r\n");
    String answer = wholeReply();
    assertThat(answer).startsWith("250-");
    return answer;
  }

  void openTransaction() throws IOException {
    assertThat(say("MAIL FROM:<bob@client.example>")).startsWith("250 ");
    assertThat(say("RCPT TO:<ann@dest.example>")).startsWith("250 ");
  }

  void openData() throws IOException {
    send("MAIL FROM:<bob@client.example>\r\nRCPT TO:<ann@dest.example>\r\nDATA\r\n");
    reply();
    reply();
    assertThat(reply()).startsWith("354 ");
  }

  /// Goes on over TLS.
  ///
  /// @param protocols the versions that the client speaks, none for all
  void startTls(SSLContext context, String... protocols) throws IOException {
    SSLSocket secured =
        (SSLSocket)
            context.getSocketFactory().createSocket(socket, "mx.example", socket.getPort(), true);
    if (protocols.length > 0) {
      secured.setEnabledProtocols(protocols);
    }
    secured.startHandshake();
    socket = secured;
  }

  Socket socket() {
    return socket;
  }

  /// Octets, one for each character.
  void send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    socket.getOutputStream().flush();
  }

  /// Sends a line and gives the last line of its reply.
  String say(String line) throws IOException {
    send(line + "\r\n");
    return reply();
  }

  /// The last line of the next reply, or `closed`.
  String reply() throws IOException {
    String whole = wholeReply();
    return whole.substring(whole.lastIndexOf('\n') + 1);
  }

  /// The next reply, or `closed`.
  String wholeReply() throws IOException {
    StringBuilder whole = new StringBuilder();
    while (true) {
      String line = line();
      if (line == null) {
        return whole.append("closed").toString();
      }
      whole.append(line);
      if (line.length() < 4 || line.charAt(3) != '-') {
        return whole.toString();
      }
      whole.append('\n');
    }
  }

  private String line() throws IOException {
    InputStream in = socket.getInputStream();
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int octet;
    do {
      octet = in.read();
      if (octet < 0) {
        return null;
      }
      line.write(octet);
    } while (octet != '\n');
    return line.toString(StandardCharsets.US_ASCII).stripTrailing();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
