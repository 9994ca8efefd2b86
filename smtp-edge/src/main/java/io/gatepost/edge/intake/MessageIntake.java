package io.gatepost.edge.intake;

import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.MailParameters;
import io.gatepost.contract.envelope.Mark;
import io.gatepost.contract.envelope.Provenance;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.envelope.QueueIdSequence;
import io.gatepost.contract.queue.Queue;
import io.gatepost.edge.session.ClientClass;
import io.gatepost.edge.session.SessionState.InTransaction;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.stream.Collectors;

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
      PeerNames names,
      Queue queue,
      ContentMemory memory,
      ContentRules rules,
      InstantSource clock) {
    this.ids = ids;
    this.receivedHeader = new ReceivedHeader(hostname, names);
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
    byte[] fields = fields(id, transaction, provenance);
    return ContentReceiver.dotted(id, fields, queue, memory, rules, clientClass, onDrained);
  }

  /// The same for a message that comes in chunks.
  public ContentReceiver openChunked(
      InTransaction transaction,
      Provenance provenance,
      ClientClass clientClass,
      Runnable onDrained) {
    QueueId id = ids.next();
    byte[] fields = fields(id, transaction, provenance);
    return switch (transaction.parameters().body()) {
      case SEVEN_BIT, EIGHT_BIT_MIME ->
          ContentReceiver.chunked(id, fields, queue, memory, rules, clientClass, onDrained);
      case BINARY_MIME ->
          ContentReceiver.binary(id, fields, queue, memory, rules, clientClass, onDrained);
    };
  }

  /// Our fields on top of the message: its marks, and the trace field.
  private byte[] fields(QueueId id, InTransaction transaction, Provenance provenance) {
    byte[] received =
        receivedHeader.field(id, provenance, transaction.recipients(), clock.instant());
    if (provenance.marks().isEmpty()) {
      return received;
    }
    byte[] marks =
        provenance.marks().stream()
            .map(Mark::field)
            .collect(Collectors.joining())
            .getBytes(StandardCharsets.US_ASCII);
    byte[] fields = Arrays.copyOf(marks, marks.length + received.length);
    System.arraycopy(received, 0, fields, marks.length, received.length);
    return fields;
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
