package io.gatepost.edge.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.verification.RecipientVerdict;
import io.gatepost.edge.dialogue.Tarpit;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/// The tarpit on real connections.
class TarpitThreadsTest {

  private static final int SESSIONS = 1_000;

  private final TestEdge edge = new TestEdge();
  private final List<TestClient> clients = new ArrayList<>();

  @BeforeEach
  void start() {
    edge.relayFrom = List.of();
    edge.maxConnections = 4 * SESSIONS;
    edge.maxFromOne = 4 * SESSIONS;
    edge.tarpit = new Tarpit.Rule(Duration.ofMinutes(1), SESSIONS);
    edge.drain = Duration.ofSeconds(1);
    edge.recipients =
        request -> Mono.just(new RecipientVerdict.Bad(Reason.RELAY_DENIED, Replies.RELAY_DENIED));
    edge.start();
  }

  @AfterEach
  void stop() throws IOException {
    edge.close();
    for (TestClient client : clients) {
      client.close();
    }
  }

  private TestClient heldClient() throws IOException {
    TestClient client = new TestClient(edge.port()).greet();
    clients.add(client);
    assertThat(client.say("MAIL FROM:<bob@client.example>")).startsWith("250 ");
    client.send("RCPT TO:<ann@far.example>\r\n");
    return client;
  }

  private double inPit() {
    return edge.meters.get("gatepost.edge.tarpit.sessions").gauge().value();
  }

  @Test
  void aThousandSessionsThatWaitHoldNoThread() throws IOException {
    heldClient();
    await().until(() -> inPit() == 1);
    int threads = ManagementFactory.getThreadMXBean().getThreadCount();

    for (int i = 1; i < SESSIONS; i++) {
      heldClient();
    }

    await().until(() -> inPit() == SESSIONS);
    assertThat(ManagementFactory.getThreadMXBean().getThreadCount())
        .isLessThanOrEqualTo(threads + Runtime.getRuntime().availableProcessors());
    assertThat(heldClient().reply())
        .as("one more does not wait")
        .isEqualTo(Replies.RELAY_DENIED.toString());
  }

  @Test
  void aClientThatGoesIsForgottenAtOnce() throws IOException {
    TestClient client = heldClient();
    await().until(() -> inPit() == 1);

    client.close();

    await().until(() -> inPit() == 0);
    await().untilAsserted(() -> assertThat(edge.ended("relay")).isEqualTo(1));
  }

  @Test
  void theStopOfTheServerDoesNotWait() throws IOException {
    TestClient client = heldClient();
    await().until(() -> inPit() == 1);

    edge.close();

    assertThat(client.reply()).isEqualTo(Replies.RELAY_DENIED.toString());
    assertThat(client.reply()).startsWith("421 4.3.2 ");
  }
}
