package io.gatepost.edge.dialogue;

import static io.gatepost.edge.intake.EarlyOutcomes.HOP;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.gatepost.contract.delivery.EarlyResult;
import io.gatepost.contract.delivery.EarlyResult.Why;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.HeaderEdits;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.scanning.ScanDecision;
import io.gatepost.edge.intake.EarlyOutcomes;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/// Messages that are delivered before their reply, as their sessions see it.
class EarlyDialogueTest {

  private static final String OUR_CLIENT = "127.0.0.1";
  private static final String STRANGER = "203.0.113.9";
  private static final String CONTENT = "DATA\r\nSubject: x\r\n\r\ntext\r\n.\r\n";
  private static final String LARGE =
      "DATA\r\nSubject: x\r\n\r\n" + "a line of text\r\n".repeat(2_000) + ".\r\n";

  private final TestServices services = new TestServices();
  private final Sinks.One<EarlyResult> answer = Sinks.one();
  private final Logger logger = (Logger) LoggerFactory.getLogger(IncomingMessage.class);
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

  @BeforeEach
  void listen() {
    lines.start();
    logger.addAppender(lines);
  }

  @AfterEach
  void noSessionKeepsWhatAllShare() {
    logger.detachAppender(lines);
    assertThat(services.contentMemory.used()).isZero();
    assertThat(services.contentMemory.uploads()).isZero();
    assertThat(services.recipientMemory.taken()).isZero();
  }

  private FakeConversation withRecipients(String client) {
    FakeConversation conversation = new FakeConversation(services, client);
    conversation.say(
        "EHLO client.example\r\nMAIL FROM:<>\r\n"
            + "RCPT TO:<ann@dest.example>\r\nRCPT TO:<bob@dest.example>\r\n");
    conversation.heard();
    return conversation;
  }

  private EnvelopeRecord attempted() {
    return services.delivery.attempted.getFirst();
  }

  private String id() {
    return attempted().envelope().id().text();
  }

  private long decided(String how) {
    return services.meters.get("gatepost.edge.decision.time").tag("how", how).timer().count();
  }

  private String logged() {
    return lines.list.stream()
        .map(ILoggingEvent::getFormattedMessage)
        .filter(line -> line.contains(" accepted "))
        .findFirst()
        .orElse("");
  }

  @Test
  void theReplyToDataQuotesTheNextHop() {
    services.deliverEarly(message -> Mono.just(EarlyOutcomes.delivered(message)));
    FakeConversation conversation = withRecipients(STRANGER);

    conversation.say(CONTENT);
    assertThat(conversation.heard()).containsExactly(Replies.START_DATA.toString());
    conversation.writeLog();

    assertThat(conversation.heard())
        .containsExactly("250 2.0.0 delivered as " + id() + ": Ok: queued as 4B7 on (host)");
    assertThat(services.queue.messages).isEmpty();
  }

  @Test
  void soDoesTheReplyToTheLastChunk() {
    services.deliverEarly(message -> Mono.just(EarlyOutcomes.delivered(message)));
    FakeConversation conversation = withRecipients(OUR_CLIENT);

    assertThat(conversation.ask("BDAT 12\r\nSubject: x\r\n"))
        .containsExactly(Replies.CHUNK_OK.toString());
    assertThat(services.delivery.attempted).isEmpty();
    conversation.say("BDAT 8 LAST\r\n\r\ntext\r\n");
    conversation.writeLog();

    assertThat(conversation.heard())
        .containsExactly(
            "250 2.0.0 delivered as " + id() + ": Ok: queued as 4B7 on mx1.dest.example");
  }

  @Test
  void aRefusalIsTheReplyAndTheSessionGoesOn() {
    services.deliverEarly(message -> Mono.just(EarlyOutcomes.refused(message)));
    FakeConversation conversation = withRecipients(STRANGER);

    assertThat(conversation.ask(CONTENT + "NOOP\r\n"))
        .containsExactly(
            Replies.START_DATA.toString(),
            "550 5.1.1 No such user on (host)",
            Replies.OK.toString());
    assertThat(services.refused("data", Reason.NEXT_HOP_REFUSED.label())).isEqualTo(1);
    conversation.hangUp();
  }

  @Test
  void aStrangerOfWhomSomeAreRefusedHears451() {
    services.deliverEarly(message -> Mono.just(EarlyOutcomes.partlyRefused(message)));
    FakeConversation conversation = withRecipients(STRANGER);

    assertThat(conversation.ask(CONTENT))
        .containsExactly(Replies.START_DATA.toString(), Replies.PARTLY_REFUSED.toString());
    assertThat(services.refused("data", Reason.NEXT_HOP_DEFERRED.label())).isEqualTo(1);
  }

