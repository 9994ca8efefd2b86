package io.gatepost.system.early;

import static io.gatepost.system.early.EarlySuite.ALICE;
import static io.gatepost.system.early.EarlySuite.GOOD;
import static io.gatepost.system.early.EarlySuite.NOT_NOW;
import static io.gatepost.system.early.EarlySuite.QUEUED;
import static io.gatepost.system.early.EarlySuite.UNKNOWN;
import static io.gatepost.system.early.EarlySuite.always;
import static io.gatepost.system.early.EarlySuite.onceAt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.system.Estate;
import io.gatepost.system.Modes;
import io.gatepost.system.early.EarlySuite.Case;
import io.gatepost.system.early.Hops.Hop;
import io.gatepost.system.early.Rows.Row;
import io.gatepost.testkit.product.Mode;
import io.gatepost.testkit.smtp.FakeSmtpServer.Answer;
import io.gatepost.testkit.smtp.FakeSmtpServer.Stage;
import io.gatepost.testkit.smtp.SmtpClient;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// The cases of `docs/early-delivery.md` that next hops decide, in a whole suite with next hops
/// that do as they are told: what the client hears, who has the mail, who is told, and nothing
/// else.
@ParameterizedClass
@MethodSource("modes")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class EarlyRowsIT {

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Answer SHUT = new Answer.Say("421 4.3.2 going down");

  @Parameter Mode mode;
  private EarlySuite suite;

  static Stream<Mode> modes() {
    return Modes.of(Mode.ALL_IN_ONE);
  }

  /// Callouts are made for the first three next hops only.
  @BeforeParameterizedClassInvocation
  void start() {
    suite =
        EarlySuite.start(
            Estate.place("early", mode),
            mode,
            Map.of(
                "gatepost.verification.callout.domains[hop0.test].for", "tables",
                "gatepost.verification.callout.domains[hop1.test].for", "tables",
                "gatepost.verification.callout.domains[hop2.test].for", "tables"));
  }

  @AfterParameterizedClassInvocation
  void stop() {
    suite.end();
  }

  @Test
  @Order(1)
  void aMessageGoesOverTheConnectionThatItsCalloutLeftOpen() {
    Hop hop = suite.hops().take();
    Row row = suite.rows().own();

    assertThat(row.send(hop.user("a"))).startsWith("250 ").doesNotStartWith(QUEUED);

    row.comesTo(hop, 1).senderIsNotTold();
    assertThat(hop.server().moments())
        .filteredOn(moment -> moment.stage() == Stage.CONNECT)
        .hasSize(1);
  }

  @Test
  @Order(2)
  void aCalloutsConnectionThatIsShutCostsNothingButAnother() {
    Hop hop = suite.hops().take();
    AtomicInteger mails = new AtomicInteger();
    hop.server()
        .behave(
            moment -> moment.stage() == Stage.MAIL && mails.incrementAndGet() == 2 ? SHUT : GOOD);
    Row row = suite.rows().own();

    assertThat(row.send(hop.user("a"))).startsWith("250 ");

    row.comesTo(hop, 1).isTriedOnce(hop).senderIsNotTold();
    assertThat(mails.get()).isGreaterThan(2);
  }

  /// Its callout was good, as the user has gone since then.
  @Test
  @Order(3)
  void aStrangerComesAgainOnceAndHearsOfTheRefusedAtRcpt() {
    Hop one = suite.hops().take();
    Hop other = suite.hops().take();
    Hop home = suite.hops().take();
    AtomicInteger asked = new AtomicInteger();
    one.server()
        .behave(moment ->
            moment.stage() == Stage.RCPT
                    && moment.argument().startsWith("bad@")
                    && asked.getAndIncrement() > 0
                ? new Answer.Say(UNKNOWN)
                : GOOD);
    Row row = suite.rows().strange(home);

    assertThat(row.send(one.user("good"), one.user("bad"), other.user("fine"), ALICE))
        .startsWith("451 ");
    row.comesTo(one, 0).comesTo(other, 0).comesToMailbox(ALICE, 0);

    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(suite.estate().replyToRcpt(home.user("stranger"), one.user("bad")))
                .startsWith(UNKNOWN));
    Row again = suite.rows().strange(home);
    assertThat(again.send(one.user("good"), other.user("fine"), ALICE))
        .startsWith("250 ")
        .doesNotStartWith(QUEUED);
    again.comesTo(one, 1).comesTo(other, 1).comesToMailbox(ALICE, 1);
    assertThat(home.server().arrivals()).as("notices").isEmpty();
  }

  @Test
  void allAreServedAtOnceInSeveralPlaces() {
    Hop one = suite.hops().take();
    Hop other = suite.hops().take();
    Row row = suite.rows().own();

    assertThat(row.send(one.user("a"), ALICE, other.user("b"), one.user("c")))
        .startsWith("250 ")
        .doesNotStartWith(QUEUED);

    assertThat(one.server().arrivals(row.id())).hasSize(2);
    assertThat(one.server().arrivals(row.id()))
        .allSatisfy(arrival -> assertThat(arrival.content()).endsWith(row.message()));
    assertThat(other.server().arrivals(row.id())).hasSize(1);
    assertThat(suite.estate().messageIdsIn(ALICE)).containsOnlyOnce(row.id());
    row.comesTo(one, 2).comesTo(other, 1).comesToMailbox(ALICE, 1).senderIsNotTold();
  }

  @Test
  void aSlowNextHopGetsTheMessageWithoutASecondDial() {
    List<Case> slow =
        Arrays.stream(Stage.values()).map(stage -> suite.begin(new Held(stage))).toList();
    Hop both = suite.hops().take();
    Held answer = new Held(Stage.RCPT);
    both.server().behave(answer);
    Row mixed = suite.rows().own();
    CompletableFuture<String> reply = mixed.begin(ALICE, both.user("a"));

    for (Case each : slow) {
      assertThat(each.reply().join()).as(each.hop().domain()).startsWith(QUEUED);
      each.held().release();
      each.row().comesTo(each.hop(), 1).isTriedOnce(each.hop()).senderIsNotTold();
    }
    assertThat(reply.join()).startsWith(QUEUED);
    answer.release();
    mixed.comesTo(both, 1).isTriedOnce(both).comesToMailbox(ALICE, 1).senderIsNotTold();
  }

  @Test
  void aNextHopThatSays421AtAnyStepGetsTheMessageLater() {
    Map<Row, Hop> cases = new HashMap<>();
    Map<Row, CompletableFuture<String>> replies = new HashMap<>();
    for (Stage stage : Stage.values()) {
      Row row = suite.rows().own();
      Hop hop = suite.hops().take();
      hop.server().behave(onceAt(stage, SHUT));
      cases.put(row, hop);
      replies.put(row, row.begin(hop.user("a")));
    }

    replies.forEach((row, reply) -> assertThat(reply.join()).startsWith("250 "));
    cases.forEach((row, hop) -> row.comesTo(hop, 1).senderIsNotTold());
  }

  @Test
  void aDotWithoutAReplyIsUndecidedAndTriedAgain() {
    Hop taking = suite.hop(onceAt(Stage.END_OF_DATA, new Answer.TakeAndHangUp()));
    Hop losing = suite.hop(onceAt(Stage.END_OF_DATA, new Answer.HangUp()));
    Row taken = suite.rows().own();
    Row lost = suite.rows().strange(suite.hops().take());

    assertThat(taken.send(taking.user("a"))).startsWith(QUEUED);
    assertThat(lost.send(losing.user("a"))).startsWith(QUEUED);

    taken.comesTo(taking, 2).senderIsNotTold(); // RFC 1047
    lost.comesTo(losing, 1);
  }

  @Test
  void whatIsRefusedForGoodIsRefusedInTheNextHopsWordsAndNobodyIsTold() {
    for (Stage stage : List.of(Stage.MAIL, Stage.RCPT, Stage.DATA, Stage.END_OF_DATA)) {
      Hop hop = suite.hops().take();
      hop.server().behave(always(stage, new Answer.Say(UNKNOWN)));
      Row row = suite.rows().own();

      assertThat(row.send(hop.user("a"))).as(stage + "").startsWith(UNKNOWN);

      row.comesTo(hop, 0).senderIsNotTold();
    }
  }

  @Test
  void aUserOfOursHearsOfTheRefusedInANoticeAndTheOthersAreServed() {
    for (Stage stage : List.of(Stage.RCPT, Stage.END_OF_DATA)) {
      Hop good = suite.hops().take();
      Hop bad = suite.hops().take();
      bad.server().behave(always(stage, new Answer.Say(UNKNOWN)));
      Row row = suite.rows().own();

      assertThat(row.send(good.user("a"), bad.user("b"), ALICE)).startsWith("250 ");

      row.comesTo(good, 1)
          .comesTo(bad, 0)
          .comesToMailbox(ALICE, 1)
          .senderIsTold(bad.user("b"))
          .isTriedOnce(good);
    }
  }

  @Test
  void aStrangerIsToldInANoticeWhatWasRefusedAfterItsDot() {
    Hop home = suite.hops().take();
    Hop good = suite.hops().take();
    Hop bad = suite.hop(always(Stage.END_OF_DATA, new Answer.Say(UNKNOWN)));
    Row row = suite.rows().strange(home);

    assertThat(row.send(good.user("a"), bad.user("b"))).startsWith("250 ");

    row.comesTo(good, 1).comesTo(bad, 0);
    await().atMost(PATIENCE).until(() -> home.server().count() == 1);
    assertThat(home.server().arrivals().getFirst().content())
        .contains("Final-Recipient: rfc822; " + bad.user("b"));
  }

  @Test
  void codesForNowAndForGoodOverTwoHopsLeadToTheLogAndOneNotice() {
    Hop later = suite.hop(onceAt(Stage.RCPT, NOT_NOW));
    Hop bad = suite.hop(always(Stage.RCPT, new Answer.Say(UNKNOWN)));
    Row row = suite.rows().own();

    assertThat(row.send(later.user("a"), bad.user("b"))).startsWith(QUEUED);

    row.comesTo(later, 1).comesTo(bad, 0).senderIsTold(bad.user("b"));
  }

  @Test
  void a250ToDataIsNoDelivery() {
    Hop hop = suite.hop(onceAt(Stage.DATA, new Answer.Say("250 thank you")));
    Row row = suite.rows().own();

    assertThat(row.send(hop.user("a"))).startsWith("250 ");

    row.comesTo(hop, 1).senderIsNotTold();
  }

  @Test
  void aSuccessThatIsToBeToldIsQueuedAndTold() throws IOException {
    Hop hop = suite.hops().take();
    String told = "alice+success@example.test";
    String id = Estate.newMessageId();
    try (SmtpClient client = SmtpClient.connect(suite.estate().gatepost().smtp())) {
      client.reply();
      client.say("EHLO client.example");
      client.say("MAIL FROM:<" + told + ">");
      client.say("RCPT TO:<" + hop.user("a") + "> NOTIFY=SUCCESS");
      client.say("DATA");
      client.send(Estate.message(id));
      assertThat(client.say(".")).startsWith(QUEUED);
    }

    await()
        .atMost(PATIENCE)
        .until(() ->
            suite.estate().mailbox(ALICE).stream()
                .anyMatch(notice ->
                    notice.contains("Action: relayed")
                        && notice.contains("Final-Recipient: rfc822; " + hop.user("a"))));
    assertThat(hop.server().arrivals(id)).hasSize(1);
  }

  @Test
  void aClientThatHasOnlyEndedItsOutputHearsTheReply() throws IOException {
    Hop hop = suite.hops().take();
    Held held = new Held(Stage.RCPT);
    hop.server().behave(held);
    Row row = suite.rows().own();
    try (SmtpClient client = row.upToTheDot(hop.user("a"))) {
      client.send(".\r\n");
      client.endOutput();
      held.awaitReached();
      held.release();
      assertThat(client.reply()).startsWith("250 ").doesNotStartWith(QUEUED);
    }

    row.comesTo(hop, 1).senderIsNotTold();
  }

  /// Requirement F7.
  @Test
  void theQueueHoldsOnlyWhatCannotBeDeliveredAtOnce() {
    Hop good = suite.hops().take();
    Hop away = suite.hop(always(Stage.RCPT, NOT_NOW));
    double before = suite.enqueued();
    List<Row> sent = IntStream.range(0, 100).mapToObj(i -> suite.rows().strange(good)).toList();
    for (int i = 0; i < sent.size(); i++) {
      String reply = sent.get(i).send((i % 20 == 0 ? away : good).user("u" + i));
      assertThat(reply).startsWith("250 ");
    }

    assertThat(suite.enqueued() - before).isEqualTo(5);
    away.server().behaveWell();
    for (int i = 0; i < sent.size(); i++) {
      sent.get(i).comesTo(i % 20 == 0 ? away : good, 1);
    }
  }
}
