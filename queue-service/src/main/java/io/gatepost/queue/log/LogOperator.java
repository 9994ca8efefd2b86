package io.gatepost.queue.log;

import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.event.OutcomeRecord;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.event.Topics;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.contract.wire.EnvelopeRecordCodec;
import io.gatepost.queue.log.append.LogClients;
import io.gatepost.queue.log.append.RecordLocation;
import io.gatepost.queue.log.conclude.ConclusionRecords;
import io.gatepost.queue.log.retry.LogReader;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/// An operator's changes to a record of a retry topic at a known place: no scan, one read, one
/// transaction. Methods block while they read.
public final class LogOperator {

  private static final Duration READ_TIMEOUT = Duration.ofSeconds(5);

  private final LogClients clients;
  private final LogReader reader;

  public LogOperator(LogClients clients, LogReader reader) {
    this.clients = clients;
    this.reader = reader;
  }

  /// Makes a message due now, as the next generation; false where it does not wait there any more.
  public CompletableFuture<Boolean> retryNow(QueueId id, RecordLocation location) {
    return read(id, location)
        .map(message -> {
          Envelope envelope = message.envelope();
          EnvelopeRecord next =
              new EnvelopeRecord(envelope.postponed(envelope.recipients()), message.content());
          return supersede(
              location,
              new ProducerRecord<>(
                  Topics.DUE, location.partition(), id.text(), EnvelopeRecordCodec.encode(next)));
        })
        .orElseGet(() -> CompletableFuture.completedFuture(false));
  }

  /// Ends a message for all its recipients; false where it does not wait there any more. Its
  /// content goes with the sweep.
  public CompletableFuture<Boolean> cancel(QueueId id, RecordLocation location) {
    return read(id, location)
        .map(message -> {
          Envelope envelope = message.envelope();
          List<RecipientOutcome> outcomes =
              envelope.recipients().stream()
                  .<RecipientOutcome>map(recipient ->
                      new RecipientOutcome.Failed(recipient, Reason.CANCELLED, Replies.CANCELLED))
                  .toList();
          return supersede(
              location,
              ConclusionRecords.ended(
                  new OutcomeRecord.Ended(id, envelope.generation(), outcomes)));
        })
        .orElseGet(() -> CompletableFuture.completedFuture(false));
  }

  private CompletableFuture<Boolean> supersede(
      RecordLocation location, ProducerRecord<String, byte[]> instead) {
    return reader.supersede(partition(location), location.offset(), List.of(instead));
  }

  private Optional<EnvelopeRecord> read(QueueId id, RecordLocation location) {
    TopicPartition partition = partition(location);
    try (Consumer<String, byte[]> consumer = clients.assignedConsumer()) {
      consumer.assign(List.of(partition));
      consumer.seek(partition, location.offset());
      long deadline = System.nanoTime() + READ_TIMEOUT.toNanos();
      long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
      while (consumer.position(partition) < end && System.nanoTime() - deadline < 0) {
        for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(200))) {
          // Truncated meanwhile: the first that is left is another one.
          return record.offset() == location.offset() && id.text().equals(record.key())
              ? Optional.of(EnvelopeRecordCodec.decode(record.value()))
              : Optional.empty();
        }
      }
      if (consumer.position(partition) < end) {
        throw new RpcException(
            RpcStatus.UNAVAILABLE,
            "the log cannot be read within %d s".formatted(READ_TIMEOUT.toSeconds()));
      }
      return Optional.empty();
    } catch (KafkaException e) {
      throw new RpcException(RpcStatus.UNAVAILABLE, "the log cannot be read: " + e.getMessage(), e);
    }
  }

  private static TopicPartition partition(RecordLocation location) {
    return new TopicPartition(location.topic(), location.partition());
  }
}
