package io.gatepost.queue.quarantine;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.queue.QuarantinedMessage;
import io.gatepost.contract.queue.QuarantinedMessage.State;
import io.gatepost.contract.scanning.ScannerResult;
import io.gatepost.contract.wire.ContractJson;
import io.gatepost.contract.wire.EnvelopeRecordCodec;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.springframework.data.annotation.Id;
import org.springframework.data.relational.core.mapping.Table;
import tools.jackson.core.type.TypeReference;

/// A row of the quarantine's index.
///
/// @param recipients the first hundred, one on each line
/// @param recipientCount of all
/// @param results as JSON; not read for a list
/// @param envelope as in a record of the log, without content; not read for a list
@Table(schema = QuarantineConfiguration.SCHEMA, name = "quarantine")
@SuppressWarnings("ArrayRecordComponent") // compared nowhere
record QuarantineRow(
    @Id String id,
    String state,
    Instant arrivedAt,
    Instant since,
    String sender,
    String recipients,
    int recipientCount,
    long octets,
    String finding,
    String results,
    byte[] envelope) {

  private static final TypeReference<List<ScannerResult>> RESULTS = new TypeReference<>() {};

  QueueId queueId() {
    return QueueId.of(id);
  }

  /// @param keep how long it stays
  QuarantinedMessage message(Duration keep) {
    List<ForwardPath> listed = recipients.lines().map(ForwardPath::of).toList();
    return new QuarantinedMessage(
        queueId(),
        State.valueOf(state),
        arrivedAt,
        since,
        since.plus(keep),
        ReversePath.of(sender),
        listed,
        recipientCount - listed.size(),
        octets,
        finding);
  }

  List<ScannerResult> scannerResults() {
    return ContractJson.MAPPER.readValue(results, RESULTS);
  }

  Envelope storedEnvelope() {
    return EnvelopeRecordCodec.decode(envelope).envelope();
  }
}
