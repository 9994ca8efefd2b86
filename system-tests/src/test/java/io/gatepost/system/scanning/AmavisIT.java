package io.gatepost.system.scanning;

import static io.gatepost.system.scanning.ChangedMail.PATIENCE;
import static io.gatepost.system.scanning.ChangedMail.queueId;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.system.Estate;
import io.gatepost.testkit.peer.Amavisd;
import io.gatepost.testkit.product.Mode;
import io.gatepost.testkit.smtp.FakeSmtpServer.Arrival;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Amavis as the filter that gives messages back, in one process with early delivery (requirements
/// E19 and E22).
class AmavisIT {

  private static Amavisd amavis;
  private static Estate estate;

  @BeforeAll
  static void start() {
    amavis = Amavisd.start();
    estate =
        Estate.start(
            "amavis",
            Mode.ALL_IN_ONE,
            Map.of(
                "gatepost.edge.early-delivery.enabled",
                "true",
                "gatepost.edge.early-delivery.budget",
                "20s",
                "gatepost.edge.listeners[0].role",
                "reinjection",
                "gatepost.edge.listeners[0].listen",
                amavis.backTo(),
                "gatepost.edge.filter.address",
                amavis.address(),
                "gatepost.edge.filter.timeout",
                "60s"));
    estate.nextHop().keepContent();
  }

  @AfterAll
  static void stop() {
    try (Amavisd _ = amavis) {
      if (estate != null) {
        assertThat(estate.nextHop().arrivals()).extracting("key").doesNotHaveDuplicates();
        estate.close();
      }
    }
  }

  private static ChangedMail mail(String text) {
    String id = Estate.newMessageId();
    String header =
        """
        Message-ID: %s
        From: carl@client.example
        To: dora@sink.test
        Date: Tue, 1 Dec 2026 02:49:24 +0000
        Subject: a test
        """
            .formatted(id)
            .replace("\n", "\r\n");
    return new ChangedMail(estate, id, "dora@sink.test", header + text);
  }

  /// The next hop gets the message that amavis has given back, under the original's queue id.
  private static Arrival given(ChangedMail mail, String reply) {
    Arrival arrival = mail.arrivals().getFirst();
    String header = arrival.content().split("\r\n\r\n", 2)[0];
    assertThat(header).contains("(amavis, port", queueId(reply)).doesNotContain("Gatepost-Filter");
    assertThat(estate.gatepost().log())
        .contains("qid=" + queueId(reply) + " given back by the filter as=");
    return arrival;
  }

  @Test
  void whatItLetsPassIsAtItsNextHopBeforeTheReply() {
    ChangedMail mail = mail("\r\nSome text.\r\n");

    String reply = mail.send();

    assertThat(reply).startsWith("250 2.0.0 delivered as ");
    assertThat(given(mail, reply).content()).endsWith("\r\n\r\nSome text.\r\n");
  }

  @Test
  void soIsALargeOne() {
    String text = "A line of the message.\r\n".repeat(200_000);
    ChangedMail mail = mail("\r\n" + text);

    String reply = mail.send();

    assertThat(reply).startsWith("250 2.0.0 delivered as ");
    assertThat(given(mail, reply).content().endsWith("\r\n\r\n" + text)).isTrue();
  }

  /// It makes a message of its own then, with another header.
  @Test
  void soIsOneThatItWrapsInAWarning() {
    ChangedMail mail =
        mail(
            """
            MIME-Version: 1.0
            Content-Type: application/octet-stream; name="a.exe"
            Content-Disposition: attachment; filename="a.exe"

            MZ and so on
            """
                .replace("\n", "\r\n"));

    String reply = mail.send();

    assertThat(reply).startsWith("250 2.0.0 delivered as ");
    assertThat(given(mail, reply).content())
        .contains("X-Amavis-Alert: BANNED, message contains", "Content-Type: message/rfc822")
        .contains("MZ and so on");
  }

  @Test
  void whereItsNextHopIsAwayWhatItHasGivenBackIsQueued() {
    ChangedMail mail = mail("\r\nSome text.\r\n");
    estate.nextHop().goDown();
    String reply;
    try {
      reply = mail.send();
    } finally {
      estate.nextHop().comeUp();
    }

    assertThat(reply).startsWith("250 2.0.0 queued as ");
    await().atMost(PATIENCE).until(() -> !mail.arrivals().isEmpty());
    given(mail, reply);
  }
}
