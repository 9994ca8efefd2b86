package io.gatepost.queue.log.append;

import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.queue.log.append.LogAppender.Appended;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.header.Header;

/// One topic's producer, and what it has in flight.
final class AppendLane implements AutoCloseable {

  /// Half of the producer's memory: with the rest free, a send never waits for room.
  private static final long MAX_IN_FLIGHT_OCTETS = LogClients.PRODUCER_MEMORY_OCTETS / 2;

  private static final Duration CLOSING = Duration.ofSeconds(5);

  private final String topic;
  private final Producer<String, byte[]> producer;
  private final AtomicLong inFlight = new AtomicLong();

  /// When something was answered last, or sent with nothing else on its way, by the monotonic
  /// clock.
  private volatile long lastAnswer = System.nanoTime();

  /// How many the topic has; zero until that is known.
  private volatile int partitions;

  AppendLane(String topic, Producer<String, byte[]> producer) {
    this.topic = topic;
    this.producer = producer;
  }

  /// Fetches what the producer must know of the topic. May block.
  void learnPartitions() {
    partitions = producer.partitionsFor(topic).size();
  }

  boolean isReady() {
    return partitions > 0;
  }

  /// Appends a record; never blocks.
  CompletableFuture<Appended> append(QueueId id, byte[] octets, List<Header> headers) {
    if (!isReady()) {
      return failed(RpcStatus.UNAVAILABLE, "the log is not there yet");
    }
    if (id.partition() >= partitions) {
      return failed( // the producer would wait for it to come into being
          RpcStatus.INVALID_ARGUMENT,
          "partition %d of %s for %s (expected: below %d, as gatepost.queue.partitions everywhere)"
              .formatted(id.partition(), topic, id, partitions));
    }
    if (inFlight.get() == 0) {
      lastAnswer = System.nanoTime();
    }
    if (inFlight.addAndGet(octets.length) > MAX_IN_FLIGHT_OCTETS) {
      inFlight.addAndGet(-octets.length);
      return failed(RpcStatus.UNAVAILABLE, "the log does not keep up");
    }
    CompletableFuture<Appended> appended = new CompletableFuture<>();
    try {
      producer.send(
          new ProducerRecord<>(topic, id.partition(), id.text(), octets, headers),
          (metadata, error) -> {
            lastAnswer = System.nanoTime();
            inFlight.addAndGet(-octets.length);
            if (error == null) {
              appended.complete(
                  new Appended(metadata.offset(), Instant.ofEpochMilli(metadata.timestamp())));
            } else {
              appended.completeExceptionally(failure(error));
            }
          });
    } catch (KafkaException | IllegalStateException error) { // the latter where it has been closed
      inFlight.addAndGet(-octets.length);
      return failed(RpcStatus.UNAVAILABLE, "the log cannot be written: " + error.getMessage());
    }
    return appended;
  }

  /// For how long the broker has answered none of the records that are on their way; zero where
  /// there are none.
  Duration silence() {
    return inFlight.get() == 0 ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - lastAnswer);
  }

  /// How many records shared one request lately.
  double recordsPerRequest() {
    for (var metric : producer.metrics().entrySet()) {
      if (metric.getKey().name().equals("records-per-request-avg")
          && metric.getKey().group().equals("producer-metrics")
          && metric.getValue().metricValue() instanceof Double average) {
        return average;
      }
    }
    return Double.NaN;
  }

  /// Waits some seconds for what has been sent.
  @Override
  public void close() {
    producer.close(CLOSING);
  }

  /// Only a broker's refusal is certain: a request without an answer may have been carried out.
  private static RpcException failure(Exception error) {
    boolean refused =
        error instanceof RecordTooLargeException || error instanceof AuthorizationException;
    return new RpcException(
        refused ? RpcStatus.UNAVAILABLE : RpcStatus.UNKNOWN,
        "the log cannot be written: " + error.getMessage(),
        error);
  }

  private static CompletableFuture<Appended> failed(RpcStatus status, String detail) {
    return CompletableFuture.failedFuture(new RpcException(status, detail));
  }
}
