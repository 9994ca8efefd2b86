package io.gatepost.edge.intake;

import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.MailParameters;
import io.gatepost.contract.envelope.Provenance;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.envelope.QueueIdSequence;
import io.gatepost.contract.queue.Queue;
import io.gatepost.edge.session.ClientClass;
import io.gatepost.edge.session.SessionState.InTransaction;
import java.time.InstantSource;

/// The beginning of each message: its queue id, its trace field and its receiver; and its envelope,
/// when the content is known.
public final class MessageIntake {

  private final QueueIdSequence ids;
  private final ReceivedHeader receivedHeader;
  private final Queue queue;
  private final ContentMemory memory;
  private final ContentRules rules;
  private final InstantSource clock;

  public MessageIntake(
      QueueIdSequence ids,
      String hostname,
      Queue queue,
      ContentMemory memory,
      ContentRules rules,
      InstantSource clock) {
    this.ids = ids;
    this.receivedHeader = new ReceivedHeader(hostname);
    this.queue = queue;
    this.memory = memory;
    this.rules = rules;
    this.clock = clock;
  }

  /// A receiver for the message of this transaction, which comes after DATA.
  ///
  /// @param clientClass by which it shares in what all messages in reception share
  /// @param onDrained called, on any thread, when the session may read on
  public ContentReceiver open(
      InTransaction transaction,
      Provenance provenance,
      ClientClass clientClass,
      Runnable onDrained) {
    QueueId id = ids.next();
    byte[] field = field(id, transaction, provenance);
    return ContentReceiver.dotted(id, field, queue, memory, rules, clientClass, onDrained);
  }

  /// The same for a message that comes in chunks.
  public ContentReceiver openChunked(
      InTransaction transaction,
      Provenance provenance,
      ClientClass clientClass,
      Runnable onDrained) {
    QueueId id = ids.next();
    byte[] field = field(id, transaction, provenance);
    return ContentReceiver.chunked(id, field, queue, memory, rules, clientClass, onDrained);
  }

  private byte[] field(QueueId id, InTransaction transaction, Provenance provenance) {
    return receivedHeader.field(id, provenance, transaction.recipients(), clock.instant());
  }

  /// The envelope of a message whose content is good. One whose client said SMTPUTF8 and whose
  /// header is ASCII needs it for its addresses at most.
  public Envelope envelope(
      ContentReceiver received,
      InTransaction transaction,
      Provenance provenance,
      ContentRef content) {
    MailParameters parameters = transaction.parameters();
    return new Envelope(
        received.id(),
        0,
        0,
        clock.instant(),
        transaction.sender(),
        transaction.recipients(),
        provenance,
        received.hasAsciiHeader() ? parameters.withAsciiHeader() : parameters,
        content);
  }
}
