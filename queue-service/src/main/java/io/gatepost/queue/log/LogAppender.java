package io.gatepost.queue.log;

import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.event.Topics;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.contract.wire.EnvelopeRecordCodec;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;

/// Appends envelopes outside of transactions: new messages to `ready`, carried ones to `due`. What
/// comes while a sync is running shares the next one (group commit, requirement G15). Never blocks
/// its caller, who is an event loop.
public final class LogAppender implements AutoCloseable {

  /// Half of the producer's memory: with the rest free, a send never waits for room.
  private static final long MAX_IN_FLIGHT_OCTETS = LogClients.PRODUCER_MEMORY_OCTETS / 2;

  private final Producer<String, byte[]> producer;
  private final AtomicLong inFlight = new AtomicLong();

  /// How many each topic has; empty until that is known.
  private volatile Map<String, Integer> partitions = Map.of();

  public LogAppender(LogClients clients) {
    this.producer = clients.producer();
  }

  /// Fetches what the producer must know of the topics; until this has succeeded nothing is
  /// appended. May block.
  void learnTopics() {
    int ready = producer.partitionsFor(Topics.READY).size();
    int due = producer.partitionsFor(Topics.DUE).size();
    if (ready > 0 && due > 0) {
      partitions = Map.of(Topics.READY, ready, Topics.DUE, due);
    }
  }

  /// Whether it can append.
  public boolean isReady() {
    return !partitions.isEmpty();
  }

  /// Appends an envelope to `ready` or `due`; completes with its offset when it is durable, fails
  /// with [RpcException] where it may not be.
  public CompletableFuture<Long> append(String topic, EnvelopeRecord message) {
    byte[] octets = EnvelopeRecordCodec.encode(message);
    if (octets.length > LogClients.MAX_RECORD_OCTETS) {
      return failed(RpcStatus.INVALID_ARGUMENT, "record of " + octets.length + " octets");
    }
    if (!isReady()) {
      return failed(RpcStatus.UNAVAILABLE, "the log is not there yet");
    }
    QueueId id = message.envelope().id();
    int there = partitions.getOrDefault(topic, 0);
    if (id.partition() >= there) {
      return failed( // the producer would wait for it to come into being
          RpcStatus.INVALID_ARGUMENT,
          "partition %d of %s for %s (expected: below %d, as gatepost.queue.partitions everywhere)"
              .formatted(id.partition(), topic, id, there));
    }
    if (inFlight.addAndGet(octets.length) > MAX_IN_FLIGHT_OCTETS) {
      inFlight.addAndGet(-octets.length);
      return failed(RpcStatus.UNAVAILABLE, "the log does not keep up");
    }
    CompletableFuture<Long> appended = new CompletableFuture<>();
    try {
      producer.send(
          new ProducerRecord<>(topic, id.partition(), id.text(), octets),
          (metadata, error) -> {
            inFlight.addAndGet(-octets.length);
            if (error == null) {
              appended.complete(metadata.offset());
            } else {
              appended.completeExceptionally(unavailable(error));
            }
          });
    } catch (KafkaException | IllegalStateException error) {
      inFlight.addAndGet(-octets.length);
      appended.completeExceptionally(unavailable(error));
    }
    return appended;
  }

  /// How many envelopes shared one sync lately.
  public double recordsPerSync() {
    for (var metric : producer.metrics().entrySet()) {
      if (metric.getKey().name().equals("records-per-request-avg")
          && metric.getKey().group().equals("producer-metrics")
          && metric.getValue().metricValue() instanceof Double average) {
        return average;
      }
    }
    return Double.NaN;
  }

  @Override
  public void close() {
    producer.close(java.time.Duration.ofSeconds(5));
  }

  private static RpcException unavailable(Exception error) {
    return new RpcException(
        RpcStatus.UNAVAILABLE, "the log cannot be written: " + error.getMessage(), error);
  }

  private static CompletableFuture<Long> failed(RpcStatus status, String detail) {
    return CompletableFuture.failedFuture(new RpcException(status, detail));
  }
}
