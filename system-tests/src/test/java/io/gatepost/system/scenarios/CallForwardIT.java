package io.gatepost.system.scenarios;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.system.Estate;
import io.gatepost.system.Modes;
import io.gatepost.testkit.product.GatepostCommand;
import io.gatepost.testkit.product.Mode;
import io.gatepost.testkit.smtp.FakeSmtpServer.Answer;
import io.gatepost.testkit.smtp.FakeSmtpServer.Moment;
import io.gatepost.testkit.smtp.FakeSmtpServer.Stage;
import io.gatepost.testkit.smtp.SmtpClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// A department that knows its users is asked before mail for it is accepted. Of 40 mails three in
/// ten are for unknown users; `-Dgatepost.callout.mails=200` sends more.
@ParameterizedClass
@MethodSource("modes")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CallForwardIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int MAILS = Integer.getInteger("gatepost.callout.mails", 40);

  /// How long a client waits for the department.
  private static final Duration BUDGET = Duration.ofSeconds(4);

  private static final String ALICE = "alice@example.test";
  private static final String BOB = "bob@example.test";
  private static final String UNKNOWN = "550 5.1.1 Nobody in Chemistry is called so";
  private static final Answer GOOD = new Answer.Good();

  @Parameter Mode mode;
  private Estate estate;

  static Stream<Mode> modes() {
    return Modes.of(Mode.ALL_IN_ONE);
  }

  /// Two more domains have the department's host: one that accepts what it cannot check in time,
  /// and one that takes everybody.
  @BeforeParameterizedClassInvocation
  void start() {
    estate =
        Estate.start(
            "call-forward",
            mode,
            // A refusal of a host after its callout is seen as a notice here.
            Estate.queueing(
                Map.of(
                    "gatepost.verification.callout.for", "tables",
                    "gatepost.verification.callout.timeout", BUDGET.toMillis() + "ms",
                    "gatepost.verification.callout.domains[hopes.test].late", "accept",
                    "gatepost.delivery.connections-per-destination", "100",
                    "gatepost.edge.max-refusals", "1000")));
    estate.nextHop().keepContent();
    estate.nextHop().behave(CallForwardIT::strict);
    String host = " smtp:[127.0.0.1]:" + estate.nextHop().address().getPort() + "\n";
    estate.change(
        estate.mailertable(),
        table -> table + "hopes.test" + host + "lax.test" + host,
        "known@hopes.test",
        "250");
    // The database comes up beside the suite.
    await().atMost(PATIENCE).until(() -> callouts("database") == 1);
  }

  @AfterParameterizedClassInvocation
  void stop() {
    estate.close();
  }

  @BeforeEach
  void knowYourUsers() {
    estate.nextHop().behave(CallForwardIT::strict);
  }

  /// Every known user's name begins with `known`.
  private static Answer strict(Moment moment) {
    return moment.stage() == Stage.RCPT && !moment.argument().startsWith("known")
        ? new Answer.Say(UNKNOWN)
        : GOOD;
  }

  @Test
  void whatTheDepartmentRefusesIsRefusedInItsWordsAndNothingIsBounced() {
    List<String> accepted = new ArrayList<>();
    for (int i = 0; i < MAILS; i++) {
      boolean isKnown = i % 10 < 7;
      String messageId = Estate.newMessageId();
      String reply = send(ALICE, (isKnown ? "known" : "unknown") + i + "@sink.test", messageId);
      if (isKnown) {
        assertThat(reply).startsWith("250");
        accepted.add(messageId);
      } else {
        assertThat(reply).isEqualTo(UNKNOWN);
      }
    }

    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(estate.nextHop().arrivals()).extracting("key").containsAll(accepted));
    assertThat(accepted).allMatch(each -> estate.nextHop().arrivals(each).size() == 1);
    assertThat(estate.messageIdsIn(ALICE)).as("notices").isEmpty();
    assertThat(operator("verify", "unknown7@sink.test"))
        .contains("is bad, next_hop_refused: " + UNKNOWN, "from the cache");
    assertThat(operator("route", "--json", "known1@sink.test")).contains("\"acceptingAll\":[]");
  }

  /// The better of two flights, as other work runs on the machine; `CalloutLoadIT` has more of it.
  @Test
  void aHundredRecipientsOfAMessageAreAskedAboutTogetherAndAnsweredInOrder() throws IOException {
    estate.nextHop().behave(CallForwardIT::slow);
    Map<RecipientFlight, List<String>> flights = new LinkedHashMap<>();
    for (String flight : List.of("a", "b")) {
      List<String> names = IntStream.range(0, 100).mapToObj(i -> flight + i).toList();
      List<String> recipients = names.stream().map(name -> name + "@sink.test").toList();
      flights.put(RecipientFlight.of(estate, "127.0.0.2", recipients), names);
    }

    RecipientFlight best =
        Collections.min(flights.keySet(), Comparator.comparing(RecipientFlight::took));
    assertThat(best.took()).isLessThan(Duration.ofSeconds(3));
    assertThat(best.replies())
        .isEqualTo(flights.get(best).stream().map(name -> "550 5.1.1 No user " + name).toList());
  }

  /// Takes a second for each recipient, and says who it is.
  private static Answer slow(Moment moment) {
    if (moment.stage() != Stage.RCPT) {
      return GOOD;
    }
    awaited(new CountDownLatch(1), Duration.ofSeconds(1));
    return new Answer.Say("550 5.1.1 No user " + moment.argument().split("@")[0]);
  }

  @Test
  void aRefusalThatADeliveryHearsReplacesTheGoodAnswerAtOnce() {
    String leaver = "known-leaver@sink.test";
    String messageId = Estate.newMessageId();
    assertThat(send(BOB, leaver, messageId)).startsWith("250");
    awaitArrival(messageId);
    String left = "550 5.1.6 She has left for Physics";
    String refused = Estate.newMessageId();
    estate
        .nextHop()
        .behave(moment ->
            moment.stage() == Stage.RCPT && moment.argument().equals(leaver)
                ? new Answer.Say(left)
                : strict(moment));
    long asked = asked(leaver);

    assertThat(send(BOB, leaver, refused)).as("its good answer is remembered").startsWith("250");

    assertThat(noticeAbout(refused)).contains("Final-Recipient: rfc822; " + leaver, left);
    await().atMost(PATIENCE).until(() -> estate.replyToRcpt(leaver).equals(left));
    assertThat(asked(leaver)).as("the delivery asked, and nobody else").isEqualTo(asked + 1);
  }

  @Test
  void aClientThatCannotWaitIsToldToComeBackAndFindsTheAnswer() {
    String late = "late@sink.test";
    CountDownLatch mayAnswer = answersLate(late, new Answer.Say(UNKNOWN));

    assertThat(estate.replyToRcpt(late))
        .isEqualTo("451 4.4.1 Mail host of sink.test has not answered yet, try again later");

    mayAnswer.countDown();
    await().atMost(PATIENCE).until(() -> estate.replyToRcpt(late).equals(UNKNOWN));
    assertThat(asked(late)).as("the question that the client left goes on").isEqualTo(1);
  }

  @Test
  void whereTheDomainSaysSoWhatCannotBeCheckedInTimeIsAcceptedAndDelivered() {
    String late = "late@hopes.test";
    CountDownLatch mayAnswer = answersLate(late, GOOD);
    String messageId = Estate.newMessageId();

    assertThat(send(BOB, late, messageId)).startsWith("250");

    mayAnswer.countDown();
    awaitArrival(messageId);
    assertThat(estate.nextHop().arrivals(messageId)).hasSize(1);
  }

  @Test
  void whatWasAcceptedInVainIsReportedAndRefusedFromThenOn() {
    String late = "nobody-late@hopes.test";
    CountDownLatch mayAnswer = answersLate(late, new Answer.Say(UNKNOWN));
    String messageId = Estate.newMessageId();

    assertThat(send(BOB, late, messageId)).startsWith("250");

    mayAnswer.countDown();
    assertThat(noticeAbout(messageId))
        .contains("Final-Recipient: rfc822; " + late, "Status: 5.1.1", UNKNOWN);
    await().atMost(PATIENCE).until(() -> estate.replyToRcpt(late).equals(UNKNOWN));
  }

  /// Hosts that take no bounces do so. That is nothing about the address, nor known for good.
  @Test
  void aHostThatRefusesTheNullSenderIsAskedWithTheClientsOwn() {
    String known = "known-member@sink.test";
    estate
        .nextHop()
        .behave(moment ->
            moment.stage() == Stage.MAIL && moment.argument().isEmpty()
                ? new Answer.Say("550 5.7.1 No bounces, please")
                : strict(moment));
    try {
      assertThat(send(BOB, known, Estate.newMessageId())).startsWith("250");
      assertThat(send(BOB, "stranger@sink.test", Estate.newMessageId())).isEqualTo(UNKNOWN);
      String away = "451 4.4.0 Mail host of sink.test cannot be asked now, try again later";
      assertThat(estate.replyToRcpt(known)).isEqualTo(away);
      estate.nextHop().behave(CallForwardIT::strict);
      assertThat(estate.replyToRcpt(known)).as("it is left alone").isEqualTo(away);
    } finally {
      assertThat(operator("verify", "--forget", "sink.test"))
          .contains("sink.test is forgotten")
          .doesNotContain(" 0 answers", "database");
    }

    await().atMost(PATIENCE).until(() -> estate.replyToRcpt(known).startsWith("250"));
  }

  /// Requirement D15.
  @Test
  void aHostThatTakesEverybodyIsFoundAndMarked() {
    String anybody = "anybody@lax.test";
    estate
        .nextHop()
        .behave(moment -> moment.argument().endsWith("@lax.test") ? GOOD : strict(moment));

    assertThat(estate.replyToRcpt(anybody)).startsWith("250");

    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(estate.gatepost().log()).contains("accepts every address of lax.test"));
    assertThat(operator("verify", anybody))
        .contains(
            "is accepted, as its host accepts every address",
            "this host accepts every address of the domain");
    assertThat(callouts("accept_all")).isEqualTo(1);
  }

  /// An address that the department thinks about until it may answer.
  private CountDownLatch answersLate(String address, Answer answer) {
    CountDownLatch mayAnswer = new CountDownLatch(1);
    estate
        .nextHop()
        .behave(moment -> {
          if (moment.stage() != Stage.RCPT || !moment.argument().equals(address)) {
            return strict(moment);
          }
          awaited(mayAnswer, PATIENCE);
          return answer;
        });
    return mayAnswer;
  }

  private static void awaited(CountDownLatch latch, Duration atMost) {
    try {
      latch.await(atMost.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// How often the department was asked about an address.
  private long asked(String address) {
    return estate.nextHop().moments().stream()
        .filter(moment -> moment.stage() == Stage.RCPT && moment.argument().equals(address))
        .count();
  }

  /// As a stranger whose mailbox is here, so that a notice would be seen. One that is told to come
  /// back as the machine is slow does so.
  private String send(String sender, String recipient, String messageId) {
    return await()
        .atMost(PATIENCE)
        .until(() -> sendOnce(sender, recipient, messageId), reply -> !reply.startsWith("451"));
  }

  private String sendOnce(String sender, String recipient, String messageId) {
    try (SmtpClient client = SmtpClient.connect(estate.gatepost().smtp(), "127.0.0.2")) {
      return client.deliver(sender, List.of(recipient), Estate.message(messageId));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void awaitArrival(String messageId) {
    await().atMost(PATIENCE).until(() -> !estate.nextHop().arrivals(messageId).isEmpty());
  }

  private String noticeAbout(String messageId) {
    return await()
        .atMost(PATIENCE)
        .until(
            () ->
                estate.mailbox(BOB).stream()
                    .filter(message -> message.contains("Message-ID: " + messageId + "\r\n"))
                    .findFirst()
                    .orElse(""),
            notice -> !notice.isEmpty());
  }

  private double callouts(String meter) {
    return estate.gatepost().meter("verification", "gatepost_verification_callout_" + meter);
  }

  private String operator(String... words) {
    List<String> command = new ArrayList<>(List.of(words));
    command.addAll(estate.gatepost().operatorOptions());
    GatepostCommand.Ended ended = GatepostCommand.run(PATIENCE, command);
    assertThat(ended.status()).as(ended.complaints()).isZero();
    return ended.output();
  }
}
