package io.gatepost.system.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.system.Estate;
import io.gatepost.testkit.product.GatepostProcess;
import io.gatepost.testkit.product.Mode;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Who may use the operator's port of `run`, of whose token nothing was set.
class OperatorPortIT {

  private final Estate estate = Estate.shared(Mode.ALL_IN_ONE);

  @ParameterizedTest
  @CsvSource({
    "TOKEN,   HERE,            '',                  200",
    "'',      HERE,            '',                  401",
    "guess,   HERE,            '',                  401",
    "TOKEN,   rebound.example, '',                  403",
    "TOKEN,   HERE,            http://evil.example, 403",
    "TOKEN,   HERE,            null,                403",
    "TOKEN,   HERE,            http://HERE,         200",
  })
  void onlyWhoHasTheTokenAndComesFromNoForeignPageIsAnswered(
      String token, String host, String origin, int status) throws IOException {
    GatepostProcess.OperatorPort port = estate.gatepost().operatorPort();
    URI url = port.url();
    String here = url.getHost() + ":" + url.getPort();
    StringBuilder request =
        new StringBuilder("GET /gatepost.queue.v1.Operator/Stats HTTP/1.1\r\n")
            .append("Host: " + host.replace("HERE", here) + "\r\nConnection: close\r\n");
    if (!token.isEmpty()) {
      request.append("Authorization: Bearer " + token.replace("TOKEN", port.token()) + "\r\n");
    }
    if (!origin.isEmpty()) {
      request.append("Origin: " + origin.replace("HERE", here) + "\r\n");
    }

    try (Socket client = new Socket(url.getHost(), url.getPort())) {
      client.getOutputStream().write((request + "\r\n").getBytes(StandardCharsets.US_ASCII));
      String answer = new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      assertThat(answer).startsWith("HTTP/1.1 " + status + " ");
    }
  }
}
