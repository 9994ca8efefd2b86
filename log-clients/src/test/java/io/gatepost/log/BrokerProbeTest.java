package io.gatepost.log;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BrokerProbeTest {

  private static final int REQUEST_OCTETS = 14;
  private static final byte[] HTTP = "HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(US_ASCII);

  /// How one answers who has got the request.
  private interface Answer {
    byte[] to(byte[] request);
  }

  @Test
  void aBrokerIsKnownByItsAnswer() throws IOException {
    try (ServerSocket broker = answering(BrokerProbeTest::versions)) {
      assertThat(trouble(address(broker))).isEmpty();
    }
  }

  @Test
  void anHttpPortIsNoBroker() throws IOException {
    try (ServerSocket http = answering(request -> HTTP)) {
      assertThat(trouble(address(http)))
          .contains("what listens at " + address(http) + " is no Kafka broker");
    }
  }

  @Test
  void aPlainQuestionToAListenerOfTlsIsToldSo() throws IOException {
    byte[] alert = {21, 3, 3, 0, 2, 2, 70};
    try (ServerSocket tls = answering(request -> alert)) {
      assertThat(trouble(address(tls)))
          .contains("no broker answers at " + address(tls) + " (PLAINTEXT): it speaks TLS");
    }
  }

  @Test
  void anHttpPortBesideABrokerIsTroubleToo() throws IOException {
    try (ServerSocket broker = answering(BrokerProbeTest::versions);
        ServerSocket http = answering(request -> HTTP)) {
      assertThat(trouble(address(broker) + ", " + address(http)))
          .contains("what listens at " + address(http) + " is no Kafka broker");
    }
  }

  @Test
  void aBrokerThatIsAwayIsNamed() throws IOException {
    String away = freeAddress();

    assertThat(trouble(away))
        .hasValueSatisfying(why -> assertThat(why).startsWith("no broker answers at " + away));
  }

  @Test
  void oneBrokerThatAnswersIsEnough() throws IOException {
    String away = freeAddress();
    try (ServerSocket broker = answering(BrokerProbeTest::versions)) {
      assertThat(trouble(away + "," + address(broker))).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ",", "nowhere", "127.0.0.1:", "127.0.0.1:http", "127.0.0.1:70000"})
  void anAddressThatIsNoneIsTrouble(String address) {
    assertThat(trouble(address)).isPresent();
  }

  private static Optional<String> trouble(String addresses) {
    return BrokerProbe.trouble(Map.of("bootstrap.servers", addresses));
  }

  private static byte[] versions(byte[] request) {
    int correlation = ByteBuffer.wrap(request).getInt(8);
    return ByteBuffer.allocate(14).putInt(10).putInt(correlation).array();
  }

  private static ServerSocket answering(Answer answer) throws IOException {
    ServerSocket listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    Thread.startVirtualThread(() -> {
      while (!listener.isClosed()) {
        try (Socket caller = listener.accept()) {
          caller
              .getOutputStream()
              .write(answer.to(caller.getInputStream().readNBytes(REQUEST_OCTETS)));
        } catch (IOException e) {
          return; // the test is over
        }
      }
    });
    return listener;
  }

  private static String freeAddress() throws IOException {
    try (ServerSocket gone = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return address(gone);
    }
  }

  private static String address(ServerSocket listener) {
    return "127.0.0.1:" + listener.getLocalPort();
  }
}
