package io.gatepost.testkit.smtp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gatepost.embedded.FreePort;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/// A next hop that does as it is told, misbehaviour included, and remembers who got what. It takes
/// thousands of messages a second. Its port stays the same over [#goDown] and [#comeUp].
public final class FakeSmtpServer implements AutoCloseable {

  /// Where in a session the server is about to answer.
  public enum Stage {
    CONNECT,
    EHLO,
    MAIL,
    RCPT,
    DATA,
    END_OF_DATA
  }

  /// The moment before an answer.
  ///
  /// @param argument the address of MAIL or RCPT, the message's key at END_OF_DATA, else empty
  public record Moment(Stage stage, String argument) {}

  /// An answer.
  public sealed interface Answer {
    /// The good answer of the stage.
    record Good() implements Answer {}

    /// This reply instead, as it is.
    record Say(String reply) implements Answer {}

    /// Nothing, and the connection closed.
    record HangUp() implements Answer {}

    /// The good answer, taken by the server but not told: the connection is closed in its place.
    record TakeAndHangUp() implements Answer {}
  }

  /// A message that it has taken, for one recipient.
  ///
  /// @param key the Message-ID field's value, or empty
  /// @param startedAt when its MAIL came, by [System#nanoTime]
  /// @param answeredAt just before its final answer was given
  /// @param bodyChecksum CRC-32 of the body's lines, dots undoubled, each with its CRLF
  /// @param content as it came, dots undoubled; empty unless content is kept
  public record Arrival(
      String key,
      String sender,
      String recipient,
      long startedAt,
      long answeredAt,
      long bodyChecksum,
      String content) {}

  private static final Answer GOOD = new Answer.Good();
  private static final String CRLF = "\r\n";

  private final int port;
  private final ConcurrentLinkedQueue<Arrival> arrivals = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<Moment> moments = new ConcurrentLinkedQueue<>();
  private final Set<Socket> sessions = ConcurrentHashMap.newKeySet();
  private final AtomicInteger mostSessions = new AtomicInteger();
  private volatile Function<Moment, Answer> behaviour = moment -> GOOD;
  private volatile boolean keepsContent;
  private @Nullable ServerSocket listener;

  private FakeSmtpServer(int port) {
    this.port = port;
  }

  /// One that listens on a free port of the loopback address.
  public static FakeSmtpServer start() {
    FakeSmtpServer server = down();
    server.comeUp();
    return server;
  }

  /// One that has a port but does not listen yet.
  public static FakeSmtpServer down() {
    return new FakeSmtpServer(FreePort.find());
  }

  /// Where it listens when it is up.
  public InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  /// From now on answers so.
  public void behave(Function<Moment, Answer> next) {
    behaviour = next;
  }

  /// From now on gives the good answer everywhere.
  public void behaveWell() {
    behaviour = moment -> GOOD;
  }

  /// From now on remembers what is in the messages, and each moment.
  public void keepContent() {
    keepsContent = true;
  }

  /// Returns the arrivals, in order.
  public List<Arrival> arrivals() {
    return List.copyOf(arrivals);
  }

  /// Returns the arrivals of one message.
  public List<Arrival> arrivals(String key) {
    return arrivals.stream().filter(arrival -> arrival.key().equals(key)).toList();
  }

  /// How much has arrived, counted by message and recipient.
  public int count() {
    return arrivals.size();
  }

  /// How many connections it has now.
  public int sessions() {
    return sessions.size();
  }

  /// How many connections it has had at a time at most.
  public int mostSessions() {
    return mostSessions.get();
  }

  /// Everything that it has answered, in order; only where content is kept.
  public List<Moment> moments() {
    return List.copyOf(moments);
  }

