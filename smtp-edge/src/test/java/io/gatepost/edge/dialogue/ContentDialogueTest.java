package io.gatepost.edge.dialogue;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.envelope.BodyType;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.HeaderEdits;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.contract.scanning.ScanDecision;
import io.gatepost.smtp.wire.DotStuffing;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/// DATA and BDAT up to the reply to the message, without a socket.
class ContentDialogueTest {

  private static final String MESSAGE = "Subject: x\r\n\r\ntext\r\n";

  private final TestServices services = new TestServices();
  private final Sinks.One<ScanDecision> scan = Sinks.one();

  private FakeConversation withRecipients() {
    FakeConversation conversation = new FakeConversation(services, "203.0.113.9");
    conversation.say(
        "EHLO client.example\r\nMAIL FROM:<>\r\n"
            + "RCPT TO:<ann@dest.example>\r\nRCPT TO:<bob@dest.example>\r\n");
    conversation.heard();
    return conversation;
  }

  private String queuedContent() {
    return new String(services.queue.messages.getFirst().content(), StandardCharsets.US_ASCII);
  }

  @AfterEach
  void noSessionKeepsWhatAllShare() {
    assertThat(services.contentMemory.used()).isZero();
    assertThat(services.recipientMemory.taken()).isZero();
  }

  @Test
  void theReplyWaitsForTheLog() {
    FakeConversation conversation = withRecipients();
    conversation.say("DATA\r\n" + MESSAGE + ".\r\n");
    assertThat(services.queue.messages).hasSize(1);
    assertThat(conversation.heard()).containsExactly(Replies.START_DATA.toString());
    assertThat(conversation.dialogue.isBusy()).isTrue();

    conversation.writeLog();

    assertThat(conversation.heard())
        .singleElement()
        .satisfies(reply -> assertThat(reply).startsWith("250 2.0.0 "));
    assertThat(conversation.dialogue.isUnderWay()).isFalse();
  }

  @Test
  void commandsBehindAMessageWaitForItsReply() {
    services.scanDecision = scan.asMono();
    FakeConversation conversation = withRecipients();
    conversation.say("DATA\r\n" + MESSAGE + ".\r\nNOOP\r\nMAIL FROM:<>\r\n");
    assertThat(conversation.heard()).containsExactly(Replies.START_DATA.toString());

    Reply rejected = Replies.contentRejected("Eicar");
    scan.tryEmitValue(new ScanDecision.Refuse("Eicar", rejected));

    assertThat(conversation.heard())
        .containsExactly(rejected.toString(), Replies.OK.toString(), Replies.SENDER_OK.toString());
    assertThat(services.queue.messages).isEmpty();
    assertThat(services.refused("data", Reason.CONTENT_REJECTED.label())).isEqualTo(1);
    conversation.hangUp();
  }

  @Test
  void theClientCannotTellThatItsMessageIsPutAside() {
    FakeConversation conversation = withRecipients();
    conversation.say("DATA\r\n" + MESSAGE + ".\r\n");
    conversation.writeLog();
    String ofQueued = conversation.heard().getLast();
    services.scanDecision =
        Mono.just(new ScanDecision.Quarantine("spam quarantine", HeaderEdits.NONE));

    conversation.say("MAIL FROM:<>\r\nRCPT TO:<ann@dest.example>\r\n");
    conversation.heard();
    conversation.say("DATA\r\n" + MESSAGE + ".\r\n");
    conversation.writeLog();

    String id = services.queue.putAside.getFirst().message().envelope().id().text();
    String ofHeld = conversation.heard().getLast();
    assertThat(ofHeld).contains(id);
    assertThat(ofHeld.replace(id, ""))
        .isEqualTo(ofQueued.replace(services.queue.messages.getFirst().envelope().id().text(), ""));
    assertThat(services.queue.messages).hasSize(1);
    assertThat(services.queue.putAside).hasSize(1);
  }

