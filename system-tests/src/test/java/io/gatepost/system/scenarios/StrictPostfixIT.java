package io.gatepost.system.scenarios;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.system.Estate;
import io.gatepost.system.Modes;
import io.gatepost.testkit.peer.Postfix;
import io.gatepost.testkit.product.Mode;
import io.gatepost.testkit.smtp.SmtpClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// A department with a Postfix that knows its users, with the limits that its package has: it is
/// asked before mail for it is accepted. Of 40 mails three in ten are for unknown users;
/// `-Dgatepost.callout.mails=200` sends more.
@ParameterizedClass
@MethodSource("modes")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StrictPostfixIT {

  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final int MAILS = Integer.getInteger("gatepost.callout.mails", 40);

  /// Of a client, with what a busy machine takes besides the callout's own 10 s.
  private static final Duration BUDGET = Duration.ofSeconds(14);

  private static final int FLIGHT = 60;
  private static final String ALICE = "alice@example.test";
  private static final String BOB = "bob@example.test";
  private static final String STRANGER = "127.0.0.2";
  private static final String OWN = "127.0.0.1";

  @Parameter Mode mode;
  private Postfix postfix;
  private Estate estate;

  static Stream<Mode> modes() {
    return Modes.of(Mode.ALL_IN_ONE);
  }

  @BeforeParameterizedClassInvocation
  void start() {
    postfix =
        Postfix.start(
            "dept.test",
            Stream.concat(
                    IntStream.range(0, MAILS)
                        .filter(StrictPostfixIT::isKnown)
                        .mapToObj(i -> "u" + i),
                    Stream.of("ann", "ben", "moving", "gone"))
                .toList(),
            Map.of(
                "moving@dept.test", "450 4.2.1 the mailbox is being moved",
                "gone@dept.test", "550 5.1.6 is at store.inner.internal now"));
    estate =
        Estate.start(
            "strict-postfix",
            mode,
            Map.of(
                "gatepost.verification.callout.for", "tables",
                "gatepost.edge.max-refusals", "1000"));
    estate.change(
        estate.mailertable(),
        table -> table + "dept.test smtp:[127.0.0.1]:" + postfix.port() + "\n",
        "ann@dept.test",
        "250");
  }

  @AfterParameterizedClassInvocation
  void stop() {
    try {
      estate.close();
    } finally {
      postfix.close();
    }
  }

  private static boolean isKnown(int user) {
    return user % 10 < 7;
  }

  @Test
  void itsWordsReachTheClientWithoutNamesOfItsHosts() {
    assertThat(rcpt("nobody@dept.test")).isEqualTo(unknown("nobody@dept.test"));
    assertThat(rcpt("gone@dept.test"))
        .isEqualTo("550 5.1.6 <gone@dept.test>: Recipient address rejected: is at (host) now");
  }

  @Test
  void whatItPutsOffIsPutOffAndNotRefused() {
    assertThat(rcpt("moving@dept.test"))
        .isEqualTo(
            "450 4.2.1 <moving@dept.test>: Recipient address rejected: the mailbox is being moved");
  }

  @Test
  void ofACorpusOfMailWhatItKnowsIsDeliveredAndNothingIsBounced() {
    List<String> users = new ArrayList<>();
    for (int i = 0; i < MAILS; i++) {
      String address = "u" + i + "@dept.test";
      String reply = send(STRANGER, ALICE, address, Estate.newMessageId());
      if (isKnown(i)) {
        assertThat(reply).startsWith("250");
        users.add("u" + i);
      } else {
        assertThat(reply).isEqualTo(unknown(address));
      }
    }

    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(users).allMatch(user -> postfix.mailbox(user).size() == 1));
    assertThat(estate.messageIdsIn(ALICE)).as("notices").isEmpty();
    assertThat(postfix.log()).doesNotContain("status=bounced");
  }

  /// After ten refusals Postfix makes a client wait a second for each further one, and closes after
  /// twenty.
  @Test
  void itsLimitsForClientsThatErrHoldUpNoCallout() throws IOException {
    List<String> unknown =
        IntStream.range(0, FLIGHT).mapToObj(i -> "typo" + i + "@dept.test").toList();

    RecipientFlight first = RecipientFlight.of(estate, STRANGER, unknown);

    long told = first.replies().stream().filter(reply -> reply.startsWith("550 5.1.1 ")).count();
    System.out.printf(
        "callout: Postfix refused %d of %d at once, in %d ms%n",
        told, FLIGHT, first.took().toMillis());
    assertThat(first.took()).isLessThan(BUDGET);
    assertThat(first.replies()).allMatch(reply -> reply.startsWith("550 5.1.1 ") || isLater(reply));
    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(RecipientFlight.of(estate, STRANGER, unknown).replies())
                .isEqualTo(unknown.stream().map(StrictPostfixIT::unknown).toList()));
    String messageId = Estate.newMessageId();
    assertThat(send(STRANGER, ALICE, "ann@dept.test", messageId)).startsWith("250");
    awaitDelivered("ann", messageId);
  }

  private static boolean isLater(String reply) {
    return reply.startsWith("451 4.4.");
  }

  @Test
  void whileItIsStoppedStrangersComeBackAndOurOwnMailWaits() {
    assertThat(rcpt("ben@dept.test")).startsWith("250");
    postfix.stop();
    String known = Estate.newMessageId();
    String ours = Estate.newMessageId();
    String wrong = Estate.newMessageId();
    try {
      assertThat(send(STRANGER, BOB, "ben@dept.test", known)).as("remembered").startsWith("250");
      assertThat(rcptOnce("later@dept.test")).matches(StrictPostfixIT::isLater);
      assertThat(send(OWN, BOB, "ann@dept.test", ours)).startsWith("250");
      assertThat(send(OWN, BOB, "wrong@dept.test", wrong)).startsWith("250");
    } finally {
      postfix.restart();
    }

    awaitDelivered("ben", known);
    awaitDelivered("ann", ours);
    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(estate.mailbox(BOB))
                .anyMatch(notice ->
                    notice.contains("Message-ID: " + wrong + "\r\n")
                        && notice.contains("Final-Recipient: rfc822; wrong@dept.test")));
    assertThat(rcpt("later@dept.test")).isEqualTo(unknown("later@dept.test"));
  }

  private static String unknown(String address) {
    return "550 5.1.1 <"
        + address
        + ">: Recipient address rejected: User unknown in virtual mailbox table";
  }

  /// As a stranger, who comes back as long as the answer is late.
  private String rcpt(String recipient) {
    return await().atMost(PATIENCE).until(() -> rcptOnce(recipient), reply -> !isLater(reply));
  }

  private String rcptOnce(String recipient) {
    return estate.replyToRcpt(recipient);
  }

  /// One that is told to come back as the machine is slow does so.
  private String send(String from, String sender, String recipient, String messageId) {
    return await()
        .atMost(PATIENCE)
        .until(() -> sendOnce(from, sender, recipient, messageId), reply -> !isLater(reply));
  }

  private String sendOnce(String from, String sender, String recipient, String messageId) {
    try (SmtpClient client = SmtpClient.connect(estate.gatepost().smtp(), from)) {
      return client.deliver(sender, List.of(recipient), Estate.message(messageId));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void awaitDelivered(String user, String messageId) {
    await()
        .atMost(PATIENCE)
        .until(
            () -> postfix.mailbox(user).stream().anyMatch(message -> message.contains(messageId)));
  }
}
