package io.gatepost.queue.view;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.queue.QueuedMessage;
import io.gatepost.contract.reply.Reason;
import io.gatepost.queue.log.append.RecordLocation;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.springframework.data.annotation.Id;
import org.springframework.data.relational.core.mapping.Table;

/// A row of the view.
///
/// @param recipients the first hundred, one on each line
/// @param recipientCount of all
/// @param reason label of the reason, empty where it is not known
/// @param destination empty where the message waits for none
/// @param topic where its record lies
@Table(schema = ViewConfiguration.SCHEMA, name = "deferred")
record DeferredRow(
    @Id String id,
    int generation,
    int attempts,
    Instant arrivedAt,
    Instant dueAt,
    String sender,
    String recipients,
    long octets,
    int recipientCount,
    String lastReply,
    String reason,
    String destination,
    String topic,
    int partition,
    long recordOffset) {

  QueuedMessage message() {
    List<ForwardPath> listed = recipients.lines().map(ForwardPath::of).toList();
    return new QueuedMessage(
        QueueId.of(id),
        generation,
        attempts,
        arrivedAt,
        dueAt,
        ReversePath.of(sender),
        listed,
        recipientCount - listed.size(),
        octets,
        lastReply,
        Reason.ofLabel(reason),
        Optional.of(destination).filter(name -> !name.isEmpty()));
  }

  RecordLocation location() {
    return new RecordLocation(topic, partition, recordOffset);
  }
}
