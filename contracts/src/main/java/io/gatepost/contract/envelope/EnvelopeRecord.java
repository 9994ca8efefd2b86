package io.gatepost.contract.envelope;

/// One record of the envelope log: the envelope, and the content where it is small enough to travel
/// with it (requirement G16).
///
/// @param content the octets in wire form; empty unless the envelope says [ContentRef.Inline]. Not
///   copied: whoever builds the record gives the array away.
@SuppressWarnings("ArrayRecordComponent") // one copy less per message; compared nowhere
public record EnvelopeRecord(Envelope envelope, byte[] content) {

  public EnvelopeRecord {
    long expected =
        switch (envelope.content()) {
          case ContentRef.Inline inline -> inline.octets();
          case ContentRef.Stored _ -> 0;
        };
    if (content.length != expected) {
      throw new IllegalArgumentException(
          "content of "
              + envelope.id()
              + ": "
              + content.length
              + " octets (expected: "
              + expected
              + ")");
    }
  }
}
