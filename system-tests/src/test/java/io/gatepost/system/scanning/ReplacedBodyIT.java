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
import io.gatepost.system.scanning.ChangedMail.Verb;
import io.gatepost.testkit.peer.LibMilter;
import io.gatepost.testkit.product.Mode;
import io.gatepost.testkit.product.Signal;
import io.gatepost.testkit.smtp.FakeSmtpServer.Stage;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// A filter on libmilter that replaces bodies, in the whole suite with early delivery (requirements
/// E19 and E31). In six processes; with `-Dgatepost.modes=all` in one, too.
@ParameterizedClass
@MethodSource("modes")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReplacedBodyIT {

  /// Lines of 64 octets: 2 KiB, and 5 MB.
  private static final int SMALL = 32;

  private static final int LARGE = 80_000;
  private static final int LINE_OCTETS = 64;
  private static final String LINE_BEFORE = "z".repeat(62) + "\r\n";
  private static final String LINE_AFTER = "." + "y".repeat(61) + "\r\n";

  private static final String DORA = "dora@sink.test";

  @Parameter Mode mode;
  private LibMilter filter;
  private Estate estate;

  static Stream<Mode> modes() {
    return Modes.of(Mode.SPLIT);
  }

  @BeforeParameterizedClassInvocation
  void start() {
    filter = LibMilter.replacing();
    estate =
        Estate.start(
            "replaced-body",
            mode,
            new ScannerSettings()
                .with("footer", "milter", filter.address(), "replaces-body", "true")
                .set("gatepost.scanner.timeout", "60s")
                .set("gatepost.edge.scan-timeout", "2m")
                .set("gatepost.edge.early-delivery.enabled", "true")
                .set("gatepost.edge.early-delivery.budget", "20s")
                .map());
    estate.nextHop().keepContent();
  }

  @AfterParameterizedClassInvocation
  void stop() {
    try (LibMilter _ = filter) {
      if (estate != null) {
        assertThat(estate.nextHop().arrivals()).extracting("key").doesNotHaveDuplicates();
        estate.close();
      }
    }
  }

  private ChangedMail mail(String instruction, int lines) {
    String id = Estate.newMessageId();
    String content =
        "Message-ID: %s\r\nSubject: %sbody %d\r\n\r\n".formatted(id, instruction, lines)
            + LINE_BEFORE.repeat(lines);
    return new ChangedMail(estate, id, DORA, content);
  }

  private void hasArrivedChanged(ChangedMail mail, int lines, String queueId) {
    assertThat(mail.arrivals())
        .singleElement()
        .satisfies(arrival -> {
          String[] parts = arrival.content().split("\r\n\r\n", 2);
          assertThat(parts[0]).contains("X-Told: ").contains(queueId);
          String body = "was " + lines * LINE_OCTETS + "\r\n" + LINE_AFTER.repeat(lines);
          assertThat(parts[1].equals(body)).as("the filter's body, whole").isTrue();
        });
  }

  @ParameterizedTest
  @CsvSource({SMALL + ", DATA", SMALL + ", BDAT", LARGE + ", DATA", LARGE + ", BDAT"})
  void theChangedMessageIsAtItsNextHopBeforeTheReplyAndNothingElseIsKept(int lines, Verb verb) {
    double records = records();
    ChangedMail mail = mail("", lines);

    String reply = mail.send(verb);

    assertThat(reply).startsWith("250 2.0.0 delivered as ");
    hasArrivedChanged(mail, lines, queueId(reply));
    assertThat(records()).as("records of the log").isEqualTo(records);
    await().atMost(PATIENCE).until(() -> stored(estate, queueId(reply)).isEmpty());
    assertThat(estate.gatepost().logs("qid=" + queueId(reply) + " content replaced octets="))
        .isTrue();
  }

  @Test
  void whereItsNextHopIsAwayTheChangedMessageIsKeptAndNotTheOriginal() {
    ChangedMail small = mail("", SMALL);
    ChangedMail large = mail("", LARGE);
    estate.nextHop().goDown();
    String ofSmall;
    String ofLarge;
    try {
      ofSmall = small.send();
      ofLarge = large.send();
      assertThat(List.of(ofSmall, ofLarge)).allMatch(reply -> reply.startsWith("250 2.0.0 queued"));
      await()
          .atMost(PATIENCE)
          .untilAsserted(() ->
              assertThat(stored(estate, queueId(ofLarge)))
                  .singleElement()
                  .asString()
                  .contains(queueId(ofLarge) + "-p2"));
      assertThat(stored(estate, queueId(ofSmall))).as("it is in its record").isEmpty();
    } finally {
      estate.nextHop().comeUp();
    }

    await().atMost(PATIENCE).until(() -> !small.arrivals().isEmpty());
    await().atMost(PATIENCE).until(() -> !large.arrivals().isEmpty());
    hasArrivedChanged(small, SMALL, queueId(ofSmall));
    hasArrivedChanged(large, LARGE, queueId(ofLarge));
    await().atMost(PATIENCE).until(() -> stored(estate, queueId(ofLarge)).isEmpty());
  }

  /// While the filter has one message, and after it has given the body of another, which the edge
  /// has not pulled: the edge hangs for that long.
  @Test
  void withAKilledGatewayEachMessageComesOnceAfterA4xx() {
    onlyWhereItIsAProcess();
    ChangedMail asked = mail("held asked ", SMALL);
    ChangedMail given = mail("held given ", LARGE);
    CompletableFuture<String> ofAsked = asked.begin();
    CompletableFuture<String> ofGiven = given.begin();
    filter.awaitHeld("asked");
    filter.awaitHeld("given");
    ProcessHandle edge = estate.gatepost().service("edge");
    Signal.STOP.to(edge);
    try {
      filter.letGo("given");
      await()
          .atMost(PATIENCE)
          .until(() -> estate.gatepost().meter("scanner", "gatepost_scanner_bodies") > 0);
      ChangedMail.outage(
          estate,
          "scanner",
          () -> {
            filter.letGo("asked");
            Signal.CONT.to(edge);
            assertThat(ofGiven.join()).startsWith("451 4.7.1 ");
            assertThat(ofAsked.join()).startsWith("451 4.7.1 ");
          });
    } finally {
      Signal.CONT.to(edge);
    }

    asked.comesOnce(ofAsked.join());
    given.comesOnce(ofGiven.join());
  }

  /// While the filter has one message, and before the final dot of another that it has changed.
  @Test
  void withAKilledEdgeEachMessageComesOnceAfterNoReply() {
    onlyWhereItIsAProcess();
    Held hop = new Held(Stage.RCPT);
    estate.nextHop().behave(hop);
    ChangedMail asked = mail("held killed ", SMALL);
    ChangedMail changed = mail("", LARGE);
    double lost = estate.gatepost().meter("delivery", ChangedMail.LOST_CALLS);
    CompletableFuture<String> ofAsked = asked.begin();
    CompletableFuture<String> ofChanged = changed.begin();
    filter.awaitHeld("killed");
    hop.awaitReached();

    ChangedMail.outage(
        estate,
        "edge",
        () -> {
          assertThat(ofAsked.join()).isEmpty();
          assertThat(ofChanged.join()).isEmpty();
          filter.letGo("killed");
          await("the attempt is broken off")
              .atMost(PATIENCE)
              .until(() -> estate.gatepost().meter("delivery", ChangedMail.LOST_CALLS) > lost);
          hop.release();
          estate.nextHop().behaveWell();
        });

    asked.comesOnce("");
    changed.comesOnce("");
  }

  private double records() {
    return estate.gatepost().meter("queue", "gatepost_queue_enqueued_total");
  }

  private void onlyWhereItIsAProcess() {
    assumeThat(mode).as("only there it is a process of its own").isEqualTo(Mode.SPLIT);
  }
}
