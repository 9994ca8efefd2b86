package io.gatepost.rpc.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

class HttpBoundsTest {

  private DisposableServer server;

  private void start(Duration idle, int most) {
    server =
        HttpBounds.bounded(HttpServer.create().host("127.0.0.1").port(0), idle, most)
            .handle((request, response) -> response.sendString(Mono.just("here")))
            .bindNow();
  }

  @AfterEach
  void stop() {
    server.disposeNow();
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
    socket.setSoTimeout(10_000);
    return socket;
  }

  private static boolean isAnswered(Socket socket) throws IOException {
    try {
      socket
          .getOutputStream()
          .write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      return socket.getInputStream().read() == 'H';
    } catch (SocketException e) {
      return false; // reset
    }
  }

  @Test
  void anIdleConnectionIsClosed() throws IOException {
    start(Duration.ofMillis(100), 10);
    try (Socket silent = connect();
        Socket used = connect()) {
      assertThat(isAnswered(used)).isTrue();

      assertThat(silent.getInputStream().read()).isEqualTo(-1);
      assertThat(used.getInputStream().readAllBytes()).isNotEmpty(); // the answer, then the end
    }
  }

  @Test
  void connectionsBeyondTheBoundAreClosed() throws IOException {
    start(Duration.ofMinutes(1), 1);
    try (Socket first = connect()) {
      assertThat(isAnswered(first)).isTrue();
      try (Socket second = connect()) {
        assertThat(isAnswered(second)).isFalse();
      }
    }
    await()
        .untilAsserted(() -> {
          try (Socket next = connect()) {
            assertThat(isAnswered(next)).isTrue();
          }
        });
  }
}
