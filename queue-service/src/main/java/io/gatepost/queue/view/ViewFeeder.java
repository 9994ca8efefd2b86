package io.gatepost.queue.view;

import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.event.OutcomeRecord;
import io.gatepost.contract.event.Topics;
import io.gatepost.contract.wire.EnvelopeRecordCodec;
import io.gatepost.contract.wire.OutcomeRecordCodec;
import io.gatepost.contract.wire.UnreadableFrameException;
import io.gatepost.queue.log.LogClients;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.Header;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;

/// Follows the log and keeps the view. A message that is delivered at its first attempt never
/// reaches the database (requirement G13): its outcome's key is looked at, and that is all.
public final class ViewFeeder implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(ViewFeeder.class);
  private static final Pattern TOPICS =
      Pattern.compile(Topics.RETRY_PATTERN + "|" + Pattern.quote(Topics.OUTCOMES));
  private static final int MAX_BATCH = 2000;
  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(2);

  private final LogClients clients;
  private final DeferredView view;
  private final Thread thread = Thread.ofPlatform().name("view-feeder").unstarted(this::run);
  private final Set<String> known = new HashSet<>();
  private volatile boolean closing;
  private volatile boolean healthy;

  public ViewFeeder(LogClients clients, DeferredView view) {
    this.clients = clients;
    this.view = view;
  }

  /// Starts following.
  public void start() {
    thread.start();
  }

  /// Whether the view is up with the log.
  public boolean isHealthy() {
    return healthy;
  }

  @Override
  public void close() {
    closing = true;
    LockSupport.unpark(thread);
    try {
      thread.join(Duration.ofSeconds(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    while (!closing) {
      try {
        view.migrate();
        known.clear();
        known.addAll(view.ids());
        follow();
      } catch (DataAccessException | org.flywaydb.core.api.FlywayException | KafkaException e) {
        if (healthy || !closing) {
          log.warn("the operator's view is behind, mail goes on: {}", e.toString());
        }
        healthy = false;
        LockSupport.parkNanos(AFTER_FAILURE.toNanos());
      }
    }
  }

  private void follow() {
    try (Consumer<String, byte[]> consumer = clients.consumer(Topics.VIEW_GROUP, MAX_BATCH)) {
      consumer.subscribe(TOPICS);
      healthy = true;
      while (!closing) {
        ConsumerRecords<String, byte[]> records = consumer.poll(POLL);
        for (ConsumerRecord<String, byte[]> record : records) {
          note(record);
        }
        if (!records.isEmpty()) {
          consumer.commitSync();
        }
      }
    }
  }

  private void note(ConsumerRecord<String, byte[]> record) {
    try {
      if (Topics.isRetry(record.topic())) {
        Envelope envelope = EnvelopeRecordCodec.decode(record.value()).envelope();
        Instant dueAt =
            Instant.ofEpochMilli(record.timestamp()).plus(Topics.retryStep(record.topic()));
        view.deferred(envelope, dueAt, lastReply(record));
        known.add(record.key());
      } else if (known.contains(record.key())
          && OutcomeRecordCodec.decode(record.value()) instanceof OutcomeRecord.Ended ended) {
        view.ended(ended.id(), ended.generation());
        if (ended.outcomes().stream()
            .noneMatch(io.gatepost.contract.event.RecipientOutcome.Deferred.class::isInstance)) {
          known.remove(record.key());
        }
      }
    } catch (UnreadableFrameException e) {
      log.error(
          "view: record {}-{}@{} cannot be read: {}",
          record.topic(),
          record.partition(),
          record.offset(),
          e.getMessage());
    }
  }

  private static String lastReply(ConsumerRecord<String, byte[]> record) {
    Header header = record.headers().lastHeader(io.gatepost.queue.log.ConclusionWriter.LAST_REPLY);
    return header == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
  }
}
