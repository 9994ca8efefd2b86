package io.gatepost.delivery.transport.smtp;

import io.gatepost.contract.routing.Destination.NextHop;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/// A mail host whose answers a test writes. One virtual thread a connection.
final class FakeHost implements AutoCloseable {

  /// As a reply: closes the connection instead.
  static final String HANG_UP = "hang up";

  /// As a reply, at its end: there the line is not over, and follows never.
  static final String HALF = "\0";

  /// As a reply: says nothing and waits.
  static final String SILENCE = "";

  /// A host's replies; all of them may be overridden.
  static class Script {
    String greeting(int connection) {
      return "220 fake.example";
    }

    List<String> extensions() {
      return List.of("PIPELINING", "8BITMIME");
    }

    /// Said at once behind the last extension, without the end of a line.
    String behindExtensions(int connection) {
      return "";
    }

    /// The reply to a command, with the verb in capitals.
    String reply(int connection, String command) {
      return command.startsWith("DATA") ? "354 go" : "250 2.0.0 ok";
    }

    /// Whether it says nothing before it has read all that is there.
    boolean isInOneGo() {
      return false;
    }

    /// Whether it closes the connection as soon as that is encrypted.
    boolean isGoneOnceEncrypted() {
      return false;
    }

    /// The reply to content.
    String accept(int connection, String content) {
      return "250 2.0.0 taken";
    }
  }

  /// A message that was accepted.
  record Received(int connection, List<String> commands, String content) {}

  private final ServerSocket listener;
  private final Script script;
  private final Optional<SSLContext> tls;
  private final List<String> commands = new CopyOnWriteArrayList<>();
  private final List<Received> received = new CopyOnWriteArrayList<>();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger connections = new AtomicInteger();

  private FakeHost(Script script, Optional<SSLContext> tls) {
    this.script = script;
    this.tls = tls;
    try {
      listener = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().start(this::listen);
  }

  static FakeHost start(Script script) {
    return new FakeHost(script, Optional.empty());
  }

  static FakeHost start(Script script, SSLContext tls) {
    return new FakeHost(script, Optional.of(tls));
  }

  NextHop hop() {
    return new NextHop("[127.0.0.1]", "127.0.0.1", listener.getLocalPort());
  }

  List<String> commands() {
    return commands;
  }

  List<Received> received() {
    return received;
  }

  int connections() {
    return connections.get();
  }

  int openConnections() {
    return open.size();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    hangUp();
  }

  /// Closes what is open, and goes on listening.
  void hangUp() throws IOException {
    for (Socket socket : open) {
      socket.close();
    }
  }

  /// Says something on every open connection that no command has asked for.
  void interject(String octets) throws IOException {
    for (Socket socket : open) {
      socket.getOutputStream().write(octets.getBytes(StandardCharsets.UTF_8));
    }
  }

  private void listen() {
    try {
      while (true) {
        Socket socket = listener.accept();
        socket.setTcpNoDelay(true);
        int number = connections.incrementAndGet();
        open.add(socket);
        Thread.ofVirtual()
            .start(() -> {
              try (socket) {
                new Talk(number, socket).run();
              } catch (IOException e) {
                // the client has gone, which tests do on purpose
              } finally {
                open.remove(socket);
              }
            });
      }
    } catch (IOException e) {
      // closed
    }
  }

  private final class Talk {
    private final int number;
    private Socket socket;
    private InputStream in;
    private final List<String> transaction = new ArrayList<>();
    private final StringBuilder said = new StringBuilder();
    private final ByteArrayOutputStream chunks = new ByteArrayOutputStream();

    Talk(int number, Socket socket) throws IOException {
      this.number = number;
      this.socket = socket;
      this.in = new BufferedInputStream(socket.getInputStream());
    }

    void run() throws IOException {
      if (!say(script.greeting(number))) {
        return;
      }
      for (String line = line(); line != null; line = line()) {
        commands.add(line);
        if (!answer(line)) {
          return;
        }
      }
    }

    private boolean answer(String line) throws IOException {
      String verb = line.split(" ", 2)[0];
      if (verb.equals("EHLO")) {
        StringBuilder reply = new StringBuilder("250-fake.example\r\n");
        script.extensions().forEach(keyword -> reply.append("250-").append(keyword).append("\r\n"));
        return say(reply + "250 HELP" + script.behindExtensions(number));
      }
      if (verb.equals("QUIT")) {
        say("221 2.0.0 bye");
        return false;
      }
      if (verb.equals("MAIL")) {
        transaction.clear();
        chunks.reset();
      }
      if (verb.equals("BDAT")) {
        return chunk(line);
      }
      transaction.add(line);
      String reply = script.reply(number, line);
      if (!say(reply)) {
        return false;
      }
      if (verb.equals("STARTTLS") && reply.startsWith("220")) {
        if (tls.isEmpty()) {
          return false; // promised, and then not able to
        }
        encrypt(tls.get());
        if (script.isGoneOnceEncrypted()) {
          socket.close();
          return false;
        }
      }
      if (!verb.equals("DATA") || !reply.startsWith("354")) {
        return true;
      }
      Optional<String> content = content();
      return content.isPresent() && take(content.get());
    }

    private boolean chunk(String line) throws IOException {
      String[] words = line.split(" ");
      chunks.writeBytes(in.readNBytes(Integer.parseInt(words[1])));
      String reply = script.reply(number, line);
      boolean last = words.length > 2 && reply.startsWith("2");
      return last ? take(chunks.toString(StandardCharsets.UTF_8)) : say(reply);
    }

    private boolean take(String content) throws IOException {
      String reply = script.accept(number, content);
      if (reply.startsWith("2")) {
        received.add(new Received(number, List.copyOf(transaction), content));
      }
      return say(reply);
    }

    /// Empty where the client breaks off before the final dot.
    private Optional<String> content() throws IOException {
      StringBuilder content = new StringBuilder();
      for (String line = line(); line != null; line = line()) {
        if (line.equals(".")) {
          return Optional.of(content.toString());
        }
        content.append(line).append("\r\n");
      }
      return Optional.empty();
    }

    private void encrypt(SSLContext context) throws IOException {
      SSLSocket encrypted =
          (SSLSocket)
              context.getSocketFactory().createSocket(socket, "127.0.0.1", socket.getPort(), true);
      encrypted.setUseClientMode(false);
      encrypted.startHandshake();
      socket = encrypted;
      in = new BufferedInputStream(encrypted.getInputStream());
    }

    /// False where the connection is over.
    private boolean say(String reply) throws IOException {
      if (reply.equals(HANG_UP)) {
        return false;
      }
      if (!reply.equals(SILENCE)) {
        said.append(reply.endsWith(HALF) ? reply.substring(0, reply.length() - 1) : reply + "\r\n");
        if (!script.isInOneGo() || in.available() == 0) {
          socket.getOutputStream().write(said.toString().getBytes(StandardCharsets.UTF_8));
          socket.getOutputStream().flush();
          said.setLength(0);
        }
      }
      return !reply.startsWith("421");
    }

    private @org.jspecify.annotations.Nullable String line() throws IOException {
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      for (int octet = in.read(); octet >= 0; octet = in.read()) {
        if (octet == '\n') {
          String text = line.toString(StandardCharsets.UTF_8);
          return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
        }
        line.write(octet);
      }
      return null;
    }
  }
}
