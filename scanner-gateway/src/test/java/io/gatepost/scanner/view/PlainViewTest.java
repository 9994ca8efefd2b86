package io.gatepost.scanner.view;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.content.StoredContent;
import io.gatepost.contract.digest.Sha256;
import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.MailParameters;
import io.gatepost.contract.envelope.Provenance;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.envelope.Recipient;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import reactor.core.publisher.Flux;

/// Requirement E14: a scanner sees the message as its author sent it, whichever way it is kept.
class PlainViewTest {

  private static final QueueId ID = QueueId.of("0123456789abcdefg00");
  private static final String WIRE =
      "Received: by us\r\nSubject: x\r\n\r\n..\r\n..dot\r\nno..dot\r\n...\r\nlone\r..\r\n";
  private static final String PLAIN =
      "Received: by us\r\nSubject: x\r\n\r\n.\r\n.dot\r\nno..dot\r\n..\r\nlone\r..\r\n";

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 1000})
  void doubledDotsAreUndoneHoweverStoredContentComes(int piece) {
    byte[] octets = WIRE.getBytes(StandardCharsets.US_ASCII);
    ContentRef.Stored stored =
        new ContentRef.Stored(
            ID, octets.length, HexFormat.of().formatHex(Sha256.digest().digest(octets)));

    PlainView view =
        new PlainView(new EnvelopeRecord(envelope(stored), new byte[0]), pieces(octets, piece)::of);

    assertThat(read(view)).isEqualTo(PLAIN);
    assertThat(view.atMost()).isEqualTo(octets.length);
  }

  @ParameterizedTest
  @ValueSource(strings = {WIRE, PLAIN, "", "..", "no dots\r\n"})
  void contentInTheRecordIsThereAtOnceAndStaysAsItIs(String wire) {
    byte[] octets = wire.getBytes(StandardCharsets.US_ASCII);
    byte[] before = octets.clone();
    PlainView view =
        new PlainView(
            new EnvelopeRecord(envelope(new ContentRef.Inline(octets.length)), octets),
            id -> Flux.error(new AssertionError("nothing is stored")));

    assertThat(read(view)).isEqualTo(undotted(wire));
    assertThat(octets).isEqualTo(before);
  }

  private static String undotted(String wire) {
    return ("\r\n" + wire).replace("\r\n.", "\r\n").substring(2);
  }

  private static String read(PlainView view) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    view.octets().toStream().map(StoredContent::octets).forEach(all::writeBytes);
    return all.toString(StandardCharsets.US_ASCII);
  }

  private interface Pieces {
    Flux<DataBuffer> of(QueueId id);
  }

  private static Pieces pieces(byte[] octets, int size) {
    return id ->
        Flux.range(0, (octets.length + size - 1) / size)
            .map(i ->
                DefaultDataBufferFactory.sharedInstance.wrap(
                    Arrays.copyOfRange(octets, i * size, Math.min(octets.length, (i + 1) * size))));
  }

  private static Envelope envelope(ContentRef content) {
    return new Envelope(
        ID,
        0,
        0,
        Instant.EPOCH,
        ReversePath.of("ann@sender.example"),
        List.of(Recipient.of(ForwardPath.of("bob@dest.example"))),
        Provenance.local(),
        MailParameters.NONE,
        content);
  }
}
