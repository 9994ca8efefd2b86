package io.gatepost.queue.log.release;

import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.event.Topics;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.contract.wire.EnvelopeRecordCodec;
import io.gatepost.queue.log.append.LogClients;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Puts messages on the log that were put aside. One transaction writes the envelope to `due` and
/// the queue id to `releases`. The id stands there until the index of the quarantine does not have
/// the message any more: so a release that was broken off is known to be done or not, however long
/// that takes and whatever became of the message. Where nobody can tell what a transaction came to,
/// the next producer of this transactional id waits for it to be decided, and reads the topic.
///
/// Methods block, and run one at a time. Each fails with `UNAVAILABLE` where it may have been done
/// or not; the next call tells.
public final class ReleaseLog implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(ReleaseLog.class);
  private static final String ROLE = "releases";
  private static final byte[] YES = "released".getBytes(StandardCharsets.US_ASCII);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /// A producer that has been idle for days is one that the broker has forgotten.
  private static final int ATTEMPTS = 2;

  private final LogClients clients;
  private final Set<String> released = new HashSet<>();
  private @Nullable Producer<String, byte[]> producer;

  public ReleaseLog(LogClients clients) {
    this.clients = clients;
  }

  /// Step with a producer of this transactional id, when no transaction is undecided.
  private interface Step<T> {
    T with(Producer<String, byte[]> producer);
  }

  /// Whether the message has been put on the log.
  public synchronized boolean isReleased(QueueId id) {
    return decided(_ -> released.contains(id.text()));
  }

  /// Puts a message on the log, unless that has been done. When it returns, it is durable.
  public synchronized void release(EnvelopeRecord message) {
    QueueId id = message.envelope().id();
    byte[] octets = EnvelopeRecordCodec.encode(message);
    decided(open -> {
      if (released.contains(id.text())) {
        return false;
      }
      open.beginTransaction();
      open.send(new ProducerRecord<>(Topics.DUE, id.partition(), id.text(), octets));
      open.send(new ProducerRecord<>(Topics.RELEASES, id.partition(), id.text(), YES));
      open.commitTransaction();
      return released.add(id.text());
    });
  }

  /// Forgets that a message was released: nothing will ask for that any more.
  public synchronized void forget(QueueId id) {
    decided(open -> {
      if (!released.contains(id.text())) {
        return false;
      }
      open.beginTransaction();
      open.send(new ProducerRecord<>(Topics.RELEASES, id.partition(), id.text(), null));
      open.commitTransaction();
      return released.remove(id.text());
    });
  }

  /// The messages that were released and not forgotten.
  public synchronized List<QueueId> unforgotten() {
    return decided(_ -> released.stream().map(QueueId::of).toList());
  }

  @Override
  public synchronized void close() {
    discardProducer();
  }

  private <T> T decided(Step<T> step) {
    for (int attempt = 1; ; attempt++) {
      try {
        return step.with(producer());
      } catch (KafkaException e) {
        discardProducer();
        if (attempt == ATTEMPTS || Thread.currentThread().isInterrupted()) {
          throw new RpcException(
              RpcStatus.UNAVAILABLE, "the log cannot be written: " + e.getMessage(), e);
        }
        log.info("a release is tried again: {}", e.toString());
      }
    }
  }

  private Producer<String, byte[]> producer() {
    Producer<String, byte[]> present = producer;
    if (present == null) {
      present = clients.transactionalProducer(ROLE);
      producer = present;
      present.initTransactions(); // what the last one left undecided is decided when this returns
      load();
    }
    return present;
  }

  private void discardProducer() {
    if (producer != null) {
      producer.close(Duration.ZERO);
      producer = null;
    }
  }

  /// Reads all of them from the log; compaction keeps that short.
  private void load() {
    released.clear();
    try (Consumer<String, byte[]> consumer = clients.assignedConsumer()) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(Topics.RELEASES).stream()
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      long begun = System.nanoTime();
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        if (System.nanoTime() - begun > PATIENCE.toNanos()) {
          throw new TimeoutException(Topics.RELEASES + " cannot be read in " + PATIENCE);
        }
        for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
          if (record.value() == null) {
            released.remove(record.key());
          } else {
            released.add(record.key());
          }
        }
      }
    }
  }
}
