package io.gatepost.delivery.intake;

import io.gatepost.contract.event.Topics;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Appends what must not be lost, again and again until it is durable or the process stops: the
/// slot of its record stays taken until then, so that after a stop it is attempted again.
final class OutcomeWriter implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(OutcomeWriter.class);
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final Duration CLOSING = Duration.ofSeconds(5);

  private final Producer<String, byte[]> producer;
  private final Executor later =
      CompletableFuture.delayedExecutor(
          PAUSE.toMillis(),
          TimeUnit.MILLISECONDS,
          task -> Thread.ofVirtual().name("outcome-again").start(task));
  private volatile boolean closing;

  OutcomeWriter(Producer<String, byte[]> producer) {
    this.producer = producer;
  }

  /// Fetches what the producer must know of the topics, so that no write has to wait for it; may
  /// block, and fails with a Kafka exception where the broker does not answer.
  void learnTopics() {
    producer.partitionsFor(Topics.OUTCOMES);
    producer.partitionsFor(Topics.UNDECODABLE);
  }

  /// Appends a record.
  ///
  /// @param durable called once it is, on any thread
  void write(ProducerRecord<String, byte[]> record, Consumer<RecordMetadata> durable) {
    try {
      producer.send(
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

  /// Sends what lingers. May block until it is durable.
  void flush() {
    producer.flush();
  }

  @Override
  public void close() {
    closing = true;
    producer.close(CLOSING);
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
