package io.gatepost.delivery.intake;

import io.gatepost.contract.event.Topics;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Appends what must not be lost, again and again until it is durable or the process stops: the
/// slot of its record stays taken until then, so that after a stop it is attempted again.
final class OutcomeWriter implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(OutcomeWriter.class);
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final Duration CLOSING = Duration.ofSeconds(5);

  private final Supplier<Producer<String, byte[]>> producers;

  /// Made when there is a broker.
  private volatile @Nullable Producer<String, byte[]> producer;

  private final Executor later =
      CompletableFuture.delayedExecutor(
          PAUSE.toMillis(),
          TimeUnit.MILLISECONDS,
          task -> Thread.ofVirtual().name("outcome-again").start(task));
  private volatile boolean closing;

  /// @param producers makes one that knows nothing of those before
  OutcomeWriter(Supplier<Producer<String, byte[]>> producers) {
    this.producers = producers;
  }

  /// Makes the producer where there is none, and fetches what it must know of the topics, so that
  /// no write has to wait for it. There has to be a broker. May block, and fails with a Kafka
  /// exception where the broker does not answer.
  synchronized void learnTopics() {
    Producer<String, byte[]> present = producer;
    if (present == null) {
      present = producers.get();
      producer = present;
    }
    learnTopics(present);
  }

  private static void learnTopics(Producer<String, byte[]> producer) {
    producer.partitionsFor(Topics.OUTCOMES);
    producer.partitionsFor(Topics.UNDECODABLE);
  }

  /// Goes on with a new producer: the clock was set back, and the present one may wait until it has
  /// caught up. It stays until a new one knows the topics; what it has not written by then is
  /// written again. May block for as long as the broker does not answer.
  synchronized void beginAnew() {
    Producer<String, byte[]> old = producer;
    while (old != null && !closing) {
      Producer<String, byte[]> fresh = producers.get();
      try {
        learnTopics(fresh);
        producer = fresh;
        old.close(CLOSING);
        return;
      } catch (KafkaException e) {
        log.warn("outcomes go on with the present producer for now: {}", e.toString());
        fresh.close(Duration.ZERO);
        LockSupport.parkNanos(PAUSE.toNanos());
      }
    }
  }

  /// Appends a record.
  ///
  /// @param durable called once it is, on any thread
  void write(ProducerRecord<String, byte[]> record, Consumer<RecordMetadata> durable) {
    Producer<String, byte[]> present = producer;
    if (present == null) {
      again(record, durable, new IllegalStateException("the topics are not known yet"));
      return;
    }
    try {
      present.send(
          record,
          (metadata, error) -> {
            if (error == null) {
              durable.accept(metadata);
            } else {
              again(record, durable, error);
            }
          });
    } catch (KafkaException | IllegalStateException e) { // the latter where it has been closed
      again(record, durable, e);
    }
  }

  @Override
  public void close() {
    closing = true;
    Producer<String, byte[]> present = producer;
    if (present != null) {
      present.close(CLOSING);
    }
  }

  private void again(
      ProducerRecord<String, byte[]> record, Consumer<RecordMetadata> durable, Exception error) {
    if (closing) {
      log.error(
          "qid={} not written to {} at stop: {}", record.key(), record.topic(), error.toString());
      return;
    }
    log.warn(
        "qid={} not written to {}, tried again in {} ms: {}",
        record.key(),
        record.topic(),
        PAUSE.toMillis(),
        error.toString());
    later.execute(() -> write(record, durable));
  }
}