  @Test
  void aMessageThatCannotBePutAsideIsDeferred() {
    services.scanDecision =
        Mono.just(new ScanDecision.Quarantine("spam quarantine", HeaderEdits.NONE));
    services.queue.failures.add(new RpcException(RpcStatus.UNAVAILABLE, "no database"));
    FakeConversation conversation = withRecipients();

    conversation.say("DATA\r\n" + MESSAGE + ".\r\n");

    assertThat(conversation.heard().getLast()).startsWith("451 4.3.0 ");
    assertThat(services.queue.messages).isEmpty();
  }

  @Test
  void chunksBecomeOneMessage() {
    FakeConversation conversation = withRecipients();

    assertThat(conversation.ask("BDAT 12\r\nSubject: x\r\nBDAT 2\r\n\r\nBDAT 6 LAST\r\ntext"))
        .containsExactly(Replies.CHUNK_OK.toString(), Replies.CHUNK_OK.toString());
    conversation.say("\r\nNOOP\r\n");
    conversation.writeLog();

    List<String> heard = conversation.heard();
    assertThat(heard).hasSize(2).endsWith(Replies.OK.toString());
    assertThat(heard.getFirst()).startsWith("250 2.0.0 ");
    assertThat(queuedContent()).endsWith(MESSAGE);
  }

  @Test
  void aChunkIsContentWhateverItSays() {
    FakeConversation conversation = withRecipients();

    assertThat(conversation.ask("BDAT 6\r\nQUIT\r\nBDAT 3\r\n.\r\n"))
        .containsExactly(Replies.CHUNK_OK.toString(), Replies.CHUNK_OK.toString());
    conversation.say("BDAT 0 LAST\r\n");
    conversation.writeLog();

    assertThat(queuedContent()).endsWith("QUIT\r\n..\r\n");
  }

  @Test
  void aCommandBetweenChunksIsABadSequenceAndTheMessageGoesOn() {
    FakeConversation conversation = withRecipients();

    assertThat(conversation.ask("BDAT 6\r\ntext\r\nDATA\r\nBDAT 6 LAST\r\nmore\r\n"))
        .containsExactly(Replies.CHUNK_OK.toString(), Replies.BAD_SEQUENCE.toString());
    conversation.writeLog();

    assertThat(queuedContent()).endsWith("\r\ntext\r\nmore\r\n");
  }

  @Test
  void aChunkThatMakesTheMessageTooLargeIsReadToItsEndAndThoseBehindItAreRefusedWithIt() {
    FakeConversation conversation = withRecipients();
    int tooMany = TestServices.MAX_MESSAGE_OCTETS + 1;

    assertThat(conversation.ask("BDAT " + tooMany + "\r\n" + "x".repeat(tooMany - 1))).isEmpty();
    assertThat(conversation.ask("xBDAT 6 LAST\r\ntext\r\nNOOP\r\n"))
        .containsExactly(
            Replies.MESSAGE_TOO_LARGE.toString(),
            Replies.MESSAGE_TOO_LARGE.toString(),
            Replies.OK.toString());
  }

  @Test
  void binaryContentIsKeptSoThatItComesBackOctetForOctet() {
    FakeConversation conversation = withBinary();
    String content = "Subject: x\r\n\r\n\0\n.\r\n.\r\nQUIT\r\n\r\r.no end";

    assertThat(conversation.ask("DATA\r\n")).containsExactly(Replies.BAD_SEQUENCE.toString());
    conversation.say("BDAT 20\r\n" + content.substring(0, 20));
    conversation.say("BDAT " + (content.length() - 20) + " LAST\r\n" + content.substring(20));
    conversation.writeLog();

    EnvelopeRecord queued = services.queue.messages.getFirst();
    assertThat(queued.envelope().parameters().body()).isEqualTo(BodyType.BINARY_MIME);
    assertThat(queuedContent()).contains("\r\n..\r\nQUIT");
    assertThat(new String(DotStuffing.remove(queued.content()), StandardCharsets.US_ASCII))
        .endsWith("\r\n" + content);
  }

