package io.gatepost.testkit.smtp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// A client that says what the test says, right or wrong. Text is sent with one octet for each
/// character.
public final class SmtpClient implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private final Socket socket;
  private final InputStream input;

  private SmtpClient(Socket socket) throws IOException {
    this.socket = socket;
    this.input = new BufferedInputStream(socket.getInputStream());
  }

  /// Connects from the loopback address 127.0.0.1.
  public static SmtpClient connect(InetSocketAddress server) throws IOException {
    return connect(server, "127.0.0.1");
  }

  /// Connects.
  ///
  /// @param from the address to connect from; all of 127.0.0.0/8 is this machine
  public static SmtpClient connect(InetSocketAddress server, String from) throws IOException {
    Socket socket = new Socket();
    socket.setTcpNoDelay(true);
    socket.setSoTimeout((int) PATIENCE.toMillis());
    socket.bind(new InetSocketAddress(InetAddress.getByName(from), 0));
    socket.connect(server, (int) PATIENCE.toMillis());
    return new SmtpClient(socket);
  }

  /// Sends exactly this.
  public void send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(ISO_8859_1));
  }

  /// Sends a line, and returns the reply to it.
  public String say(String line) throws IOException {
    send(line + "\r\n");
    return reply();
  }

  /// The next reply, its lines separated by LF; empty where the server has closed.
  public String reply() throws IOException {
    List<String> lines = new ArrayList<>();
    String line;
    do {
      line = line();
      if (line.isEmpty()) {
        return String.join("\n", lines);
      }
      lines.add(line);
    } while (line.length() > 3 && line.charAt(3) == '-');
    return String.join("\n", lines);
  }

  /// Greets and sends one message to any number of recipients.
  ///
  /// @param content lines in CRLF, dots not yet doubled
  /// @return the reply that decided, for the message or for the first recipient that was refused
  public String deliver(String sender, List<String> recipients, String content) throws IOException {
    reply();
    say("EHLO client.example");
    return next(sender, recipients, content);
  }

  /// Sends one more message.
  public String next(String sender, List<String> recipients, String content) throws IOException {
    String answer = say("MAIL FROM:<" + sender + ">");
    for (String recipient : recipients) {
      if (!answer.startsWith("250")) {
        return answer;
      }
      answer = say("RCPT TO:<" + recipient + ">");
    }
    answer = answer.startsWith("250") ? say("DATA") : answer;
    if (!answer.startsWith("354")) {
      return answer;
    }
    send(("\r\n" + content).replace("\r\n.", "\r\n..").substring(2));
    return say(".");
  }

  /// Ends what this client sends; it can still read (half-close).
  public void endOutput() throws IOException {
    socket.shutdownOutput();
  }

  /// Breaks the connection with a TCP reset.
  public void reset() throws IOException {
    socket.setOption(StandardSocketOptions.SO_LINGER, 0);
    socket.close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int octet = input.read(); octet >= 0 && octet != '\n'; octet = input.read()) {
      if (octet != '\r') {
        line.append((char) octet);
      }
    }
    return line.toString();
  }
}