  @Test
  void whatGoesOnIsQueuedAndSaysSo() {
    services.deliverEarly(message -> Mono.just(new EarlyResult.GoesOn(message.envelope())));
    FakeConversation conversation = withRecipients(STRANGER);

    conversation.say(CONTENT);
    conversation.writeLog();

    assertThat(conversation.heard().getLast()).isEqualTo(Replies.queued(id()).toString());
    assertThat(logged()).contains(" durability=memory");
    assertThat(decided("queued")).isEqualTo(1);
    assertThat(decided("delivered")).isZero();
  }

  @Test
  void theLogTellsWhoHasItAndHowLongItTook() {
    services.deliverEarly(message -> Mono.just(EarlyOutcomes.delivered(message)));
    FakeConversation conversation = withRecipients(STRANGER);

    conversation.say(CONTENT);
    conversation.writeLog();
    conversation.hangUp();
    conversation.journal.ended(0);

    assertThat(logged())
        .startsWith("qid=" + id() + " accepted peer=" + STRANGER)
        .containsPattern(" durability=delivered by=" + Pattern.quote(HOP) + " ms=\\d+$");
    assertThat(decided("delivered")).isEqualTo(1);
    assertThat(
            services
                .meters
                .get("gatepost.edge.decision.time")
                .tag("how", "delivered")
                .timer()
                .totalTime(TimeUnit.NANOSECONDS))
        .isPositive();
    assertThat(services.ended("legitimate")).isEqualTo(1);
  }

  @Test
  void commandsBehindTheMessageWaitForTheAttempt() {
    services.deliverEarly(message -> answer.asMono());
    FakeConversation conversation = withRecipients(STRANGER);

    assertThat(conversation.ask(CONTENT + "NOOP\r\n"))
        .containsExactly(Replies.START_DATA.toString());
    assertThat(conversation.dialogue.isBusy()).isTrue();
    assertThat(services.contentMemory.used()).isPositive();
    answer.tryEmitValue(EarlyOutcomes.delivered(attempted()));
    conversation.writeLog();

    assertThat(conversation.heard()).hasSize(2).endsWith(Replies.OK.toString());
    assertThat(services.contentMemory.used()).isZero();
    conversation.hangUp();
  }

  @Test
  void aClientThatGoesDuringTheAttemptHasItWithdrawnAndItsMemoryReleasedOnce() {
    services.deliverEarly(message -> answer.asMono());
    services.delivery.withdrawals = id -> answer.asMono();
    FakeConversation conversation = withRecipients(STRANGER);
    conversation.say(CONTENT);

    conversation.hangUp();

    assertThat(services.delivery.withdrawn).hasSize(1);
    assertThat(services.contentMemory.used()).isPositive(); // the attempt reads it
    answer.tryEmitValue(new EarlyResult.TryLater(List.of()));
    assertThat(services.queue.messages).isEmpty();
  }

  @Test
  void storedContentStaysWhileTheAttemptReadsIt() {
    services.deliverEarly(message -> answer.asMono());
    services.delivery.withdrawals = id -> answer.asMono();
    FakeConversation conversation = withRecipients(STRANGER);
    conversation.say(LARGE);
    assertThat(services.delivery.attempted).hasSize(1);

    conversation.hangUp();

    assertThat(services.queue.contents).hasSize(1);
    answer.tryEmitValue(EarlyOutcomes.delivered(attempted()));
    assertThat(services.queue.contents).isEmpty();
    assertThat(services.queue.messages).isEmpty();
  }

  @Test
  void aClientThatGoesBehindTheAnswerChangesNothing() {
    services.deliverEarly(message -> Mono.just(EarlyOutcomes.delivered(message)));
    FakeConversation conversation = withRecipients(STRANGER);
    conversation.say(LARGE);

    conversation.hangUp(); // the reply waits for the log

    conversation.writeLog();
    assertThat(services.delivery.withdrawn).isEmpty();
    assertThat(services.queue.contents).isEmpty();
    assertThat(logged()).contains(" durability=delivered ");
  }

