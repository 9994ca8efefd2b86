package io.gatepost.cli.operator;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/// Answers calls as a service of the suite does, and notes who asked for what.
final class FakeService implements AutoCloseable {

  private final List<Call> calls = new CopyOnWriteArrayList<>();
  private final Function<Call, String> answers;
  private final HttpServer server;

  /// A call that has come.
  ///
  /// @param path with the service and the method, such as `/gatepost.queue.v1.Operator/Cancel`
  /// @param authorization the header, or `null` as text where there is none
  /// @param octets the body as it came
  record Call(String path, String authorization, String body, byte[] octets, Headers headers) {
    String method() {
      return path.substring(path.lastIndexOf('/') + 1);
    }
  }

  private FakeService(Function<Call, String> answers, HttpServer server) {
    this.answers = answers;
    this.server = server;
  }

  /// Starts one on a free port.
  ///
  /// @param answers the JSON text of each answer, empty for none
  static FakeService answering(Function<Call, String> answers) {
    try {
      InetSocketAddress free = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
      FakeService service = new FakeService(answers, HttpServer.create(free, 0));
      service.server.createContext("/", service::answer);
      service.server.start();
      return service;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  List<Call> calls() {
    return calls;
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    Call call =
        new Call(
            exchange.getRequestURI().getPath(),
            String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")),
            new String(body, StandardCharsets.UTF_8),
            body,
            exchange.getRequestHeaders());
    calls.add(call);
    byte[] octets = answers.apply(call).getBytes(StandardCharsets.UTF_8);
    if (octets.length == 0) {
      exchange.sendResponseHeaders(204, -1);
    } else {
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, octets.length);
      exchange.getResponseBody().write(octets);
    }
    exchange.close();
  }
}
