package io.gatepost.system.scanning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.system.Estate;
import io.gatepost.testkit.product.Mode;
import io.gatepost.testkit.smtp.FakeSmtpFilter;
import io.gatepost.testkit.smtp.FakeSmtpFilter.Manner;
import io.gatepost.testkit.smtp.FakeSmtpServer;
import io.gatepost.testkit.smtp.SmtpClient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A filter that takes messages by SMTP and gives others back, in one process (requirements E19,
/// E21 and E22).
class FilterIT {

  private static final String SENDER = "carl@client.example";
  private static final String RECIPIENT = "dora@sink.test";
  private static final Pattern ID = Pattern.compile("250 2\\.0\\.0 delivered as ([^ :]+)");

  private static FakeSmtpFilter filter;
  private static Estate estate;

  @BeforeAll
  static void start() {
    filter = FakeSmtpFilter.start();
    estate =
        Estate.start(
            "filter",
            Mode.ALL_IN_ONE,
            Map.of(
                "gatepost.edge.early-delivery.enabled",
                "true",
                "gatepost.edge.early-delivery.budget",
                "20s",
                "gatepost.edge.listeners[0].role",
                "reinjection",
                "gatepost.edge.listeners[0].listen",
                filter.backTo(),
                "gatepost.edge.filter.address",
                filter.address(),
                "gatepost.edge.filter.timeout",
                "10s"));
    estate.nextHop().keepContent();
  }

  @AfterAll
  static void stop() {
    if (estate != null) {
      estate.close();
    }
    filter.close();
  }

  @BeforeEach
  void behaveWell() {
    filter.behave(Manner.ONCE);
    filter.change(content -> content.replace("Some text.", "Changed text."));
  }

  private static String send(String content) {
    return estate.deliver(SENDER, List.of(RECIPIENT), content);
  }

  private static List<FakeSmtpServer.Arrival> arrivals(String messageId) {
    return estate.nextHop().arrivals(messageId);
  }

  @Test
  void theChangedMessageIsAtItsNextHopBeforeTheReplyUnderTheSameQueueId() {
    String messageId = Estate.newMessageId();

    String reply = send(Estate.message(messageId));

    Matcher id = ID.matcher(reply);
    assertThat(id.find()).as(reply).isTrue();
    assertThat(arrivals(messageId))
        .singleElement()
        .satisfies(arrival ->
            assertThat(arrival.content())
                .contains("Changed text.")
                .doesNotContain("Some text.", "Gatepost-Filter")
                .contains(id.group(1)));
    await()
        .untilAsserted(() ->
            assertThat(estate.gatepost().log())
                .contains("qid=" + id.group(1) + " given back by the filter as=")
                .contains("qid=" + id.group(1) + " accepted "));
  }

  @Test
  void soIsALargeOne() {
    String messageId = Estate.newMessageId();

    String reply = send(Estate.message(messageId) + "A line of the message.\r\n".repeat(45_000));

    assertThat(reply).startsWith("250 2.0.0 delivered as ");
    assertThat(arrivals(messageId))
        .singleElement()
        .satisfies(arrival -> {
          assertThat(arrival.content().contains("Changed text.")).isTrue();
          assertThat(arrival.content().length()).isGreaterThan(1_000_000);
        });
  }

  @Test
  void theFiltersRefusalIsHeardByTheClient() {
    filter.behave(Manner.REFUSED);
    String messageId = Estate.newMessageId();

    assertThat(send(Estate.message(messageId))).isEqualTo("554 5.7.1 Not with these words");

    assertThat(arrivals(messageId)).isEmpty();
  }

  @Test
  void whatIsNeverGivenBackIsSentAgainByItsClient() {
    filter.behave(Manner.NEVER);
    String messageId = Estate.newMessageId();

    assertThat(send(Estate.message(messageId))).startsWith("451 4.7.1 ");

    filter.behave(Manner.ONCE);
    assertThat(send(Estate.message(messageId))).startsWith("250 2.0.0 delivered as ");
    assertThat(arrivals(messageId)).hasSize(1);
  }

  @Test
  void whatIsGivenBackTwiceArrivesOnce() {
    filter.behave(Manner.TWICE);
    String messageId = Estate.newMessageId();

    assertThat(send(Estate.message(messageId))).startsWith("250 2.0.0 delivered as ");

    await()
        .untilAsserted(() ->
            assertThat(estate.gatepost().log())
                .contains("from the filter dropped, as its round is over"));
    assertThat(arrivals(messageId)).hasSize(1);
  }

  @Test
  void nothingElseGetsInByTheFiltersListener() throws IOException {
    String messageId = Estate.newMessageId();
    String[] place = filter.backTo().split(":");

    try (SmtpClient client =
        SmtpClient.connect(new InetSocketAddress(place[0], Integer.parseInt(place[1])))) {
      assertThat(client.deliver(SENDER, List.of(RECIPIENT), Estate.message(messageId)))
          .startsWith("550 5.7.1 ");
    }

    assertThat(arrivals(messageId)).isEmpty();
  }
}