  @Test
  void theHeaderOfBinaryContentHasLines() {
    assertThat(withBinary().ask("BDAT 16 LAST\r\nSubject: x\n\r\n\r\nb"))
        .containsExactly(Replies.BARE_LINE_END_IN_CONTENT.toString());
    assertThat(withBinary().ask("BDAT 14 LAST\r\nSubject: \0\r\n\r\n"))
        .containsExactly(Replies.NUL_IN_CONTENT.toString());
  }

  @Test
  void contentThatIsNotSaidToBeBinaryIsNot() {
    assertThat(withRecipients().ask("BDAT 16 LAST\r\nSubject: x\r\n\r\n\n\n"))
        .containsExactly(Replies.BARE_LINE_END_IN_CONTENT.toString());
  }

  private FakeConversation withBinary() {
    FakeConversation conversation = new FakeConversation(services, "203.0.113.9");
    conversation.say(
        "EHLO client.example\r\nMAIL FROM:<> BODY=BINARYMIME\r\nRCPT TO:<ann@dest.example>\r\n");
    assertThat(conversation.heard()).last().isEqualTo(Replies.RECIPIENT_OK.toString());
    return conversation;
  }

  @Test
  void chunksAreForgottenByRset() {
    FakeConversation conversation = withRecipients();
    conversation.say("BDAT 6\r\ntext\r\n");
    assertThat(services.contentMemory.used()).isPositive();

    assertThat(conversation.ask("RSET\r\n"))
        .containsExactly(Replies.CHUNK_OK.toString(), Replies.OK.toString());
    assertThat(conversation.dialogue.isWithinMessage()).isFalse();
  }

  @Test
  void aClientThatGoesWithinDataLeavesNothing() {
    FakeConversation conversation = withRecipients();
    conversation.say("DATA\r\nSubject: x\r\n");
    assertThat(services.contentMemory.used()).isPositive();

    conversation.hangUp();

    assertThat(services.queue.messages).isEmpty();
  }

  @Test
  void aClientThatGoesWithinAChunkLeavesNothing() {
    FakeConversation conversation = withRecipients();
    conversation.say("BDAT 100 LAST\r\nSubject: x\r\n");
    assertThat(services.contentMemory.used()).isPositive();

    conversation.hangUp();

    assertThat(services.queue.messages).isEmpty();
  }

  @Test
  void aClientThatGoesBeforeTheScanIsDoneEndsTheScan() {
    services.scanDecision = scan.asMono();
    FakeConversation conversation = withRecipients();
    conversation.say("DATA\r\n" + MESSAGE + ".\r\n");
    assertThat(scan.currentSubscriberCount()).isEqualTo(1);

    conversation.hangUp();

    assertThat(scan.currentSubscriberCount()).isZero();
    assertThat(services.queue.messages).isEmpty();
  }

  @Test
  void aMessageThatIsQueuedStaysOursWhenTheClientHasGone() {
    FakeConversation conversation = withRecipients();
    conversation.say("DATA\r\n" + MESSAGE + ".\r\n");
    conversation.heard();

    conversation.hangUp();
    conversation.writeLog();

    assertThat(services.queue.messages).hasSize(1);
    assertThat(conversation.heard()).isEmpty();
  }

  @Test
  void aMessageIsUnderWayFromDataToItsReply() {
    services.scanDecision = scan.asMono();
    FakeConversation conversation = withRecipients();
    SmtpDialogue dialogue = conversation.dialogue;

    conversation.say("DATA\r\n" + MESSAGE);
    assertThat(dialogue.isUnderWay()).isTrue();
    assertThat(dialogue.isBusy()).isFalse();
    assertThat(dialogue.awaitsClient()).isTrue();

    conversation.say(".\r\n");
    assertThat(dialogue.isUnderWay()).isTrue();
    assertThat(dialogue.isBusy()).isTrue();
    assertThat(dialogue.awaitsClient()).isFalse();

    scan.tryEmitValue(ScanDecision.CLEAN);
    conversation.writeLog();
    assertThat(dialogue.isUnderWay()).isFalse();
    assertThat(dialogue.awaitsClient()).isTrue();
  }
}