  /// Listens, where it does not already.
  public synchronized void comeUp() {
    if (listener != null && !listener.isClosed()) {
      return;
    }
    try {
      ServerSocket socket = new ServerSocket();
      socket.setReuseAddress(true);
      socket.bind(address(), 4096);
      listener = socket;
      Thread.ofVirtual().name("fake-smtp-" + port).start(() -> accept(socket));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Listens no more, and breaks all connections: whoever connects is refused.
  public synchronized void goDown() {
    try {
      if (listener != null) {
        listener.close();
      }
      for (Socket session : sessions) {
        session.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    goDown();
  }

  private void accept(ServerSocket socket) {
    while (!socket.isClosed()) {
      try {
        Socket session = socket.accept();
        sessions.add(session);
        mostSessions.accumulateAndGet(sessions.size(), Math::max);
        Thread.ofVirtual().name("fake-smtp-session").start(() -> serve(session));
      } catch (IOException e) {
        return; // told to go down
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      new Session(
              new BufferedInputStream(socket.getInputStream(), 16 * 1024), socket.getOutputStream())
          .run();
    } catch (IOException e) {
      // The client, or this server, has broken the connection: nothing was taken.
    } finally {
      sessions.remove(socket);
    }
  }

  /// One connection, on one thread.
  private final class Session {
    private final InputStream input;
    private final OutputStream output;
    private String sender = "";
    private List<String> recipients = new ArrayList<>();
    private long startedAt;

    Session(InputStream input, OutputStream output) {
      this.input = input;
      this.output = output;
    }

    void run() throws IOException {
      if (!answer(new Moment(Stage.CONNECT, ""), "220 fake ESMTP")) {
        return;
      }
      for (Optional<String> line = line(); line.isPresent(); line = line()) {
        if (!follow(line.get())) {
          return;
        }
      }
    }

    /// False where the session ends.
    private boolean follow(String line) throws IOException {
      String verb = line.substring(0, Math.min(4, line.length())).toUpperCase(Locale.ROOT);
      return switch (verb) {
        case "EHLO", "HELO" ->
            answer(
                new Moment(Stage.EHLO, ""),
                "250-fake\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SIZE 100000000");
        case "MAIL" -> {
          sender = address(line);
          recipients = new ArrayList<>();
          startedAt = System.nanoTime();
          yield answer(new Moment(Stage.MAIL, sender), "250 sender ok");
        }
        case "RCPT" -> {
          String recipient = address(line);
          Answer decision = decide(new Moment(Stage.RCPT, recipient));
          if (decision instanceof Answer.Good) {
            recipients.add(recipient);
          }
          yield answer(decision, "250 recipient ok");
        }
        case "DATA" -> recipients.isEmpty() ? say("554 no recipients") : data();
        case "RSET" -> {
          recipients = new ArrayList<>();
          yield say("250 ok");
        }
        case "NOOP" -> say("250 ok");
        case "QUIT" -> {
          say("221 bye");
          yield false;
        }
        default -> say("500 what?");
      };
    }

    private boolean data() throws IOException {
      Answer decision = decide(new Moment(Stage.DATA, ""));
      if (!answer(decision, "354 go on")) {
        return false;
      }
      if (!(decision instanceof Answer.Good)) {
        return true;
      }
      Content content = content();
      Answer verdict = decide(new Moment(Stage.END_OF_DATA, content.key()));
      if (verdict instanceof Answer.Good || verdict instanceof Answer.TakeAndHangUp) {
        long answeredAt = System.nanoTime();
        for (String recipient : recipients) {
          arrivals.add(
              new Arrival(
                  content.key(),
                  sender,
                  recipient,
                  startedAt,
                  answeredAt,
                  content.bodyChecksum(),
                  content.text()));
        }
      }
      return answer(verdict, "250 taken");
    }

    private record Content(String key, long bodyChecksum, String text) {}

    private Content content() throws IOException {
      String key = "";
      StringBuilder text = new StringBuilder();
      boolean header = true;
      CRC32 checksum = new CRC32();
      while (true) {
        String line = line().orElseThrow(() -> new IOException("ended within a message"));
        if (line.equals(".")) {
          return new Content(key, checksum.getValue(), text.toString());
        }
        String plain = line.startsWith(".") ? line.substring(1) : line;
        if (!header) {
          checksum.update((plain + CRLF).getBytes(ISO_8859_1));
        }
        header = header && !plain.isEmpty();
        if (header && key.isEmpty() && plain.regionMatches(true, 0, "Message-ID:", 0, 11)) {
          key = plain.substring(11).strip();
        }
        if (keepsContent) {
          text.append(plain).append(CRLF);
        }
      }
    }

    private Answer decide(Moment moment) {
      if (keepsContent) {
        moments.add(moment);
      }
      return behaviour.apply(moment);
    }

    private boolean answer(Moment moment, String good) throws IOException {
      return answer(decide(moment), good);
    }

    private boolean answer(Answer answer, String good) throws IOException {
      return switch (answer) {
        case Answer.Good _ -> say(good);
        case Answer.Say(var reply) -> say(reply);
        case Answer.HangUp _, Answer.TakeAndHangUp _ -> false;
      };
    }

    private boolean say(String reply) throws IOException {
      output.write((reply + CRLF).getBytes(ISO_8859_1));
      return true;
    }

    /// A line without its CRLF; a LF alone ends none, so that what breaks lines is seen.
    private Optional<String> line() throws IOException {
      ByteArrayOutputStream line = new ByteArrayOutputStream(80);
      int last = -1;
      for (int octet = input.read(); octet >= 0; octet = input.read()) {
        if (octet == '\n' && last == '\r') {
          String text = line.toString(ISO_8859_1);
          return Optional.of(text.substring(0, text.length() - 1));
        }
        line.write(octet);
        last = octet;
      }
      return Optional.empty();
    }

    private static String address(String line) {
      int start = line.indexOf('<');
      int end = line.indexOf('>', start);
      return start < 0 || end < 0 ? "" : line.substring(start + 1, end);
    }
  }
}
