package io.gatepost.edge.dialogue;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.verification.RecipientVerdict;
import io.gatepost.edge.session.Offers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Sinks;

/// The order of commands and replies, without a socket.
class SmtpDialogueTest {

  private static final String OUR_CLIENT = "127.0.0.1";
  private static final String STRANGER = "203.0.113.9";
  private static final Reply NO_USER = Reply.of(550, "5.1.1", "No such user");

  private final TestServices services = new TestServices();

  /// The verdicts that verification has yet to give, by local part.
  private final Map<String, Sinks.One<RecipientVerdict>> asked = new LinkedHashMap<>();

  private void letRecipientsWait() {
    services.recipients =
        request -> {
          Sinks.One<RecipientVerdict> verdict = Sinks.one();
          asked.put(request.recipient().localPart().text(), verdict);
          return verdict.asMono();
        };
  }

  private void good(String recipient) {
    asked.get(recipient).tryEmitValue(new RecipientVerdict.Good());
  }

  private void bad(String recipient) {
    asked.get(recipient).tryEmitValue(new RecipientVerdict.Bad(Reason.UNKNOWN_USER, NO_USER));
  }

  private FakeConversation inTransaction(String address) {
    FakeConversation conversation = new FakeConversation(services, address);
    conversation.say("EHLO client.example\r\nMAIL FROM:<>\r\n");
    conversation.heard();
    return conversation;
  }

  @Test
  void aPipelinedTransactionIsAnsweredInOrder() {
    FakeConversation conversation = inTransaction(OUR_CLIENT);

    assertThat(
            conversation.ask(
                "RCPT TO:<ann@dest.example>\r\nRCPT TO:<bob@dest.example>\r\nDATA\r\nx\r\n"))
        .containsExactly(
            Replies.RECIPIENT_OK.toString(),
            Replies.RECIPIENT_OK.toString(),
            Replies.START_DATA.toString());
    assertThat(conversation.dialogue.isWithinMessage()).isTrue();
  }

  @Test
  void aCommandIsAnsweredOnceItsLineIsComplete() {
    FakeConversation conversation = new FakeConversation(services, OUR_CLIENT);

    assertThat(conversation.ask("NO")).isEmpty();
    assertThat(conversation.ask("OP\r")).isEmpty();
    assertThat(conversation.ask("\nVRFY ann\r\nRSET"))
        .containsExactly(Replies.OK.toString(), Replies.CANNOT_VRFY.toString());
  }

  @Test
  void recipientsAreCheckedBesideOneAnother() {
    letRecipientsWait();
    FakeConversation conversation = inTransaction(OUR_CLIENT);

    conversation.say("RCPT TO:<ann@dest.example>\r\nRCPT TO:<bob@dest.example>\r\n");

    assertThat(asked).containsOnlyKeys("ann", "bob");
    assertThat(conversation.dialogue.isBusy()).isTrue();
  }

  @Test
  void verdictsOutOfOrderAreAnsweredInTheOrderOfTheCommands() {
    letRecipientsWait();
    FakeConversation conversation = inTransaction(OUR_CLIENT);
    conversation.say(
        "RCPT TO:<ann@dest.example>\r\nRCPT TO:<bob@dest.example>\r\nRCPT TO:<eve@dest.example>\r\n");

    good("eve");
    bad("bob");
    assertThat(conversation.heard()).isEmpty();
    good("ann");

    assertThat(conversation.heard())
        .containsExactly(
            Replies.RECIPIENT_OK.toString(), NO_USER.toString(), Replies.RECIPIENT_OK.toString());
    assertThat(conversation.dialogue.isBusy()).isFalse();
  }

  @Test
  void aRecipientThatIsRefusedAtOnceIsAnsweredInItsTurn() {
    letRecipientsWait();
    FakeConversation conversation = inTransaction(STRANGER);
    conversation.say("RCPT TO:<ann@dest.example>\r\nRCPT TO:<bob@dest.example> NOTIFY=NEVER\r\n");
    assertThat(conversation.heard()).isEmpty();

    good("ann");

    assertThat(conversation.heard())
        .containsExactly(Replies.RECIPIENT_OK.toString(), Replies.UNKNOWN_PARAMETER.toString());
  }

  @Test
  void dataWaitsForTheVerdictsBeforeIt() {
    letRecipientsWait();
    FakeConversation conversation = inTransaction(OUR_CLIENT);
    conversation.say(
        "RCPT TO:<ann@dest.example>\r\nRCPT TO:<bob@dest.example>\r\nDATA\r\nSubject: x\r\n");
    good("ann");
    assertThat(conversation.heard()).containsExactly(Replies.RECIPIENT_OK.toString());
    assertThat(conversation.dialogue.isWithinMessage()).isFalse();

    bad("bob");

    assertThat(conversation.heard())
        .containsExactly(NO_USER.toString(), Replies.START_DATA.toString());
  }

