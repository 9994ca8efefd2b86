package io.gatepost.system.scenarios;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.system.Estate;
import io.gatepost.system.Modes;
import io.gatepost.testkit.product.GatepostCommand;
import io.gatepost.testkit.product.Mode;
import io.gatepost.testkit.smtp.FakeSmtpServer;
import io.gatepost.testkit.smtp.FakeSmtpServer.Answer;
import io.gatepost.testkit.smtp.FakeSmtpServer.Moment;
import io.gatepost.testkit.smtp.FakeSmtpServer.Stage;
import io.gatepost.testkit.smtp.SmtpClient;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A department that knows its users is asked before mail for it is accepted. Of 40 mails three in
/// ten are for unknown users; `-Dgatepost.callout.mails=200` sends more.
class CallForwardIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int MAILS = Integer.getInteger("gatepost.callout.mails", 40);
  private static final Map<String, String> ASKING =
      Map.of("gatepost.verification.callout.for", "tables");

  /// A back end where every known user's name begins with `known`.
  private static Answer strict(Moment moment) {
    return moment.stage() == Stage.RCPT && !moment.argument().startsWith("known")
        ? new Answer.Say("550 5.1.1 Nobody in Chemistry is called so")
        : new Answer.Good();
  }

  /// Whether the suite is started again as well.
  private static final boolean RESTARTS = Boolean.getBoolean("gatepost.callout.restart");

  /// The status of a JVM that was told to stop by SIGTERM.
  private static final int TERMINATED = 143;

  static Stream<Mode> inOneProcess() {
    return Modes.of(Mode.ALL_IN_ONE);
  }

  static Stream<Mode> split() {
    return Modes.of(Mode.SPLIT);
  }

  @ParameterizedTest
  @MethodSource("inOneProcess")
  void whatTheDepartmentRefusesIsRefusedInItsWordsAndNothingIsBounced(Mode mode)
      throws IOException {
    Map<String, String> settings =
        Map.of(
            "gatepost.verification.callout.for", "tables",
            "gatepost.delivery.connections-per-destination", "100",
            "gatepost.edge.max-refusals", "1000");
    try (Estate estate = Estate.start("call-forward", mode, settings)) {
      FakeSmtpServer department = estate.nextHop();
      department.behave(CallForwardIT::strict);

      int accepted = 0;
      for (int i = 0; i < MAILS; i++) {
        boolean isKnown = i % 10 < 7;
        String reply = send(estate, (isKnown ? "known" : "unknown") + i + "@sink.test");
        if (isKnown) {
          assertThat(reply).startsWith("250");
          accepted++;
        } else {
          assertThat(reply).isEqualTo("550 5.1.1 Nobody in Chemistry is called so");
        }
      }

      int expected = accepted;
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(department.count()).isEqualTo(expected));
      assertThat(estate.messageIdsIn("alice@example.test")).as("notices").isEmpty();
      assertThat(operator(estate, "verify", "unknown7@sink.test"))
          .contains("is bad, next_hop_refused: 550 5.1.1 Nobody in Chemistry", "from the cache");
      assertThat(operator(estate, "route", "--json", "known1@sink.test"))
          .contains("\"acceptingAll\":[]");
      assertThat(operator(estate, "verify", "--forget", "sink.test"))
          .contains("sink.test is forgotten")
          .doesNotContain(" 0 answers", "database");
      department.behave(CallForwardIT::slow);
      assertThatAHundredAreAskedAboutTogether(estate);
    }
  }

  /// Takes a second for each recipient, and says who it is.
  private static Answer slow(Moment moment) {
    if (moment.stage() != Stage.RCPT) {
      return new Answer.Good();
    }
    sleep(Duration.ofSeconds(1));
    return new Answer.Say("550 5.1.1 No user " + moment.argument().split("@")[0]);
  }

  private static void sleep(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// The better of two flights, as other work runs on the machine; `CalloutLoadIT` has more of it.
  private static void assertThatAHundredAreAskedAboutTogether(Estate estate) throws IOException {
    Duration best = Duration.ofDays(1);
    for (String flight : List.of("a", "b")) {
      List<String> names = IntStream.range(0, 100).mapToObj(i -> flight + i).toList();
      RecipientFlight said =
          RecipientFlight.of(
              estate, "127.0.0.2", names.stream().map(name -> name + "@sink.test").toList());
      assertThat(said.replies())
          .containsExactlyElementsOf(
              names.stream().map(name -> "550 5.1.1 No user " + name).toList());
      best = said.took().compareTo(best) < 0 ? said.took() : best;
    }
    assertThat(best).isLessThan(Duration.ofSeconds(3));
  }

  /// As a stranger whose mailbox is here, so that a notice would be seen.
  private static String send(Estate estate, String recipient) throws IOException {
    try (SmtpClient client = SmtpClient.connect(estate.gatepost().smtp(), "127.0.0.2")) {
      return client.deliver(
          "alice@example.test", List.of(recipient), Estate.message(Estate.newMessageId()));
    }
  }

  private static String operator(Estate estate, String... words) {
    List<String> command = new ArrayList<>(List.of(words));
    command.addAll(estate.gatepost().operatorOptions());
    GatepostCommand.Ended ended = GatepostCommand.run(PATIENCE, command);
    assertThat(ended.status()).as(ended.complaints()).isZero();
    return ended.output();
  }

  @ParameterizedTest
  @MethodSource("split")
  void theAnswerThatAClientDidNotWaitForIsThereWhenItReturnsAndAfterARestart(Mode mode)
      throws IOException, InterruptedException {
    try (Estate estate = Estate.start("call-forward-late", mode, ASKING)) {
      CountDownLatch asked = new CountDownLatch(1);
      CountDownLatch mayAnswer = new CountDownLatch(1);
      estate
          .nextHop()
          .behave(moment -> {
            if (moment.stage() == Stage.RCPT && moment.argument().startsWith("slow")) {
              asked.countDown();
              awaited(mayAnswer);
              return new Answer.Say("550 5.1.1 No such student");
            }
            return strict(moment);
          });

      hangUpOn(estate, "slow@sink.test", asked);
      mayAnswer.countDown();
      await()
          .atMost(PATIENCE)
          .until(() -> estate.replyToRcpt("slow@sink.test").equals("550 5.1.1 No such student"));

      assertThatItIsQuick(estate, "slow@sink.test");
      assumeThat(RESTARTS).as("-Dgatepost.callout.restart=true").isTrue();
      assertThat(estate.gatepost().stop())
          .as("what waits is written at the end")
          .isEqualTo(TERMINATED);
      estate.gatepost().restart();
      estate.nextHop().goDown();
      await()
          .atMost(PATIENCE)
          .untilAsserted(() ->
              assertThat(estate.replyToRcpt("slow@sink.test"))
                  .isEqualTo("550 5.1.1 No such student"));
      assertThatItIsQuick(estate, "slow@sink.test");
    }
  }

  private static void hangUpOn(Estate estate, String recipient, CountDownLatch asked)
      throws IOException, InterruptedException {
    try (SmtpClient client = SmtpClient.connect(estate.gatepost().smtp(), "127.0.0.2")) {
      client.reply();
      client.say("EHLO stranger.example");
      client.say("MAIL FROM:<>");
      client.send("RCPT TO:<" + recipient + ">\r\n");
      assertThat(asked.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }
  }

  private static void awaited(CountDownLatch latch) {
    try {
      latch.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// The best of a few, as other work runs on the machine.
  private static void assertThatItIsQuick(Estate estate, String recipient) throws IOException {
    long best = Long.MAX_VALUE;
    for (int i = 0; i < 5; i++) {
      try (SmtpClient client = SmtpClient.connect(estate.gatepost().smtp(), "127.0.0.2")) {
        client.reply();
        client.say("EHLO stranger.example");
        client.say("MAIL FROM:<>");
        long began = System.nanoTime();
        assertThat(client.say("RCPT TO:<" + recipient + ">"))
            .isEqualTo("550 5.1.1 No such student");
        best = Math.min(best, System.nanoTime() - began);
      }
    }
    assertThat(Duration.ofNanos(best)).isLessThan(Duration.ofMillis(50));
  }
}
