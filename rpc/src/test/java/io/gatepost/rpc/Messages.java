package io.gatepost.rpc;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.MailParameters;
import io.gatepost.contract.envelope.Provenance;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.envelope.Recipient;
import java.time.Instant;
import java.util.List;

/// Messages that cross.
final class Messages {

  private Messages() {}

  /// One with its content in it.
  static EnvelopeRecord small(QueueId id) {
    byte[] content = new byte[200];
    return record(id, new ContentRef.Inline(content.length), content);
  }

  /// One with its content in the store.
  static EnvelopeRecord stored(QueueId id) {
    return record(id, new ContentRef.Stored(id, 1_000_000, "0".repeat(64)), new byte[0]);
  }

  private static EnvelopeRecord record(QueueId id, ContentRef ref, byte[] content) {
    return new EnvelopeRecord(
        new Envelope(
            id,
            0,
            0,
            Instant.EPOCH,
            ReversePath.of(""),
            List.of(Recipient.of(ForwardPath.of("bob@dest.example"))),
            Provenance.local(),
            MailParameters.NONE,
            ref),
        content);
  }
}
