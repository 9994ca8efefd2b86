package io.gatepost.testkit.smtp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gatepost.embedded.FreePort;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// A filter that takes messages by SMTP, changes them, and gives them back by SMTP before it
/// answers. It gives back nothing, or more than once, where a test wants that.
public final class FakeSmtpFilter implements AutoCloseable {

  private final InetSocketAddress backTo =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), FreePort.find());
  private final ServerSocket listener;
  private final List<String> heard = new CopyOnWriteArrayList<>();
  private volatile UnaryOperator<String> change = UnaryOperator.identity();
  private volatile Manner manner = Manner.ONCE;

  /// How a message is given back, and what is answered.
  public enum Manner {
    /// Once; the answer is the one that it got.
    ONCE,
    /// Twice; the answer is the first that it got.
    TWICE,
    /// Not at all, and it is taken.
    NEVER,
    /// Not at all, and it is refused with 554.
    REFUSED
  }

  /// Reads what a session says, and answers.
  private record Talk(BufferedReader in, OutputStream out) {
    @Nullable String next() throws IOException {
      return in.readLine();
    }

    void say(String reply) throws IOException {
      out.write((reply + "\r\n").getBytes(ISO_8859_1));
      out.flush();
    }
  }

  private FakeSmtpFilter() throws IOException {
    listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().name("filter").start(this::accept);
  }

  /// Starts one on a free port of the loopback address.
  public static FakeSmtpFilter start() {
    try {
      return new FakeSmtpFilter();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Where it listens: `127.0.0.1:port`.
  public String address() {
    return "127.0.0.1:" + listener.getLocalPort();
  }

  /// Where it gives messages back, on a port that was free: `127.0.0.1:port`.
  public String backTo() {
    return "127.0.0.1:" + backTo.getPort();
  }

  /// The replies to what it has given back, in order; empty ones where the connection broke.
  public List<String> heard() {
    return List.copyOf(heard);
  }

  /// From now on changes messages so. A change may take its time: the message is given back when it
  /// returns.
  ///
  /// @param how of the whole message, lines in CRLF, dots not doubled
  public void change(UnaryOperator<String> how) {
    change = how;
  }

  /// From now on gives messages back so.
  public void behave(Manner next) {
    manner = next;
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        Thread.ofVirtual().name("filter-session").start(() -> serve(socket));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      Talk talk =
          new Talk(
              new BufferedReader(new InputStreamReader(socket.getInputStream(), ISO_8859_1)),
              socket.getOutputStream());
      talk.say("220 filter.example ESMTP");
      talk(talk);
    } catch (IOException e) {
      return; // the other side has gone: its test tells of that
    }
  }

  private void talk(Talk talk) throws IOException {
    String sender = "";
    List<String> recipients = new ArrayList<>();
    for (String line = talk.next(); line != null; line = talk.next()) {
      String command = line.toUpperCase(Locale.ROOT);
      if (command.startsWith("EHLO")) {
        talk.say("250-filter.example\r\n250-8BITMIME\r\n250 SIZE 0");
      } else if (command.startsWith("MAIL")) {
        sender = address(line);
        recipients.clear();
        talk.say("250 OK");
      } else if (command.startsWith("RCPT")) {
        recipients.add(address(line));
        talk.say("250 OK");
      } else if (command.equals("DATA")) {
        talk.say("354 Go on");
        talk.say(taken(sender, List.copyOf(recipients), content(talk)));
      } else if (command.equals("QUIT")) {
        talk.say("221 Bye");
        return;
      } else {
        talk.say("250 OK");
      }
    }
  }

  private String taken(String sender, List<String> recipients, String content) throws IOException {
    return switch (manner) {
      case ONCE -> giveBack(sender, recipients, content);
      case TWICE -> {
        String first = giveBack(sender, recipients, content);
        giveBack(sender, recipients, content);
        yield first;
      }
      case NEVER -> "250 2.0.0 Taken";
      case REFUSED -> "554 5.7.1 Not with these words";
    };
  }

  private String giveBack(String sender, List<String> recipients, String content)
      throws IOException {
    String changed = change.apply(content);
    try (SmtpClient client = SmtpClient.connect(backTo)) {
      String reply = client.deliver(sender, recipients, changed);
      heard.add(reply);
      return reply;
    }
  }

  private static String content(Talk talk) throws IOException {
    StringBuilder content = new StringBuilder();
    for (String line = talk.next(); line != null; line = talk.next()) {
      if (line.equals(".")) {
        return content.toString();
      }
      content.append(line.startsWith(".") ? line.substring(1) : line).append("\r\n");
    }
    throw new IOException("the message has no end");
  }

  private static String address(String line) {
    return line.substring(line.indexOf('<') + 1, line.indexOf('>'));
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
