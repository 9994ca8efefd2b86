package io.gatepost.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Somebody on the network of the services without a token, who writes HTTP by hand.
class StrangerTest {

  private static final String DELETE =
      "/gatepost.queue.v1.Queue/DeleteContent?id=0123456789abcdefg00";
  private static final int PATIENCE_MILLIS = 20_000;

  private static RpcServer server;

  @BeforeAll
  static void start() {
    server = RpcServer.start("--gatepost.rpc.tokens.edge=a-token-of-the-edge");
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.base().getPort());
    socket.setSoTimeout(PATIENCE_MILLIS);
    return socket;
  }

  /// All that is answered until the server closes, or the beginning of it.
  private static String answer(Socket socket, int octets) throws IOException {
    return new String(socket.getInputStream().readNBytes(octets), StandardCharsets.ISO_8859_1);
  }

  private static String answer(String request) throws IOException {
    try (Socket socket = connect()) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      return answer(socket, "HTTP/1.1 401".length());
    }
  }

  /// He is refused by what stands in the header: nothing of the body is waited for or kept.
  @Test
  void aBodyIsNotReadForOneWithoutAToken() throws IOException {
    try (Socket socket = connect()) {
      OutputStream out = socket.getOutputStream();
      out.write(
          ("POST /gatepost.queue.v1.Queue/Enqueue HTTP/1.1\r\nHost: localhost\r\n"
                  + "Content-Type: application/vnd.gatepost.frames\r\n"
                  + "Content-Length: 10000000000\r\n\r\n")
              .getBytes(StandardCharsets.US_ASCII));

      assertThat(answer(socket, 12)).isEqualTo("HTTP/1.1 401");

      byte[] piece = new byte[1024 * 1024];
      try {
        for (int i = 0; i < 200; i++) {
          out.write(piece);
        }
      } catch (SocketException e) {
        return; // cut off, which is as good
      }
    }
    assertThat(server.queue.enqueued.get()).isNull();
  }

  @Test
  void aHeaderHasABound() throws IOException {
    assertThat(answer("GET / HTTP/1.1\r\nHost: localhost\r\nX: " + "x".repeat(20_000) + "\r\n\r\n"))
        .startsWith("HTTP/1.1 4");
    assertThat(answer("GET /" + "x".repeat(20_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n"))
        .startsWith("HTTP/1.1 4");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "POST http://localhost/actuator/../" + DELETE + " HTTP/1.1\r\nHost: localhost\r\n",
        "POST http://localhost" + DELETE + " HTTP/1.1\r\nHost: localhost\r\n",
        "POST http://localhost/actuator/" + DELETE + " HTTP/1.1\r\nHost: localhost\r\n",
        "POST //actuator/.." + DELETE + " HTTP/1.1\r\nHost: localhost\r\n",
        "POST /actuator/..;" + DELETE + " HTTP/1.1\r\nHost: localhost\r\n",
        "POST /actuator/%2e%2e" + DELETE + " HTTP/1.1\r\nHost: localhost\r\n",
        "POST /actuator\\..\\" + DELETE + " HTTP/1.1\r\nHost: localhost\r\n",
        "POST " + DELETE + "#/actuator/ HTTP/1.1\r\nHost: localhost\r\n",
        "POST " + DELETE + " HTTP/1.1\r\nHost: localhost/actuator/\r\n",
        "POST " + DELETE + " HTTP/1.1\r\nHost: localhost/actuator/?\r\n",
        "POST @localhost/actuator/.." + DELETE + " HTTP/1.1\r\nHost: localhost\r\n",
        "POST " + DELETE + " HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-Prefix: /actuator/\r\n",
        "POST " + DELETE + " HTTP/1.1\r\nHost: localhost\r\nX-Original-URL: /actuator/health\r\n",
        "GET /actuator/health HTTP/1.1\r\nHost: localhost\r\nX-HTTP-Method-Override: POST\r\n"
      })
  void noWayLeadsPastTheToken(String request) throws IOException {
    server.queue.deleted.set(0);

    String answer = answer(request + "Content-Length: 0\r\nConnection: close\r\n\r\n");

    assertThat(answer).startsWith("HTTP/1.1 ");
    if (!request.startsWith("GET")) {
      assertThat(answer).startsWith("HTTP/1.1 4");
    }
    assertThat(server.queue.deleted).hasValue(0);
  }

  /// The second request is the body of the first for one of two servers that read it differently.
  @Test
  void aSecondRequestInABodyIsNoneOfItsOwn() throws IOException {
    server.queue.deleted.set(0);
    String inner =
        "0\r\n\r\nPOST "
            + DELETE
            + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

    try (Socket socket = connect()) {
      socket
          .getOutputStream()
          .write(
              ("POST /actuator/health HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
                      + inner.length()
                      + "\r\nTransfer-Encoding: chunked\r\n\r\n"
                      + inner)
                  .getBytes(StandardCharsets.US_ASCII));
      answer(socket, Integer.MAX_VALUE);
    }

    assertThat(server.queue.deleted).hasValue(0);
  }
}
