package io.gatepost.system.scanning;

import static io.gatepost.system.scanning.ChangedMail.PATIENCE;
import static io.gatepost.system.scanning.ChangedMail.queueId;
import static io.gatepost.system.scanning.ChangedMail.stored;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.system.Estate;
import io.gatepost.system.Modes;
import io.gatepost.system.early.Held;
import io.gatepost.testkit.product.Mode;
import io.gatepost.testkit.smtp.FakeSmtpFilter;
import io.gatepost.testkit.smtp.FakeSmtpFilter.Manner;
import io.gatepost.testkit.smtp.FakeSmtpServer.Stage;
import io.gatepost.testkit.smtp.SmtpClient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// A filter that takes messages by SMTP and gives others back (requirements E19, E21 and E22). In
/// six processes; with `-Dgatepost.modes=all` in one, too.
@ParameterizedClass
@MethodSource("modes")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FilterIT {

  private static final String DORA = "dora@sink.test";
  private static final String HELD = "This one is held.";
  private static final String FILLER = "A line of the message.\r\n".repeat(45_000);

  @Parameter Mode mode;
  private FakeSmtpFilter filter;
  private Estate estate;

  static Stream<Mode> modes() {
    return Modes.of(Mode.SPLIT);
  }

  @BeforeParameterizedClassInvocation
  void start() {
    filter = FakeSmtpFilter.start();
    estate =
        Estate.start(
            "filter",
            mode,
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

  @AfterParameterizedClassInvocation
  void stop() {
    try (FakeSmtpFilter _ = filter) {
      if (estate != null) {
        assertThat(estate.nextHop().arrivals()).extracting("key").doesNotHaveDuplicates();
        estate.close();
      }
    }
  }

  @BeforeEach
  void behaveWell() {
    filter.behave(Manner.ONCE);
    filter.change(FilterIT::changed);
  }

  private static String changed(String content) {
    return content.replace("Some text.", "Changed text.");
  }

  private ChangedMail mail(String more) {
    String id = Estate.newMessageId();
    return new ChangedMail(estate, id, DORA, Estate.message(id) + more);
  }

  private static void hasArrivedChanged(ChangedMail mail, String queueId) {
    assertThat(mail.arrivals())
        .singleElement()
        .satisfies(arrival ->
            assertThat(arrival.content().replace(FILLER, ""))
                .contains("Changed text.")
                .doesNotContain("Some text.", "Gatepost-Filter")
                .contains(queueId));
  }

  @Test
  void theChangedMessageIsAtItsNextHopBeforeTheReplyUnderTheSameQueueId() {
    ChangedMail mail = mail("");

    String reply = mail.send();

    assertThat(reply).startsWith("250 2.0.0 delivered as ");
    hasArrivedChanged(mail, queueId(reply));
    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(estate.gatepost().log())
                .contains("qid=" + queueId(reply) + " given back by the filter as=")
                .contains("qid=" + queueId(reply) + " accepted "));
  }

  @Test
  void soIsALargeOne() {
    ChangedMail mail = mail(FILLER);

    String reply = mail.send();

    assertThat(reply).startsWith("250 2.0.0 delivered as ");
    hasArrivedChanged(mail, queueId(reply));
    assertThat(mail.arrivals().getFirst().content()).hasSizeGreaterThan(1_000_000);
    await().atMost(PATIENCE).until(() -> stored(estate, queueId(reply)).isEmpty());
  }

  @Test
  void theFiltersRefusalIsHeardByTheClient() {
    filter.behave(Manner.REFUSED);
    ChangedMail mail = mail("");

    assertThat(mail.send()).isEqualTo("554 5.7.1 Not with these words");

    assertThat(mail.arrivals()).isEmpty();
  }

  @Test
  void whatIsNeverGivenBackIsSentAgainByItsClient() {
    filter.behave(Manner.NEVER);
    ChangedMail mail = mail("");

    assertThat(mail.send()).startsWith("451 4.7.1 ");

    filter.behave(Manner.ONCE);
    assertThat(mail.send()).startsWith("250 2.0.0 delivered as ");
    assertThat(mail.arrivals()).hasSize(1);
  }

  @Test
  void whatIsGivenBackTwiceArrivesOnce() {
    filter.behave(Manner.TWICE);
    ChangedMail mail = mail("");

    assertThat(mail.send()).startsWith("250 2.0.0 delivered as ");

    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(estate.gatepost().log())
                .contains("from the filter dropped, as its round is over"));
    assertThat(mail.arrivals()).hasSize(1);
  }

  @Test
  void nothingElseGetsInByTheFiltersListener() throws IOException {
    ChangedMail mail = mail("");
    String[] place = filter.backTo().split(":");

    try (SmtpClient client =
        SmtpClient.connect(new InetSocketAddress(place[0], Integer.parseInt(place[1])))) {
      assertThat(client.deliver("carl@client.example", List.of(DORA), mail.content()))
          .startsWith("550 5.7.1 ");
    }

    assertThat(mail.arrivals()).isEmpty();
  }

  /// While the filter has one message, and before the final dot of another that it has given back.
  @Test
  void withAKilledEdgeEachMessageComesOnceAfterNoReply() {
    onlyWhereItIsAProcess();
    Held hop = new Held(Stage.RCPT);
    estate.nextHop().behave(hop);
    CountDownLatch isHeld = new CountDownLatch(1);
    CountDownLatch goesOn = new CountDownLatch(1);
    filter.change(content -> {
      if (content.contains(HELD)) {
        isHeld.countDown();
        pass(goesOn);
      }
      return changed(content);
    });
    ChangedMail shown = mail(HELD + "\r\n");
    ChangedMail back = mail(FILLER);
    double lost = lostCalls();
    CompletableFuture<String> ofShown = shown.begin();
    CompletableFuture<String> ofBack = back.begin();
    pass(isHeld);
    hop.awaitReached();
    int heard = filter.heard().size();

    ChangedMail.outage(
        estate,
        "edge",
        () -> {
          // On a slow machine it may have been told 451 before.
          assertThat(ofShown.join()).doesNotStartWith("250");
          assertThat(ofBack.join()).isEmpty();
          await("the attempt is broken off").atMost(PATIENCE).until(() -> lostCalls() > lost);
          hop.release();
          estate.nextHop().behaveWell();
        });
    goesOn.countDown();

    await("the filter gives back what nobody knows any more")
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(filter.heard().subList(heard, filter.heard().size()))
                .anyMatch(reply -> reply.startsWith("550 5.7.1 ")));
    shown.comesOnce("");
    back.comesOnce("");
  }

  /// The filter gives back messages that cannot be delivered at once, while there is no log.
  @Test
  void withAKilledQueueEachMessageComesOnceOrItsClientIsTold() {
    onlyWhereItIsAProcess();
    CountDownLatch goesOn = new CountDownLatch(1);
    CountDownLatch areHeld = new CountDownLatch(2);
    filter.change(content -> {
      areHeld.countDown();
      pass(goesOn);
      return changed(content);
    });
    ChangedMail small = mail("");
    ChangedMail large = mail(FILLER);
    CompletableFuture<String> ofSmall = small.begin();
    CompletableFuture<String> ofLarge = large.begin();
    pass(areHeld);
    estate.nextHop().goDown();
    try {
      ChangedMail.outage(estate, "queue", goesOn::countDown);
      assertThat(List.of(ofSmall.join(), ofLarge.join()))
          .allMatch(reply -> reply.startsWith("250 2.0.0 queued as ") || reply.startsWith("45"));
    } finally {
      estate.nextHop().comeUp();
    }

    small.comesOnce(ofSmall.join());
    large.comesOnce(ofLarge.join());
  }

  /// Attempts whose edge has gone before its answer.
  private double lostCalls() {
    return estate.gatepost().meter("delivery", ChangedMail.LOST_CALLS);
  }

  private static void pass(CountDownLatch latch) {
    try {
      if (!latch.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new IllegalStateException("nothing happens");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private void onlyWhereItIsAProcess() {
    assumeThat(mode).as("only there it is a process of its own").isEqualTo(Mode.SPLIT);
  }
}