  @Test
  void aClientThatGoesDuringTheScanHasNothingAttempted() {
    Sinks.One<ScanDecision> scan = Sinks.one();
    services.scanDecision = scan.asMono();
    services.deliverEarly(message -> Mono.just(EarlyOutcomes.delivered(message)));
    FakeConversation conversation = withRecipients(STRANGER);
    conversation.say(CONTENT);

    conversation.hangUp();
    scan.tryEmitValue(ScanDecision.CLEAN);

    assertThat(services.delivery.attempted).isEmpty();
    assertThat(services.delivery.withdrawn).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("verdictsThatKeepTheMessage")
  void aClientThatGoesWhileTheVerdictIsOnItsWayHasNothingKept(ScanDecision verdict) {
    Sinks.One<ScanDecision> scan = Sinks.one();
    services.scanDecision = scan.asMono();
    services.deliverEarly(message -> Mono.just(EarlyOutcomes.delivered(message)));
    FakeConversation conversation = withRecipients(STRANGER);
    conversation.say(LARGE);
    assertThat(services.queue.contents).hasSize(1);

    conversation.isThreadBusy = true;
    scan.tryEmitValue(verdict);
    conversation.hangUp();
    conversation.threadIsFree();

    assertThat(services.delivery.attempted).isEmpty();
    assertThat(services.queue.putAside).isEmpty();
    assertThat(services.queue.contents).isEmpty();
  }

  static List<ScanDecision> verdictsThatKeepTheMessage() {
    return List.of(ScanDecision.CLEAN, new ScanDecision.Quarantine("spam", HeaderEdits.NONE));
  }

  @Test
  void theVerdictComesFirst() {
    Sinks.One<ScanDecision> scan = Sinks.one();
    services.scanDecision = scan.asMono();
    services.deliverEarly(message -> Mono.just(EarlyOutcomes.delivered(message)));
    FakeConversation conversation = withRecipients(STRANGER);
    conversation.say(CONTENT);
    assertThat(services.delivery.attempted).isEmpty();

    scan.tryEmitValue(new ScanDecision.Refuse("Eicar", Replies.contentRejected("Eicar")));

    assertThat(conversation.heard().getLast()).startsWith("550 5.7.1 ");
    assertThat(services.delivery.attempted).isEmpty();
  }

  @Test
  void whatOnlyAsksDeliversNothing() {
    services.deliverEarly(message -> Mono.just(EarlyOutcomes.delivered(message)));
    services.xclientFrom = List.of("127.0.0.0/8");
    FakeConversation conversation = new FakeConversation(services, OUR_CLIENT);

    conversation.say(
        "EHLO probe.example\r\nXCLIENT ADDR=203.0.113.77\r\nEHLO client.example\r\n"
            + "VRFY ann@dest.example\r\nMAIL FROM:<>\r\nRCPT TO:<ann@dest.example>\r\nRSET\r\n"
            + "MAIL FROM:<>\r\nRCPT TO:<ann@dest.example>\r\nBDAT 6\r\ntext\r\nRSET\r\n"
            + "MAIL FROM:<>\r\nRCPT TO:<ann@dest.example>\r\nDATA\r\ntext\r\n");
    conversation.hangUp();

    assertThat(conversation.adopted).isPresent();
    assertThat(services.delivery.attempted).isEmpty();
    assertThat(services.queue.messages).isEmpty();
  }

  @Test
  void aMessageThatIsPutAsideIsNotDelivered() {
    services.deliverEarly(message -> Mono.just(EarlyOutcomes.delivered(message)));
    services.scanDecision = Mono.just(new ScanDecision.Quarantine("spam", HeaderEdits.NONE));
    FakeConversation conversation = withRecipients(STRANGER);

    conversation.say(CONTENT);
    conversation.writeLog();

    assertThat(services.delivery.attempted).isEmpty();
    assertThat(services.queue.putAside).hasSize(1);
    assertThat(decided("put_aside")).isEqualTo(1);
  }

  @Test
  void aServerThatHasWaitedBreaksTheAttemptOff() {
    services.deliverEarly(message -> answer.asMono());
    services.delivery.withdrawals =
        id -> {
          answer.tryEmitValue(new EarlyResult.TryLater(List.of()));
          return Mono.just(new EarlyResult.TryLater(List.of()));
        };
    FakeConversation conversation = withRecipients(STRANGER);
    conversation.say(CONTENT);

    conversation.dialogue.breakOff();

    assertThat(conversation.heard().getLast()).isEqualTo(Replies.ATTEMPT_BROKEN_OFF.toString());
    assertThat(conversation.dialogue.isUnderWay()).isFalse();
  }

  @Test
  void aServerThatHasWaitedBeginsNoAttempt() {
    Sinks.One<ScanDecision> scan = Sinks.one();
    services.scanDecision = scan.asMono();
    services.deliverEarly(message -> answer.asMono());
    FakeConversation conversation = withRecipients(STRANGER);
    conversation.say(CONTENT);

    conversation.dialogue.breakOff();
    scan.tryEmitValue(ScanDecision.CLEAN);
    conversation.writeLog();

    assertThat(conversation.heard().getLast()).startsWith("250 2.0.0 queued as ");
    assertThat(services.delivery.attempted).isEmpty();
  }

  @Test
  void beforeItHasBegunThereIsNothingToBreakOff() {
    services.deliverEarly(message -> Mono.just(new EarlyResult.NotTried(Why.SLOW)));
    FakeConversation conversation = withRecipients(STRANGER);

    conversation.dialogue.breakOff();

    assertThat(services.delivery.withdrawn).isEmpty();
    conversation.hangUp();
  }
}
