package io.gatepost.edge.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.envelope.QueueIdSequence;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.edge.FakeQueue;
import io.gatepost.edge.intake.ContentRules.LongLines;
import io.gatepost.edge.session.ClientClass;
import io.gatepost.smtp.wire.DotStuffing;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ContentReceiverTest {

  private static final byte[] FIELD = "Received: x\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final int THRESHOLD = 8 * 1024;

  private final QueueIdSequence ids = new QueueIdSequence(InstantSource.system(), 1);

  @Test
  void aLoopIsFoundHoweverLongTheHeaderIs() {
    ContentReceiver receiver = receiver(new ContentMemory(THRESHOLD, 1 << 20, 100));
    String field = "Received: from a by b\r\n" + "\tx".repeat(400) + "\r\n";

    take(receiver, field.repeat(101) + "\r\nbody\r\n.\r\n");

    assertThat(receiver.finish())
        .isInstanceOfSatisfying(
            ReceivedContent.Refused.class,
            refused -> assertThat(refused.verdict().reason()).isEqualTo(Reason.MAIL_LOOP));
  }

  @Test
  void whereMemoryIsUsedUpALargeMessageKeepsLittleOfIt() {
    ContentMemory memory = new ContentMemory(THRESHOLD, 1 << 20, 100);
    memory.take(1 << 20);
    ContentReceiver receiver = receiver(memory);

    take(receiver, "x".repeat(70).concat("\r\n").repeat(1000));
    assertThat(memory.used() - (1 << 20)).isLessThanOrEqualTo(ContentMemory.FLOOR_OCTETS);
    memory.give(1 << 20);
    take(receiver, "x".repeat(70).concat("\r\n").repeat(1000));

    assertThat(memory.used()).isEqualTo(ContentMemory.CHUNK_OCTETS);
    receiver.abandon();
    assertThat(memory.used()).isZero();
  }

  @Test
  void aMessageTakesItsMemoryUntilItHasItsReply() {
    ContentMemory memory = new ContentMemory(THRESHOLD, 1 << 20, 100);
    ContentReceiver receiver = receiver(memory);
    take(receiver, "body\r\n.\r\n");

    assertThat(receiver.finish()).isInstanceOf(ReceivedContent.InMemory.class);
    assertThat(memory.used()).isPositive();
    receiver.release();
    receiver.release();

    assertThat(memory.used()).isZero();
  }

  @Test
  void onlySoManyFlowIntoTheStoreAtATime() {
    ContentMemory memory = new ContentMemory(THRESHOLD, 1 << 20, 1);
    String large = "x".repeat(70).concat("\r\n").repeat(1000);
    ContentReceiver first = receiver(memory);
    take(first, large);
    ContentReceiver second = receiver(memory);

    take(second, large + ".\r\n");
    assertThat(second.isComplete()).isTrue();
    assertThat(second.finish())
        .isInstanceOfSatisfying(
            ReceivedContent.Refused.class,
            refused -> assertThat(refused.verdict().reply()).isEqualTo(Replies.NO_SPACE));
    first.abandon();

    assertThat(memory.uploads()).isZero();
    assertThat(memory.used()).isZero();
    ContentReceiver third = receiver(memory);
    take(third, large + ".\r\n");
    assertThat(third.finish()).isInstanceOf(ReceivedContent.Streamed.class);
  }

  @Test
  void binaryContentComesBackOctetForOctetFromWhereverItIsKept() {
    for (int seed = 0; seed < 40; seed++) {
      Random random = new Random(seed);
      byte[] content = binary(random, seed * 700);
      FakeQueue queue = new FakeQueue();
      ContentReceiver receiver = binaryReceiver(queue);

      for (int at = 0; at < content.length; ) {
        int to = Math.min(content.length, at + 1 + random.nextInt(3_000));
        at += receiver.take(content.clone(), at, to);
      }
      receiver.endOfChunks();

      byte[] kept =
          switch (receiver.finish()) {
            case ReceivedContent.InMemory(var octets) -> octets;
            case ReceivedContent.Streamed(var stored) -> queue.contents.get(stored.block().key());
            case ReceivedContent.Refused(var verdict) -> throw new AssertionError(verdict);
          };
      assertThat(DotStuffing.remove(kept))
          .describedAs("seed %d", seed)
          .isEqualTo(behindOwnField(content));
      assertThat(kept).hasSizeGreaterThanOrEqualTo(FIELD.length + content.length);
      receiver.release();
    }
  }

  private static byte[] behindOwnField(byte[] content) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(FIELD);
    all.writeBytes(content);
    return all.toByteArray();
  }

  private static byte[] binary(Random random, int octets) {
    StringBuilder content = new StringBuilder("Subject: x\r\n\r\n");
    String[] pieces = {"\r\n", ".", "\n", "\r", "\0", "\u00ff", "text", "\r\n.\r\n"};
    while (content.length() < octets) {
      content.append(pieces[random.nextInt(pieces.length)]);
    }
    return content.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  private ContentReceiver binaryReceiver(FakeQueue queue) {
    return ContentReceiver.binary(
        ids.next(),
        FIELD,
        queue,
        new ContentMemory(THRESHOLD, 1 << 20, 100),
        new ContentRules(1_000_000, 100, LongLines.REFUSE),
        ClientClass.STRANGER,
        () -> {});
  }

  private ContentReceiver receiver(ContentMemory memory) {
    return ContentReceiver.dotted(
        ids.next(),
        FIELD,
        new FakeQueue(),
        memory,
        new ContentRules(1_000_000, 100, LongLines.ACCEPT),
        ClientClass.OWN,
        () -> {});
  }

  private static void take(ContentReceiver receiver, String text) {
    byte[] octets = text.getBytes(StandardCharsets.US_ASCII);
    receiver.take(octets, 0, octets.length);
  }
}
