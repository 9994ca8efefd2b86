package io.gatepost.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Headers by which a proxy tells of the client's request. There is none before a service, so
/// whoever sends them is the client himself; Spring Boot would heed them by itself in Kubernetes.
class ForwardedHeadersTest {

  private static final String CALL =
      "/gatepost.queue.v1.Queue/DeleteContent?id=0123456789abcdefg00";

  private static RpcServer server;

  @BeforeAll
  static void start() {
    server =
        RpcServer.start(
            "--spring.main.cloud-platform=kubernetes", // as it tells from a pod's environment
            "--gatepost.rpc.tokens.edge=a-token-of-the-edge");
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @ParameterizedTest
  @CsvSource({
    "X-Forwarded-Prefix: /actuator, " + CALL,
    "X-Forwarded-Prefix: /actuator/, " + CALL,
    "X-Forwarded-Prefix: /actuator/health, " + CALL,
    "X-Forwarded-Host: localhost/actuator, " + CALL,
    "Forwarded: for=127.0.0.1;host=localhost;proto=http, " + CALL
  })
  void theyLeadNotPastTheToken(String header, String path) throws IOException {
    server.queue.deleted.set(0);
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.base().getPort())) {
      socket.setSoTimeout(20_000);
      socket
          .getOutputStream()
          .write(
              ("POST "
                      + path
                      + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close\r\n"
                      + header
                      + "\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);

      assertThat(server.queue.deleted).hasValue(0);
      assertThat(answer).startsWith("HTTP/1.1 4");
    }
  }
}