  @Test
  void dataWithoutARecipientLeftIsRefusedAndTheNextLineIsACommand() {
    letRecipientsWait();
    FakeConversation conversation = inTransaction(OUR_CLIENT);
    conversation.say("RCPT TO:<ann@dest.example>\r\nDATA\r\nRSET\r\n");

    bad("ann");

    assertThat(conversation.heard())
        .containsExactly(
            NO_USER.toString(), Replies.NO_VALID_RECIPIENTS.toString(), Replies.OK.toString());
  }

  @Test
  void aClientThatGoesWhileVerdictsAreToComeHearsNothing() {
    letRecipientsWait();
    FakeConversation conversation = inTransaction(STRANGER);
    conversation.say("RCPT TO:<ann@dest.example>\r\nRCPT TO:<bob@dest.example>\r\nDATA\r\n");
    assertThat(services.recipientMemory.taken()).isPositive();

    conversation.hangUp();
    good("ann");
    good("bob");

    assertThat(conversation.heard()).isEmpty();
    assertThat(services.recipientMemory.taken()).isZero();
  }

  @Test
  void aBareLineFeedEndsTheSessionBehindTheRepliesBeforeIt() {
    letRecipientsWait();
    FakeConversation conversation = inTransaction(STRANGER);
    conversation.say("RCPT TO:<ann@dest.example>\r\nNOOP\nRSET\r\n");
    assertThat(conversation.isClosed()).isFalse();

    good("ann");

    assertThat(conversation.heard())
        .containsExactly(Replies.RECIPIENT_OK.toString(), Replies.BARE_LINE_END.toString());
    assertThat(conversation.isClosed()).isTrue();
  }

  @Test
  void aLineThatIsTooLongIsSkippedToItsEnd() {
    FakeConversation conversation = new FakeConversation(services, OUR_CLIENT);

    List<String> heard = new ArrayList<>(conversation.ask("NOOP " + "x".repeat(600)));
    heard.addAll(conversation.ask("x".repeat(600) + "\r\nNOOP\r\n"));

    assertThat(heard).containsExactly(Replies.LINE_TOO_LONG.toString(), Replies.OK.toString());
  }

  @Test
  void aClientThatMakesTooManyErrorsIsSentAway() {
    FakeConversation conversation = new FakeConversation(services, STRANGER);

    List<String> heard = conversation.ask("DATA\r\n".repeat(10));

    assertThat(heard).hasSize(7).endsWith(Replies.TOO_MANY_ERRORS.toString());
    assertThat(conversation.isClosed()).isTrue();
    conversation.journal.ended(0);
    assertThat(services.ended("protocol")).isEqualTo(1);
  }

  @Test
  void aTransactionIsUnderWayFromItsSenderToItsEnd() {
    FakeConversation conversation = new FakeConversation(services, OUR_CLIENT);
    conversation.say("EHLO client.example\r\n");
    assertThat(conversation.dialogue.isUnderWay()).isFalse();

    conversation.say("MAIL FROM:<>\r\n");
    assertThat(conversation.dialogue.isUnderWay()).isTrue();
    assertThat(conversation.dialogue.isBusy()).isFalse();

    conversation.say("RSET\r\n");
    assertThat(conversation.dialogue.isUnderWay()).isFalse();
  }

  @Test
  void octetsBehindStartTlsAreForgotten() {
    services.offers = new Offers(Offers.Tls.STARTTLS, Set.of());
    FakeConversation conversation = new FakeConversation(services, STRANGER);
    conversation.say("EHLO client.example\r\n");
    conversation.heard();

    assertThat(conversation.ask("STARTTLS\r\nMAIL FROM:<>\r\n"))
        .containsExactly(Replies.DATA_AFTER_STARTTLS.toString());
    assertThat(conversation.tlsStarted).isFalse();

    assertThat(conversation.ask("STARTTLS\r\n")).containsExactly(Replies.READY_FOR_TLS.toString());
    assertThat(conversation.tlsStarted).isTrue();
  }

  @Test
  void withoutRoomForTlsTheSessionGoesOnInTheClear() {
    services.offers = new Offers(Offers.Tls.STARTTLS, Set.of());
    FakeConversation conversation = new FakeConversation(services, STRANGER);
    conversation.hasTlsRoom = false;
    conversation.say("EHLO client.example\r\n");
    conversation.heard();

    assertThat(conversation.ask("STARTTLS\r\n"))
        .containsExactly(Replies.NO_ROOM_FOR_TLS.toString());
    assertThat(conversation.ask("NOOP\r\n")).containsExactly(Replies.OK.toString());
    assertThat(services.refused("connect", "connection_limit")).isEqualTo(1);
  }

  @Test
  void aTrustedProxySpeaksForAClientThatIsNotTrustedItself() {
    services.xclientFrom = List.of(OUR_CLIENT);
    FakeConversation conversation = new FakeConversation(services, OUR_CLIENT);

    conversation.say("XCLIENT ADDR=" + STRANGER + "\r\n");
    assertThat(conversation.adopted).isPresent();
    assertThat(conversation.client.provenance().peer()).isEqualTo(STRANGER);

    assertThat(conversation.ask("XCLIENT ADDR=127.0.0.1\r\n"))
        .containsExactly(Replies.NOT_IMPLEMENTED.toString());
  }
}
