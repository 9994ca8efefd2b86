package io.gatepost.edge.dialogue;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.scanning.ScanDecision;
import io.gatepost.contract.verification.RecipientVerdict;
import io.gatepost.edge.session.SessionBudget;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/// Log lines of refusals.
class SessionJournalTest {

  private static final String OUR_CLIENT = "127.0.0.1";
  private static final String STRANGER = "203.0.113.9";
  private static final int MANY = 40;

  private final Logger logger = (Logger) LoggerFactory.getLogger(SessionJournal.class);
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final TestServices services = new TestServices();

  @BeforeEach
  void listen() {
    services.budget = new SessionBudget.Bounds(500, 500, 500, 500, 500);
    services.loggedRefusals = 3;
    services.recipients =
        request ->
            Mono.just(
                new RecipientVerdict.Bad(
                    request.recipient().localPart().text().startsWith("r")
                        ? Reason.RELAY_DENIED
                        : Reason.UNKNOWN_USER,
                    Reply.of(550, "5.1.1", "No")));
    lines.start();
    logger.addAppender(lines);
  }

  @AfterEach
  void stopListening() {
    logger.detachAppender(lines);
  }

  @Test
  void ofAStrangerTheFirstRefusalsHaveALineEachAndTheOthersOneTogether() {
    FakeConversation conversation = inTransaction(STRANGER);

    refuse(conversation, "a", MANY);
    refuse(conversation, "r", 2);
    conversation.journal.ended(0);

    assertThat(logged()).hasSize(4);
    assertThat(logged().subList(0, 3)).allMatch(line -> line.startsWith("refused stage=rcpt"));
    assertThat(logged().getLast())
        .isEqualTo(
            "refused 39 more peer=203.0.113.9 helo=client.example"
                + " reasons=unknown_user:37,relay_denied:2");
    assertThat(services.refused("rcpt", "unknown_user")).isEqualTo(MANY);
    assertThat(services.refused("rcpt", "relay_denied")).isEqualTo(2);
  }

  @Test
  void ofOurOwnClientsEachRefusalHasItsLine() {
    FakeConversation conversation = inTransaction(OUR_CLIENT);

    refuse(conversation, "a", MANY);
    conversation.journal.ended(0);

    assertThat(logged()).hasSize(MANY).allMatch(line -> line.startsWith("refused stage=rcpt"));
  }

  @Test
  void nothingIsAddedWhereAllRefusalsHadTheirLines() {
    FakeConversation conversation = inTransaction(STRANGER);

    refuse(conversation, "a", 3);
    conversation.journal.ended(0);

    assertThat(logged()).hasSize(3);
  }

  @Test
  void refusedMessagesCountAsWell() {
    services.recipients = request -> Mono.just(new RecipientVerdict.Good());
    services.scanDecision =
        Mono.just(new ScanDecision.Refuse("a virus", Reply.of(550, "5.7.1", "No")));
    FakeConversation conversation = new FakeConversation(services, STRANGER);
    conversation.say("EHLO client.example\r\n");

    for (int i = 0; i < 5; i++) {
      conversation.ask("MAIL FROM:<>\r\nRCPT TO:<ann@dest.example>\r\nDATA\r\n");
      conversation.ask("x\r\n.\r\n");
    }
    conversation.journal.ended(0);

    assertThat(logged()).hasSize(4);
    assertThat(logged().getFirst()).contains("refused stage=data reason=content_rejected");
    assertThat(logged().getLast()).contains("refused 2 more").contains("content_rejected:2");
    assertThat(services.refused("data", "content_rejected")).isEqualTo(5);
  }

  private FakeConversation inTransaction(String address) {
    FakeConversation conversation = new FakeConversation(services, address);
    conversation.say("EHLO client.example\r\nMAIL FROM:<>\r\n");
    return conversation;
  }

  private static void refuse(FakeConversation conversation, String prefix, int times) {
    for (int i = 0; i < times; i++) {
      conversation.say("RCPT TO:<" + prefix + i + "@dest.example>\r\n");
    }
  }

  private List<String> logged() {
    return lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }
}
