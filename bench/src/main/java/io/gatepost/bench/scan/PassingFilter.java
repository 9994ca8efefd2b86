package io.gatepost.bench.scan;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gatepost.bench.load.Greeting;
import io.gatepost.bench.measure.ProcessGroup;
import io.gatepost.embedded.FreePort;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// A filter that gives each message back by SMTP as it came, before it answers: what a filter costs
/// those who ask it, and nothing of what filtering costs. A process of its own.
///
/// @param backTo where it gives messages back, on a port that was free
public record PassingFilter(InetSocketAddress address, InetSocketAddress backTo) {

  private static final int BACKLOG = 1024;
  private static final int BUFFER = 64 * 1024;
  private static final int LONGEST_LINE = 4096;
  private static final String CRLF = "\r\n";

  /// How messages are given back.
  public enum Giving {
    /// Over one connection for each that they come by.
    KEPT,
    /// Over a connection for each message.
    EACH
  }

  /// Starts one, and returns when it listens.
  ///
  /// @param directory for its log
  public static PassingFilter start(ProcessGroup group, Path directory, Giving giving)
      throws IOException {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    InetSocketAddress address = new InetSocketAddress(loopback, FreePort.find());
    InetSocketAddress backTo = new InetSocketAddress(loopback, FreePort.find());
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-Xmx128m",
            "-cp",
            System.getProperty("java.class.path"),
            PassingFilter.class.getName(),
            Integer.toString(address.getPort()),
            Integer.toString(backTo.getPort()),
            giving.name());
    Process process =
        group.start(
            new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("output").toFile()));
    Greeting.await(address, process::isAlive);
    return new PassingFilter(address, backTo);
  }

  /// Serves until it is killed.
  ///
  /// @param arguments its port, the port that messages are given back to, and a [Giving]
  public static void main(String[] arguments) throws IOException {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    InetSocketAddress back = new InetSocketAddress(loopback, Integer.parseInt(arguments[1]));
    Giving giving = Giving.valueOf(arguments[2]);
    ServerSocket listener = new ServerSocket(Integer.parseInt(arguments[0]), BACKLOG, loopback);
    while (true) {
      Socket client = listener.accept();
      Thread.ofPlatform().start(() -> serve(client, back, giving));
    }
  }

  private static void serve(Socket client, InetSocketAddress back, Giving giving) {
    try (Line in = new Line(client);
        Way out = new Way(back, giving)) {
      in.say("220 filter.test ESMTP" + CRLF);
      List<String> envelope = new ArrayList<>();
      for (String line = in.next(); !line.isEmpty(); line = in.next()) {
        switch (line.substring(0, Math.min(4, line.length())).toUpperCase(Locale.ROOT)) {
          case "EHLO" ->
              in.say("250-filter.test\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SIZE\r\n");
          case "MAIL" -> {
            envelope = new ArrayList<>(List.of(line));
            in.say("250 Ok" + CRLF);
          }
          case "RCPT" -> {
            envelope.add(line);
            in.say("250 Ok" + CRLF);
          }
          case "DATA" -> {
            in.say("354 Go on" + CRLF);
            in.say(out.give(envelope, in.content()));
          }
          case "QUIT" -> {
            in.say("221 Bye" + CRLF);
            return;
          }
          default -> in.say("250 Ok" + CRLF);
        }
      }
    } catch (IOException e) {
      System.err.println(e); // a client that has left; its benchmark counts the messages
    }
  }

  /// The way back.
  private static final class Way implements AutoCloseable {
    private final InetSocketAddress server;
    private final Giving giving;
    private Optional<Line> kept = Optional.empty();

    Way(InetSocketAddress server, Giving giving) {
      this.server = server;
      this.giving = giving;
    }

    /// Returns the reply to the message.
    String give(List<String> envelope, byte[] content) throws IOException {
      return switch (giving) {
        case KEPT -> {
          Line line = kept.isPresent() ? kept.get() : connect();
          kept = Optional.of(line);
          yield give(line, envelope, content);
        }
        case EACH -> {
          try (Line line = connect()) {
            String reply = give(line, envelope, content);
            line.say("QUIT" + CRLF);
            line.reply();
            yield reply;
          }
        }
      };
    }

    private Line connect() throws IOException {
      Line line = new Line(new Socket(server.getAddress(), server.getPort()));
      line.reply();
      line.say("EHLO filter.test" + CRLF);
      line.reply();
      return line;
    }

    private static String give(Line line, List<String> envelope, byte[] content)
        throws IOException {
      line.say(String.join(CRLF, envelope) + CRLF + "DATA" + CRLF);
      String reply = "";
      for (int i = 0; i <= envelope.size(); i++) {
        reply = line.reply();
      }
      if (!reply.startsWith("354")) {
        return reply;
      }
      line.send(content);
      return line.reply();
    }

    @Override
    public void close() throws IOException {
      if (kept.isPresent()) {
        kept.get().close();
      }
    }
  }

  /// A connection.
  private static final class Line implements AutoCloseable {
    private final Socket socket;
    private final InputStream input;
    private final OutputStream output;

    Line(Socket socket) throws IOException {
      this.socket = socket;
      socket.setTcpNoDelay(true);
      input = new BufferedInputStream(socket.getInputStream(), BUFFER);
      output = new BufferedOutputStream(socket.getOutputStream(), BUFFER);
    }

    void say(String text) throws IOException {
      send(text.getBytes(ISO_8859_1));
    }

    void send(byte[] octets) throws IOException {
      output.write(octets);
      output.flush();
    }

    /// The next line without its end; empty at the end of the connection.
    String next() throws IOException {
      StringBuilder line = new StringBuilder();
      for (int octet = input.read(); octet >= 0 && octet != '\n'; octet = input.read()) {
        if (octet != '\r') {
          line.append((char) octet);
        }
        if (line.length() > LONGEST_LINE) {
          throw new IOException("a line without an end");
        }
      }
      return line.toString();
    }

    /// The lines of the next reply.
    String reply() throws IOException {
      StringBuilder reply = new StringBuilder();
      String line;
      do {
        line = next();
        if (line.length() < 4) {
          throw new EOFException("no reply: '" + line + "'");
        }
        reply.append(line).append(CRLF);
      } while (line.charAt(3) == '-');
      return reply.toString();
    }

    /// A message as it is on the wire, with the dot at its end.
    byte[] content() throws IOException {
      ByteArrayOutputStream content = new ByteArrayOutputStream(BUFFER);
      int lineLength = 0;
      int first = 0;
      for (int octet = input.read(); octet >= 0; octet = input.read()) {
        content.write(octet);
        if (octet == '\n') {
          if (lineLength == 2 && first == '.') { // the dot and CR
            return content.toByteArray();
          }
          lineLength = 0;
        } else {
          first = lineLength == 0 ? octet : first;
          lineLength++;
        }
      }
      throw new EOFException("half a message");
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
