package io.gatepost.edge.intake;

import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.Provenance;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.envelope.QueueIdSequence;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.queue.Queue;
import io.gatepost.edge.session.SessionState.InTransaction;
import java.time.InstantSource;

/// Opens a message: gives it its queue id and its trace field, and makes its envelope when the
/// content is known.
public final class Submission {

  private final QueueIdSequence ids;
  private final ReceivedHeader receivedHeader;
  private final Queue queue;
  private final ContentMemory memory;
  private final long maxMessageOctets;
  private final InstantSource clock;

  public Submission(
      QueueIdSequence ids,
      String hostname,
      Queue queue,
      ContentMemory memory,
      long maxMessageOctets,
      InstantSource clock) {
    this.ids = ids;
    this.receivedHeader = new ReceivedHeader(hostname);
    this.queue = queue;
    this.memory = memory;
    this.maxMessageOctets = maxMessageOctets;
    this.clock = clock;
  }

  /// A receiver for the message of this transaction.
  ///
  /// @param onDrained called, on any thread, when the session may read on
  public ContentReceiver open(
      InTransaction transaction, Provenance provenance, Runnable onDrained) {
    QueueId id = ids.next();
    byte[] field = receivedHeader.field(id, provenance, transaction.recipients(), clock.instant());
    return new ContentReceiver(id, field, queue, memory, maxMessageOctets, onDrained);
  }

  /// The envelope of a message whose content is good.
  public Envelope envelope(
      QueueId id, InTransaction transaction, Provenance provenance, ContentRef content) {
    return new Envelope(
        id,
        0,
        0,
        clock.instant(),
        transaction.sender(),
        transaction.recipients().stream().map(Recipient::of).toList(),
        provenance,
        transaction.parameters(),
        content);
  }
}
