package io.gatepost.edge.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.verification.RecipientVerdict;
import io.gatepost.edge.session.RecipientMemory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Sinks;

/// Resources that all sessions share, and the part that is kept for our own.
class SharedResourcesTest {

  private final TestEdge edge = new TestEdge();

  @AfterEach
  void stop() {
    edge.close();
  }

  @Test
  void recipientsOfAllTogetherHaveRoomForSoMany() throws IOException {
    edge.recipientMemory = new RecipientMemory(1_000); // octets: for one beyond the first of each
    edge.start();
    try (TestClient client = new TestClient(edge.port()).greet();
        TestClient other = new TestClient(edge.port()).greet()) {
      client.say("MAIL FROM:<>");
      other.say("MAIL FROM:<>");
      assertThat(rcpt(client, 0)).isEqualTo(Replies.RECIPIENT_OK.toString());
      assertThat(rcpt(client, 1)).isEqualTo(Replies.RECIPIENT_OK.toString());
      assertThat(rcpt(client, 2)).isEqualTo(Replies.TOO_MANY_RECIPIENTS_NOW.toString());
      assertThat(rcpt(other, 0)).isEqualTo(Replies.RECIPIENT_OK.toString());
      assertThat(rcpt(other, 1)).isEqualTo(Replies.TOO_MANY_RECIPIENTS_NOW.toString());

      client.say("RSET");
      assertThat(rcpt(other, 1)).isEqualTo(Replies.RECIPIENT_OK.toString());
    }
  }

  @Test
  void placesOfRecipientsAreGivenBackWithTheTransaction() throws IOException {
    edge.start();
    try (TestClient client = new TestClient(edge.port()).greet()) {
      for (String end : List.of("RSET", "DATA\r\ntext\r\n.")) {
        client.say("MAIL FROM:<>");
        rcpt(client, 0);
        rcpt(client, 1);
        assertThat(edge.recipientMemory.taken()).isPositive();
        client.say(end);
        if (end.startsWith("DATA")) {
          client.reply();
        }
        assertThat(edge.recipientMemory.taken()).isZero();
      }
    }
  }

  /// Each waits for verification, and holds its recipient while it does.
  @Test
  void recipientsThatAreBeingCheckedTakeRoom() throws IOException {
    Sinks.One<RecipientVerdict> verdict = Sinks.one();
    edge.recipients = request -> verdict.asMono();
    edge.start();
    try (TestClient client = new TestClient(edge.port()).greet()) {
      client.say("MAIL FROM:<>");
      client.send("RCPT TO:<a@dest.example>\r\nRCPT TO:<b@dest.example>\r\n");
      await().untilAsserted(() -> assertThat(edge.recipientMemory.taken()).isPositive());

      verdict.tryEmitValue(
          new RecipientVerdict.Unknown(Reason.SERVICE_UNAVAILABLE, Replies.ROUTING_UNAVAILABLE));
      client.reply();
      client.reply();
      assertThat(edge.recipientMemory.taken()).isZero();
    }
  }

  @Test
  void strangersLeaveConnectionsForOurOwn() throws IOException {
    edge.relayFrom = List.of("127.0.0.2");
    edge.maxConnections = 8;
    edge.start();
    List<TestClient> strangers = new ArrayList<>();
    try {
      for (int i = 0; i < 6; i++) {
        strangers.add(new TestClient(edge.port()).greet());
      }
      try (TestClient next = new TestClient(edge.port());
          TestClient own = new TestClient(edge.port(), "127.0.0.2")) {
        assertThat(next.reply()).isEqualTo(Replies.TOO_MANY_CONNECTIONS.toString());
        assertThat(own.reply()).startsWith("220 ");
      }
    } finally {
      for (TestClient stranger : strangers) {
        stranger.close();
      }
    }
  }

  private static String rcpt(TestClient client, int number) throws IOException {
    return client.say("RCPT TO:<user" + number + "@dest.example>");
  }
}
