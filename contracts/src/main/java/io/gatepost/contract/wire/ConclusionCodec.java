package io.gatepost.contract.wire;

import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.queue.Conclusion;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The octets of a [Conclusion]: a frame whose contents are the replacement's and the notices'.
public final class ConclusionCodec {

  private ConclusionCodec() {}

  private record Head(
      QueueId id,
      int generation,
      List<RecipientOutcome> outcomes,
      Optional<Envelope> replacement,
      Conclusion.Wait delay,
      Optional<String> heldUpBy,
      List<Envelope> notices) {}

  /// The conclusion as octets.
  public static byte[] encode(Conclusion conclusion) {
    List<byte[]> contents = new ArrayList<>();
    conclusion.retry().ifPresent(retry -> contents.add(retry.replacement().content()));
    conclusion.notices().forEach(notice -> contents.add(notice.content()));
    Head head =
        new Head(
            conclusion.id(),
            conclusion.generation(),
            conclusion.outcomes(),
            conclusion.retry().map(retry -> retry.replacement().envelope()),
            conclusion.retry().map(Conclusion.Retry::delay).orElse(Conclusion.Wait.LADDER),
            conclusion.retry().flatMap(Conclusion.Retry::heldUpBy),
            conclusion.notices().stream().map(EnvelopeRecord::envelope).toList());
    return Frame.write(head, contents);
  }

  /// The conclusion; throws [UnreadableFrameException] where the octets are none.
  public static Conclusion decode(byte[] octets) {
    ByteBuffer frame = ByteBuffer.wrap(octets);
    Head head = Frame.head(frame, Head.class);
    Optional<Conclusion.Retry> retry =
        head.replacement()
            .map(envelope ->
                new Conclusion.Retry(
                    EnvelopeRecordCodec.read(envelope, frame), head.delay(), head.heldUpBy()));
    List<EnvelopeRecord> notices = new ArrayList<>();
    for (Envelope notice : head.notices()) {
      notices.add(EnvelopeRecordCodec.read(notice, frame));
    }
    Frame.end(frame);
    return new Conclusion(head.id(), head.generation(), head.outcomes(), retry, notices);
  }
}
