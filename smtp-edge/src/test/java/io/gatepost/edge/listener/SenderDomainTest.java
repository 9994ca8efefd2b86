package io.gatepost.edge.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.verification.ReversePathRequest;
import io.gatepost.contract.verification.ReversePathVerdict;
import io.gatepost.edge.policy.SenderReachable.Rule;
import java.io.IOException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/// Replies at MAIL to a sender that no mail can be sent back to.
class SenderDomainTest {

  private static final DomainName GONE = DomainName.of("gone.example");
  private static final DomainName NULL_MX = DomainName.of("nomail.example");
  private static final DomainName SILENT = DomainName.of("silent.example");
  private static final List<String> STRANGERS = List.of();
  private static final List<String> OUR_CLIENTS = List.of("127.0.0.0/8");

  private final TestEdge edge = new TestEdge();
  private final Queue<ReversePathRequest> asked = new ConcurrentLinkedQueue<>();

  private void start(Rule rule, List<String> relayFrom) {
    edge.senderDomain = rule;
    edge.relayFrom = relayFrom;
    edge.reversePaths =
        request -> {
          asked.add(request);
          return Mono.just(verdict(request.sender().domain().text()));
        };
    edge.start();
  }

  private static ReversePathVerdict verdict(String domain) {
    return switch (domain) {
      case "gone.example" ->
          new ReversePathVerdict.Bad(Reason.INVALID_SENDER, Replies.senderUnroutable(GONE));
      case "nomail.example" ->
          new ReversePathVerdict.Bad(Reason.INVALID_SENDER, Replies.senderNullMx(NULL_MX));
      case "silent.example" ->
          new ReversePathVerdict.Unknown(Reason.DNS_UNAVAILABLE, Replies.dnsTimeout(SILENT));
      default -> new ReversePathVerdict.Routable();
    };
  }

  @AfterEach
  void stop() {
    edge.close();
  }

  @Test
  void whereSendersAreRefusedTheClientHearsWhyAndMayGoOnWithAnother() throws IOException {
    start(Rule.REFUSE, STRANGERS);
    try (TestClient client = new TestClient(edge.port()).greet()) {
      assertThat(client.say("MAIL FROM:<ann@gone.example>"))
          .isEqualTo("550 5.1.8 No mail can be sent back to gone.example");
      assertThat(client.say("RCPT TO:<bob@dest.example>"))
          .isEqualTo(Replies.BAD_SEQUENCE.toString());
      assertThat(client.say("MAIL FROM:<ann@nomail.example>"))
          .isEqualTo("550 5.7.27 Sender address has null MX: nomail.example");
      assertThat(client.say("MAIL FROM:<ann@silent.example>"))
          .isEqualTo("451 4.4.3 DNS does not answer for silent.example, try again later");
      client.openData();
      assertThat(client.say(".")).startsWith("250 ");
    }

    assertThat(edge.refused("mail", "invalid_sender")).isEqualTo(2);
  }

  @Test
  void theClassOfASessionIsCountedOnceHoweverManySendersWereRefused() throws IOException {
    start(Rule.REFUSE, STRANGERS);
    try (TestClient client = new TestClient(edge.port()).greet()) {
      for (int i = 0; i < 3; i++) {
        assertThat(client.say("MAIL FROM:<ann@gone.example>")).startsWith("550 ");
      }
    }

    assertThat(edge.refused("mail", "invalid_sender")).isEqualTo(3);
    await().untilAsserted(() -> assertThat(edge.ended("invalid_sender")).isEqualTo(1));
  }

  @Test
  void whereSendersAreMarkedNobodyIsRefused() throws IOException {
    start(Rule.MARK, STRANGERS);
    try (TestClient client = new TestClient(edge.port()).greet()) {
      for (String sender : List.of("ann@gone.example", "ann@silent.example", "ann@good.example")) {
        assertThat(client.say("MAIL FROM:<" + sender + ">"))
            .isEqualTo(Replies.SENDER_OK.toString());
        client.say("RSET");
      }
    }

    assertThat(asked).hasSize(3);
    await().untilAsserted(() -> assertThat(edge.ended("empty")).isEqualTo(1));
  }

  @Test
  void theNullSenderIsNeverAskedAbout() throws IOException {
    start(Rule.REFUSE, STRANGERS);
    try (TestClient client = new TestClient(edge.port()).greet()) {
      assertThat(client.say("MAIL FROM:<>")).isEqualTo(Replies.SENDER_OK.toString());
      client.say("RSET");
      client.say("MAIL FROM:<ann@good.example>");
    }

    assertThat(asked).containsExactly(new ReversePathRequest(ForwardPath.of("ann@good.example")));
  }

  @Test
  void ourOwnClientsAreNeverRefusedForIt() throws IOException {
    start(Rule.REFUSE, OUR_CLIENTS);
    try (TestClient client = new TestClient(edge.port()).greet()) {
      assertThat(client.say("MAIL FROM:<ann@gone.example>"))
          .isEqualTo(Replies.SENDER_OK.toString());
    }

    assertThat(asked).isEmpty();
  }
}
