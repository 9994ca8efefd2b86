package io.gatepost.scanner.socket;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// A scanner that speaks HTTP, octet by octet in a test's hands.
public final class FakeHttpScanner implements AutoCloseable {

  private final ServerSocket listening;
  private final Answerer answerer;
  private final Thread accepting;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final List<Request> requests = new CopyOnWriteArrayList<>();

  /// What is done with a connection.
  @FunctionalInterface
  public interface Answerer {
    void serve(Connection connection) throws IOException;
  }

  /// A request as it came in.
  ///
  /// @param head request line and fields, each with a line feed
  /// @param body without the framing of its chunks
  public record Request(String head, byte[] body) {

    public String text() {
      return new String(body, StandardCharsets.ISO_8859_1);
    }
  }

  private FakeHttpScanner(int port, Answerer answerer) throws IOException {
    this.listening = new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
    this.answerer = answerer;
    this.accepting = Thread.ofVirtual().start(this::accept);
  }

  /// One that does with each connection as it is told.
  public static FakeHttpScanner start(Answerer answerer) {
    return start(0, answerer);
  }

  /// The same on a port that another had.
  public static FakeHttpScanner start(int port, Answerer answerer) {
    try {
      return new FakeHttpScanner(port, answerer);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// One that reads each request and gives this answer.
  public static FakeHttpScanner answering(int status, String body) {
    return start(connection -> {
      connection.request();
      connection.answer(status, "", body);
    });
  }

  public URI url() {
    return URI.create("http://127.0.0.1:" + port());
  }

  public int port() {
    return listening.getLocalPort();
  }

  /// The requests that were read to their end.
  public List<Request> requests() {
    return requests;
  }

  /// How many connections there are now.
  public int connections() {
    return open.size();
  }

  @Override
  public void close() {
    try {
      listening.close();
      for (Closeable each : open) {
        each.close();
      }
      accepting.join(); // the port is free when it has ended
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        Socket socket = listening.accept();
        open.add(socket);
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      answerer.serve(new Connection(socket));
    } catch (IOException e) {
      // The client has gone: what the test waits for shows it.
    } finally {
      open.remove(socket);
    }
  }

  /// One connection.
  public final class Connection {

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    private Connection(Socket socket) throws IOException {
      this.socket = socket;
      this.in = new BufferedInputStream(socket.getInputStream());
      this.out = socket.getOutputStream();
    }

    /// Reads a request to its end.
    public Request request() throws IOException {
      StringBuilder head = new StringBuilder();
      for (String line = line(); !line.isEmpty(); line = line()) {
        head.append(line).append('\n');
      }
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      if (head.toString()
          .toLowerCase(java.util.Locale.ROOT)
          .contains("\ntransfer-encoding: chunked")) {
        for (int size = size(); size > 0; size = size()) {
          body.write(in.readNBytes(size));
          line();
        }
        line();
      }
      Request request = new Request(head.toString(), body.toByteArray());
      requests.add(request);
      return request;
    }

    /// Reads one line of the request.
    public String line() throws IOException {
      StringBuilder line = new StringBuilder();
      int octet = in.read();
      for (; octet >= 0 && octet != '\n'; octet = in.read()) {
        line.append((char) octet);
      }
      if (octet < 0) {
        throw new IOException("the request has broken off");
      }
      return line.toString().strip();
    }

    /// Reads until the client closes, and returns how many octets came.
    public long drain() throws IOException {
      return in.transferTo(OutputStream.nullOutputStream());
    }

    /// Writes an answer.
    public void answer(int status, String fields, String body) throws IOException {
      byte[] octets = body.getBytes(StandardCharsets.UTF_8);
      write(
          "HTTP/1.1 %d x\r\n%sContent-Length: %d\r\n\r\n".formatted(status, fields, octets.length));
      out.write(octets);
      out.flush();
    }

    /// Writes octets.
    public void write(String text) throws IOException {
      out.write(text.getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
    }

    /// Closes it in a way that the client sees a reset.
    public void reset() throws IOException {
      socket.setSoLinger(true, 0);
      socket.close();
    }

    private int size() throws IOException {
      return Integer.parseInt(line(), 16);
    }
  }
}
