package io.gatepost.queue.log;

import io.gatepost.contract.event.Topics;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Moves envelopes whose time has come from the retry topics to `due`, each batch in a transaction
/// with the offsets. In a retry topic every record waits equally long, so append order is due
/// order: the head is all that is looked at; nothing is searched or sorted (requirements G8, G9).
/// Topics of an earlier ladder are read on until they are empty.
public final class LogReader implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(LogReader.class);
  private static final Pattern RETRY_TOPICS = Pattern.compile(Topics.RETRY_PATTERN);
  private static final int MAX_BATCH = 500;
  private static final int MAX_BATCH_OCTETS = 4 * 1024 * 1024;
  private static final Duration LONGEST_POLL = Duration.ofMillis(100);
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

  private final LogClients clients;
  private final InstantSource clock;
  private final int releaseRate;
  private final LogMeters meters;
  private final Thread thread = Thread.ofPlatform().name("log-reader").unstarted(this::run);
  private final Map<TopicPartition, ArrayDeque<Head>> heads = new HashMap<>();
  private volatile boolean closing;

  /// A record that waits.
  ///
  /// @param seenNanos when it was first read: no clock that is set back makes it wait longer than
  ///   its step again
  private record Head(ConsumerRecord<String, byte[]> record, Duration step, long seenNanos) {
    boolean isDue(InstantSource clock) {
      return clock.millis() >= record.timestamp() + step.toMillis()
          || System.nanoTime() - seenNanos >= step.toNanos();
    }
  }

  /// @param releaseRate records a second at most, so that a flood of overdue mail does not drown
  ///   the next hops
  public LogReader(LogClients clients, InstantSource clock, int releaseRate, LogMeters meters) {
    this.clients = clients;
    this.clock = clock;
    this.releaseRate = releaseRate;
    this.meters = meters;
  }

  /// Starts reading.
  public void start() {
    thread.start();
  }

  @Override
  public void close() {
    closing = true;
    try {
      thread.join(Duration.ofSeconds(10));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    while (!closing) {
      heads.clear();
      try (Consumer<String, byte[]> consumer = clients.consumer(Topics.READERS_GROUP, MAX_BATCH);
          Producer<String, byte[]> producer = clients.transactionalProducer("readers")) {
        producer.initTransactions();
        consumer.subscribe(RETRY_TOPICS, new ForgetOnRevocation());
        while (!closing) {
          readAhead(consumer);
          release(consumer, producer);
        }
      } catch (InterruptException | WakeupException e) {
        log.debug("log reader interrupted", e);
      } catch (KafkaException e) {
        // Nothing is lost: the next consumer starts at the committed offset.
        log.warn("log reader starts again: {}", e.toString());
        LockSupport.parkNanos(AFTER_FAILURE.toNanos());
      }
    }
  }

  /// Reads on where nothing waits; a partition whose head waits is paused.
  private void readAhead(Consumer<String, byte[]> consumer) {
    for (ConsumerRecord<String, byte[]> record : consumer.poll(LONGEST_POLL)) {
      TopicPartition partition = new TopicPartition(record.topic(), record.partition());
      heads
          .computeIfAbsent(partition, any -> new ArrayDeque<>())
          .add(new Head(record, Topics.retryStep(record.topic()), System.nanoTime()));
    }
    List<TopicPartition> waiting = new ArrayList<>();
    List<TopicPartition> empty = new ArrayList<>();
    for (TopicPartition partition : consumer.assignment()) {
      ArrayDeque<Head> queue = heads.get(partition);
      (queue == null || queue.isEmpty() ? empty : waiting).add(partition);
    }
    consumer.pause(waiting);
    consumer.resume(empty);
  }

  private void release(Consumer<String, byte[]> consumer, Producer<String, byte[]> producer) {
    List<Head> due = due();
    if (due.isEmpty()) {
      return;
    }
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    Map<Duration, Integer> released = new HashMap<>();
    producer.beginTransaction();
    for (Head head : due) {
      ConsumerRecord<String, byte[]> record = head.record();
      producer.send(
          new ProducerRecord<>(Topics.DUE, record.partition(), record.key(), record.value()));
      offsets.put(
          new TopicPartition(record.topic(), record.partition()),
          new OffsetAndMetadata(record.offset() + 1));
      released.merge(head.step(), 1, Integer::sum);
    }
    producer.sendOffsetsToTransaction(offsets, consumer.groupMetadata());
    producer.commitTransaction();
    released.forEach(meters::released);
  }

  private List<Head> due() {
    List<Head> due = new ArrayList<>();
    int octets = 0;
    int most =
        Math.min(MAX_BATCH, Math.max(1, (int) (releaseRate * LONGEST_POLL.toMillis() / 1000)));
    for (ArrayDeque<Head> queue : heads.values()) {
      for (Head head = queue.peek();
          head != null && head.isDue(clock) && due.size() < most && octets < MAX_BATCH_OCTETS;
          head = queue.peek()) {
        due.add(queue.remove());
        octets += head.record().value().length;
      }
    }
    return due;
  }

  private final class ForgetOnRevocation implements ConsumerRebalanceListener {
    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      partitions.forEach(heads::remove);
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      partitions.forEach(heads::remove);
    }
  }
}
