package io.gatepost.cli.send;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// A connection to an SMTP server: one command, one reply. Blocking.
final class ServerConnection implements Closeable {

  private static final int CONNECT_MILLIS = 30_000;
  private static final int REPLY_MILLIS = 600_000; // RFC 5321 §4.5.3.2.6: 10 min after the dot
  private static final int MAX_REPLY_LINES = 1000;

  private final Socket socket = new Socket();
  private final BufferedReader input;
  private final OutputStream output;
  private final Consumer<String> heard;

  /// Connects.
  ///
  /// @param heard is told each reply line
  ServerConnection(InetSocketAddress server, Consumer<String> heard) throws IOException {
    this.heard = heard;
    try {
      socket.connect(server, CONNECT_MILLIS);
      socket.setSoTimeout(REPLY_MILLIS);
      socket.setTcpNoDelay(true);
      this.input = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
      this.output = socket.getOutputStream();
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /// Sends a line and waits for its reply.
  SentReply command(String line) throws IOException {
    return send((line + "\r\n").getBytes(UTF_8));
  }

  /// Sends octets as they are and waits for the reply.
  SentReply send(byte[] octets) throws IOException {
    output.write(octets);
    output.flush();
    return reply();
  }

  /// The next reply, which may have several lines (RFC 5321 §4.2.1).
  SentReply reply() throws IOException {
    List<String> lines = new ArrayList<>();
    while (lines.size() < MAX_REPLY_LINES) {
      String line = input.readLine();
      if (line == null) {
        throw new IOException("the server closed the connection");
      }
      heard.accept(line);
      lines.add(line);
      if (line.length() < 4 || line.charAt(3) != '-') {
        return new SentReply(lines);
      }
    }
    throw new IOException("a reply without an end");
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
