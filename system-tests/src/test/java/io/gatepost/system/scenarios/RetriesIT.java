package io.gatepost.system.scenarios;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.system.Estate;
import io.gatepost.testkit.product.Mode;
import io.gatepost.testkit.smtp.FakeSmtpServer.Answer;
import io.gatepost.testkit.smtp.FakeSmtpServer.Moment;
import io.gatepost.testkit.smtp.FakeSmtpServer.Stage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// A next hop that does not take what it is given: the ladder, which is one of seconds here, and
/// what becomes of a message at its end.
@ParameterizedClass
@EnumSource(Mode.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RetriesIT {

  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final Duration LIFETIME = Duration.ofSeconds(20);
  private static final String ALICE = "alice@example.test";
  private static final String DOOMED = "doomed@sink.test";

  @Parameter Mode mode;
  private Estate estate;
  private final String doomed = Estate.newMessageId();

  @BeforeParameterizedClassInvocation
  void startAndSendWhatWillExpire() {
    estate =
        Estate.start(
            "retries",
            mode,
            Estate.queueing(
                Map.of(
                    "gatepost.queue.lifetime",
                    LIFETIME.toString(),
                    // One after the other, so that the order of attempts can be seen.
                    "gatepost.delivery.connections-per-destination",
                    "1")));
    estate.nextHop().keepContent();
    behave(moment -> false);
    // The first answers of a suite that has just started may be late ones.
    await()
        .atMost(PATIENCE)
        .until(
            () -> estate.deliver(ALICE, List.of(DOOMED), Estate.message(doomed)),
            reply -> reply.startsWith("250"));
  }

  @AfterParameterizedClassInvocation
  void stop() {
    estate.close();
  }

  @Test
  void whatIsDeferredIsTriedAgainInOrderAndDeliveredOnce() {
    List<String> recipients =
        Stream.of(1, 2, 3, 4, 5).map(n -> "later" + n + "@sink.test").toList();
    behave(moment -> moment.argument().startsWith("later"));
    for (String recipient : recipients) {
      assertThat(estate.deliver(ALICE, List.of(recipient), Estate.message(recipient)))
          .startsWith("250 ");
    }
    await().atMost(PATIENCE).until(() -> attempts("later5@sink.test") >= 2);
    behave(moment -> false);

    await()
        .atMost(PATIENCE)
        .until(
            () -> recipients.stream().allMatch(one -> !estate.nextHop().arrivals(one).isEmpty()));
    recipients.forEach(one -> assertThat(estate.nextHop().arrivals(one)).hasSize(1));
    if (mode == Mode.ALL_IN_ONE) { // between processes one answer may overtake another
      assertThat(attemptsInRounds(recipients)).isSorted();
    }
  }

  @Test
  void aHostThatIsDownGetsItsMailWhenItIsUpAgain() {
    String messageId = Estate.newMessageId();
    estate.nextHop().goDown();
    assertThat(estate.deliver(ALICE, List.of("down@sink.test"), Estate.message(messageId)))
        .startsWith("250 ");
    await().atMost(PATIENCE).until(() -> estate.gatepost().log().contains("to=<down@sink.test>"));
    estate.nextHop().comeUp();

    await().atMost(PATIENCE).until(() -> !estate.nextHop().arrivals(messageId).isEmpty());

    assertThat(estate.nextHop().arrivals(messageId)).hasSize(1);
  }

  @Test
  void theNextExchangerIsTriedWhereTheFirstCannotBeReached() {
    String messageId = Estate.newMessageId();

    assertThat(estate.deliver(ALICE, List.of("x@below.mx.test"), Estate.message(messageId)))
        .startsWith("250 ");

    await().atMost(PATIENCE).until(() -> !estate.nextHop().arrivals(messageId).isEmpty());
  }

  @Test
  void aRefusedRecipientIsReportedToTheSenderAndTheOthersAreServed() {
    String messageId = Estate.newMessageId();
    estate
        .nextHop()
        .behave(moment ->
            moment.argument().equals("gone@sink.test")
                ? new Answer.Say("550 5.1.1 gone away")
                : answer(moment, any -> false));

    estate.deliver(
        ALICE,
        List.of("here@sink.test", "gone@sink.test", "too@sink.test"),
        Estate.message(messageId));

    String notice = noticeAbout(messageId);
    assertThat(notice)
        .contains("Final-Recipient: rfc822; gone@sink.test\r\n")
        .contains("Action: failed\r\n")
        .contains("Status: 5.1.1\r\n")
        .contains("Diagnostic-Code: smtp; 550 5.1.1 gone away\r\n")
        .doesNotContain("here@sink.test");
    assertThat(estate.nextHop().arrivals(messageId))
        .extracting("recipient")
        .containsExactlyInAnyOrder("here@sink.test", "too@sink.test");
  }

  @Test
  void pastItsLifetimeTheSenderGetsANotice() {
    String notice = noticeAbout(doomed);

    assertThat(notice)
        .startsWith("Return-Path: <>\r\n")
        .contains("Content-Type: multipart/report; report-type=delivery-status;")
        .contains("Reporting-MTA: dns; mx.example.test\r\n")
        .contains("Final-Recipient: rfc822; " + DOOMED + "\r\n")
        .contains("Action: failed\r\n")
        .contains("Status: 4.4.7\r\n");
    assertThat(attempts(DOOMED)).isGreaterThan(3);
    assertThat(estate.nextHop().arrivals(doomed)).isEmpty();
  }

  /// The doomed are never taken; others are put off as asked.
  private void behave(java.util.function.Predicate<Moment> putOff) {
    estate.nextHop().behave(moment -> answer(moment, putOff));
  }

  private static Answer answer(Moment moment, java.util.function.Predicate<Moment> putOff) {
    boolean later =
        moment.stage() == Stage.RCPT && (moment.argument().equals(DOOMED) || putOff.test(moment));
    return later ? new Answer.Say("451 4.2.1 not now") : new Answer.Good();
  }

  private long attempts(String recipient) {
    return recipients().filter(recipient::equals).count();
  }

  private Stream<String> recipients() {
    return estate.nextHop().moments().stream()
        .filter(moment -> moment.stage() == Stage.RCPT)
        .map(Moment::argument);
  }

  /// The first attempts of all, then their second ones, …: which number each is, in its round, by
  /// time; sorted where no attempt has overtaken another.
  private List<Integer> attemptsInRounds(List<String> recipients) {
    List<List<String>> rounds = new ArrayList<>();
    Map<String, Integer> made = new java.util.HashMap<>();
    recipients()
        .filter(recipients::contains)
        .forEach(recipient -> {
          int round = made.merge(recipient, 1, Integer::sum) - 1;
          while (rounds.size() <= round) {
            rounds.add(new ArrayList<>());
          }
          rounds.get(round).add(recipient);
        });
    List<Integer> numbers = new ArrayList<>();
    for (int round = 0; round < rounds.size(); round++) {
      for (String recipient : rounds.get(round)) {
        numbers.add(round * recipients.size() + recipients.indexOf(recipient));
      }
    }
    return numbers;
  }

  private String noticeAbout(String messageId) {
    return await()
        .atMost(PATIENCE)
        .until(
            () ->
                estate.mailbox(ALICE).stream()
                    .filter(message -> message.contains("Message-ID: " + messageId + "\r\n"))
                    .findFirst()
                    .orElse(""),
            notice -> !notice.isEmpty());
  }
}
