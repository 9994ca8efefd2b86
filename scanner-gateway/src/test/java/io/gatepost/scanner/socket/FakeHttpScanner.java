package io.gatepost.scanner.socket;

import io.gatepost.testkit.scanner.FakeScanner;
import io.gatepost.testkit.scanner.Talk;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;

/// A scanner that speaks HTTP, octet by octet in a test's hands.
public final class FakeHttpScanner implements AutoCloseable {

  private final FakeScanner server;
  private final List<Request> requests = new CopyOnWriteArrayList<>();

  /// A request as it came in.
  ///
  /// @param head request line and fields, each with a line feed
  /// @param body without the framing of its chunks
  public record Request(String head, byte[] body) {

    public String text() {
      return new String(body, StandardCharsets.ISO_8859_1);
    }
  }

  private FakeHttpScanner(FakeScanner.Script script) {
    this.server = FakeScanner.start(script);
  }

  /// One that does with each connection as it is told.
  public static FakeHttpScanner start(FakeScanner.Script script) {
    return new FakeHttpScanner(script);
  }

  /// One that reads each request and gives this answer.
  public static FakeHttpScanner answering(int status, String body) {
    return answering(status, "", body);
  }

  /// The same with more fields in its head, each with its CRLF.
  public static FakeHttpScanner answering(int status, String fields, String body) {
    FakeHttpScanner scanner = new FakeHttpScanner(talk -> {});
    scanner.server.behave(talk -> {
      scanner.requests.add(take(talk));
      answer(talk, status, fields, body);
    });
    return scanner;
  }

  /// Reads a request to its end.
  public static Request take(Talk talk) throws IOException {
    StringBuilder head = new StringBuilder();
    for (String line = talk.readLine(); !line.isEmpty(); line = talk.readLine()) {
      head.append(line).append('\n');
    }
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    if (head.toString().toLowerCase(Locale.ROOT).contains("\ntransfer-encoding: chunked\n")) {
      for (int size = size(talk); size > 0; size = size(talk)) {
        body.write(talk.read(size));
        talk.readLine();
      }
      talk.readLine();
    }
    return new Request(head.toString(), body.toByteArray());
  }

  /// Writes an answer.
  ///
  /// @param fields more fields of its head, each with its CRLF
  public static void answer(Talk talk, int status, String fields, String body) throws IOException {
    talk.write(answer(status, fields, body));
  }

  /// An answer on the wire.
  public static byte[] answer(int status, String fields, String body) {
    int length = body.getBytes(StandardCharsets.UTF_8).length;
    return "HTTP/1.1 %d x\r\n%sContent-Length: %d\r\n\r\n%s"
        .formatted(status, fields, length, body)
        .getBytes(StandardCharsets.UTF_8);
  }

  public URI url() {
    return URI.create("http://" + server.address());
  }

  /// The server, to be stopped and started again.
  public FakeScanner server() {
    return server;
  }

  /// The requests that were read to their end by one that is [#answering].
  public List<Request> requests() {
    return requests;
  }

  @Override
  public void close() {
    server.close();
  }

  private static int size(Talk talk) throws IOException {
    return Integer.parseInt(talk.readLine(), 16);
  }
}
