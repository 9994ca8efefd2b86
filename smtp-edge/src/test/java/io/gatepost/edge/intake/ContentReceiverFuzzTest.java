package io.gatepost.edge.intake;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.gatepost.contract.envelope.QueueIdSequence;
import io.gatepost.edge.FakeQueue;
import io.gatepost.edge.intake.ContentRules.LongLines;
import io.gatepost.edge.session.ClientClass;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;

/// Content in any pieces, dotted or in chunks, ends as what was sent or as a refusal, in memory or
/// in the store, and gives back all the memory that it took.
class ContentReceiverFuzzTest {

  private static final byte[] FIELD = "Received: x\r\n".getBytes(StandardCharsets.US_ASCII);

  private final QueueIdSequence ids = new QueueIdSequence(InstantSource.system(), 1);

  /// @param octets the first says how long the pieces are, the second how the content comes
  @FuzzTest(maxDuration = "10m")
  void contentIsKeptOrRefused(byte[] octets) {
    if (octets.length < 3) {
      return;
    }
    FakeQueue queue = new FakeQueue();
    ContentMemory memory = new ContentMemory(64, 1 << 20, 100);
    ContentRules rules = new ContentRules(20_000, 100, LongLines.ACCEPT);
    boolean dotted = (octets[1] & 1) == 0;
    ContentReceiver receiver =
        dotted
            ? ContentReceiver.dotted(
                ids.next(), FIELD, queue, memory, rules, ClientClass.OWN, () -> {})
            : ContentReceiver.chunked(
                ids.next(), FIELD, queue, memory, rules, ClientClass.OWN, () -> {});
    int piece = 1 + (octets[0] & 0xff) * 8;
    int at = 2;
    while (at < octets.length && !receiver.isComplete()) {
      at += receiver.take(octets, at, Math.min(octets.length, at + piece));
    }
    if (!dotted) {
      receiver.endOfChunks();
    }
    if (receiver.isComplete()) {
      check(queue, receiver);
      receiver.release();
    } else {
      receiver.abandon();
    }

    assertThat(memory.used()).isZero();
  }

  private static void check(FakeQueue queue, ContentReceiver receiver) {
    byte[] kept =
        switch (receiver.finish()) {
          case ReceivedContent.InMemory(var content) -> content;
          case ReceivedContent.Streamed(var stored) -> queue.contents.get(stored.block().key());
          case ReceivedContent.Refused(var verdict) -> {
            assertThat(verdict.reply().code().isPermanent()).isTrue();
            assertThat(queue.contents).isEmpty();
            yield FIELD;
          }
        };
    String text = new String(kept, StandardCharsets.ISO_8859_1);
    assertThat(text).startsWith("Received: x\r\n").endsWith("\r\n").doesNotContain("\r\n.\r\n");
    assertThat(text.replace("\r\n", "")).doesNotContain("\r", "\n");
  }
}
