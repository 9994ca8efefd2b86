package io.gatepost.edge.dialogue;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.scanning.ScanDecision;
import io.gatepost.contract.verification.RecipientVerdict;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/// Replies that are held back, in which order they go, and when they do not wait.
class TarpitTest {

  private static final String STRANGER = "203.0.113.9";
  private static final String OUR_CLIENT = "127.0.0.1";
  private static final String RELAY = Replies.RELAY_DENIED.toString();
  private static final String ACCEPTED = Replies.RECIPIENT_OK.toString();

  private final TestServices services = new TestServices();

  @BeforeEach
  void delay() {
    services.tarpit = new Tarpit.Rule(Duration.ofSeconds(30), 1);
    services.recipients =
        request ->
            Mono.just(
                request.recipient().localPart().text().startsWith("r")
                    ? new RecipientVerdict.Bad(Reason.RELAY_DENIED, Replies.RELAY_DENIED)
                    : new RecipientVerdict.Good());
  }

  private FakeConversation inTransaction(String client) {
    FakeConversation conversation = new FakeConversation(services, client);
    conversation.ask("EHLO client.example\r\nMAIL FROM:<>\r\n");
    return conversation;
  }

  private double inPit() {
    return services.meters.get("gatepost.edge.tarpit.sessions").gauge().value();
  }

  private double held() {
    return services.meters.get("gatepost.edge.tarpit.replies").counter().count();
  }

  @Test
  void aRefusalIsHeldBackAndRecordedAtOnce() {
    FakeConversation conversation = inTransaction(STRANGER);

    assertThat(conversation.ask("RCPT TO:<r@far.example>\r\n")).isEmpty();
    assertThat(conversation.dialogue.isBusy()).isTrue();
    assertThat(services.refused("rcpt", "relay_denied")).isEqualTo(1);
    assertThat(inPit()).isEqualTo(1);

    conversation.waitForAll();
    assertThat(conversation.heard()).containsExactly(RELAY);
    assertThat(conversation.dialogue.isBusy()).isFalse();
    assertThat(inPit()).isZero();
    assertThat(services.refused("rcpt", "relay_denied")).isEqualTo(1);
  }

  @Test
  void repliesKeepTheirOrder() {
    FakeConversation conversation = inTransaction(STRANGER);

    conversation.say(
        "RCPT TO:<a@x.example>\r\nRCPT TO:<r1@x.example>\r\nRCPT TO:<b@x.example>\r\n"
            + "RCPT TO:<r2@x.example>\r\nNOOP\r\nQUIT\r\n");
    assertThat(conversation.heard()).containsExactly(ACCEPTED);

    conversation.waitForAll();
    assertThat(conversation.heard())
        .containsExactly(
            RELAY,
            ACCEPTED,
            RELAY,
            Replies.OK.toString(),
            Replies.closing(TestServices.HOSTNAME).toString());
  }

  @Test
  void aRefusalThatComesLateIsHeldBackToo() {
    Sinks.One<RecipientVerdict> late = Sinks.one();
    services.recipients = request -> late.asMono();
    FakeConversation conversation = inTransaction(STRANGER);
    conversation.say("RCPT TO:<ann@dest.example>\r\n");

    late.tryEmitValue(new RecipientVerdict.Bad(Reason.RELAY_DENIED, Replies.RELAY_DENIED));
    assertThat(conversation.heard()).isEmpty();
    assertThat(held()).isEqualTo(1);

    conversation.waitForAll();
    assertThat(conversation.heard()).containsExactly(RELAY);
  }

  @Test
  void theReplyToARefusedMessageIsHeldBack() {
    services.scanDecision =
        Mono.just(new ScanDecision.Refuse("Eicar", Replies.contentRejected("Eicar")));
    FakeConversation conversation = inTransaction(STRANGER);
    conversation.ask("RCPT TO:<ann@dest.example>\r\nDATA\r\n");

    assertThat(conversation.ask("Subject: x\r\n\r\n.\r\nNOOP\r\n")).isEmpty();
    assertThat(services.contentMemory.used()).isZero();

    conversation.waitForAll();
    assertThat(conversation.heard())
        .containsExactly("550 5.7.1 Message content rejected: Eicar", Replies.OK.toString());
  }

  @Test
  void whatIsAcceptedDoesNotWait() {
    FakeConversation conversation = inTransaction(STRANGER);

    assertThat(conversation.ask("RCPT TO:<a@x.example>\r\n")).containsExactly(ACCEPTED);
    assertThat(held()).isZero();
  }

  @Test
  void ourOwnClientsDoNotWait() {
    FakeConversation conversation = inTransaction(OUR_CLIENT);

    assertThat(conversation.ask("RCPT TO:<r@x.example>\r\n")).containsExactly(RELAY);
  }

  @Test
  void beyondItsSessionsNobodyWaits() {
    FakeConversation first = inTransaction(STRANGER);
    FakeConversation second = new FakeConversation(services, STRANGER, first);
    second.ask("EHLO client.example\r\nMAIL FROM:<>\r\n");
    first.say("RCPT TO:<r1@x.example>\r\nRCPT TO:<r2@x.example>\r\n");

    assertThat(second.ask("RCPT TO:<r@x.example>\r\n")).containsExactly(RELAY);
    assertThat(inPit()).as("a session has one place for all its replies").isEqualTo(1);

    first.waitForAll();
    assertThat(second.ask("RCPT TO:<r@x.example>\r\n")).isEmpty();
  }

  @Test
  void aClientThatGoesGivesItsPlaceBack() {
    FakeConversation conversation = inTransaction(STRANGER);
    conversation.say("RCPT TO:<r1@x.example>\r\nRCPT TO:<r2@x.example>\r\n");

    conversation.hangUp();

    assertThat(inPit()).isZero();
    conversation.waitForAll();
    assertThat(conversation.heard()).isEmpty();
    assertThat(inPit()).isZero();
    assertThat(services.recipientMemory.taken()).isZero();
  }

  @Test
  void aStopOfTheServerLetsAllRepliesGo() {
    FakeConversation conversation = inTransaction(STRANGER);
    conversation.say("RCPT TO:<r1@x.example>\r\nRCPT TO:<r2@x.example>\r\n");

    conversation.dialogue.hurry();

    assertThat(conversation.heard()).isEqualTo(List.of(RELAY, RELAY));
    assertThat(conversation.ask("RCPT TO:<r@x.example>\r\n")).containsExactly(RELAY);
    assertThat(inPit()).isZero();
  }

  @Test
  void withoutADelayNothingIsHeld() {
    services.tarpit = Tarpit.Rule.OFF;
    FakeConversation conversation = inTransaction(STRANGER);

    assertThat(conversation.ask("RCPT TO:<r@x.example>\r\n")).containsExactly(RELAY);
  }
}
