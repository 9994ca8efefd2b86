package io.gatepost.contract.wire;

import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.EnvelopeRecord;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The octets of an [EnvelopeRecord]: a frame with the envelope as JSON and the inline content.
public final class EnvelopeRecordCodec {

  private EnvelopeRecordCodec() {}

  /// The record as octets.
  public static byte[] encode(EnvelopeRecord message) {
    return Frame.write(
        json -> EnvelopeJson.write(json, message.envelope()), List.of(message.content()));
  }

  /// The record; throws [UnreadableFrameException] where the octets are none.
  public static EnvelopeRecord decode(byte @Nullable [] octets) {
    ByteBuffer frame = ByteBuffer.wrap(Frame.present(octets));
    Envelope envelope = Frame.head(frame, EnvelopeJson::read);
    EnvelopeRecord message = read(envelope, frame);
    Frame.end(frame);
    return message;
  }

  static EnvelopeRecord read(Envelope envelope, ByteBuffer frame) {
    long octets =
        switch (envelope.content()) {
          case ContentRef.Inline inline -> inline.octets();
          case ContentRef.Stored _ -> 0;
        };
    return new EnvelopeRecord(envelope, Frame.content(frame, octets));
  }
}
