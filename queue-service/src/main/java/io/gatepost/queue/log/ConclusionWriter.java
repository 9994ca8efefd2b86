package io.gatepost.queue.log;

import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.event.OutcomeRecord;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.event.Topics;
import io.gatepost.contract.queue.Conclusion;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.contract.wire.EnvelopeRecordCodec;
import io.gatepost.contract.wire.OutcomeRecordCodec;
import io.gatepost.queue.content.FileContentStore;
import io.gatepost.queue.ladder.RetryLadder;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes conclusions: the end of a generation, its replacement and its notices in one transaction,
/// many conclusions to a transaction. One thread, as a transaction has one owner.
public final class ConclusionWriter implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(ConclusionWriter.class);
  private static final int MAX_WAITING = 10_000;
  private static final int MAX_BATCH = 200;

  /// One transaction for many costs little more than for one, and a deferral is in no hurry.
  private static final Duration GATHERING = Duration.ofMillis(100);

  private static final Duration GATHERING_LOOK = Duration.ofMillis(10);

  /// Retry records are small: larger content moves to the content store.
  private static final int MAX_INLINE_OCTETS = 8 * 1024;

  private static final byte[] NOTHING = new byte[0];

  private final LogClients clients;
  private final RetryLadder ladder;
  private final FileContentStore contents;
  private final DestinationHolds holds;
  private final LogMeters meters;
  private final BlockingQueue<Waiting> waiting = new ArrayBlockingQueue<>(MAX_WAITING);
  private final Thread thread = Thread.ofPlatform().name("conclusion-writer").unstarted(this::run);
  private @Nullable Producer<String, byte[]> producer;
  private volatile boolean closing;

  private record Waiting(Conclusion conclusion, CompletableFuture<Void> written) {}

  ConclusionWriter(
      LogClients clients,
      RetryLadder ladder,
      FileContentStore contents,
      DestinationHolds holds,
      LogMeters meters) {
    this.clients = clients;
    this.ladder = ladder;
    this.contents = contents;
    this.holds = holds;
    this.meters = meters;
  }

  /// Starts writing.
  public void start() {
    thread.start();
  }

  /// Writes a conclusion; completes when it is durable, fails with [RpcException] where it may not
  /// be.
  public CompletableFuture<Void> write(Conclusion conclusion) {
    CompletableFuture<Void> written = new CompletableFuture<>();
    if (closing || !waiting.offer(new Waiting(conclusion, written))) {
      written.completeExceptionally(
          new RpcException(RpcStatus.UNAVAILABLE, MAX_WAITING + " conclusions wait to be written"));
    }
    return written;
  }

  @Override
  public void close() {
    closing = true;
    thread.interrupt();
    try {
      thread.join(Duration.ofSeconds(10));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    List<Waiting> left = new ArrayList<>();
    waiting.drainTo(left);
    fail(left, new RpcException(RpcStatus.UNAVAILABLE, "stopping"));
  }

  private void run() {
    abortWhatHangs();
    while (!closing) {
      try {
        Waiting first = waiting.take();
        writeBatch(gather(first));
      } catch (InterruptedException e) {
        break; // stopping, with nothing in hand
      }
    }
    discardProducer();
  }

  /// Returns at once where the writer is stopping.
  private List<Waiting> gather(Waiting first) {
    List<Waiting> batch = new ArrayList<>(List.of(first));
    long begin = System.nanoTime();
    drain(batch);
    try {
      while (batch.size() < MAX_BATCH && System.nanoTime() - begin < GATHERING.toNanos()) {
        Thread.sleep(GATHERING_LOOK);
        drain(batch);
      }
    } catch (InterruptedException e) {
      // The loop that called ends with this batch.
    }
    return batch;
  }

  /// A transaction that a killed run left open hides every later outcome from those who replay
  /// them, until the next producer of this id is there.
  private void abortWhatHangs() {
    try {
      producer();
    } catch (KafkaException e) {
      log.warn("no transaction can be begun yet: {}", e.toString());
      discardProducer();
    }
  }

  private void drain(List<Waiting> batch) {
    waiting.drainTo(batch, MAX_BATCH - batch.size());
  }

  private void writeBatch(List<Waiting> batch) {
    List<Waiting> sent = new ArrayList<>(batch.size());
    try {
      Producer<String, byte[]> open = producer();
      open.beginTransaction();
      for (Waiting one : batch) {
        if (send(one, open)) {
          sent.add(one);
        }
      }
      open.commitTransaction();
      for (Waiting one : sent) {
        count(one.conclusion());
        one.written().complete(null);
      }
    } catch (RuntimeException e) { // not only Kafka's own: this thread must go on
      // Whatever the transaction came to, the next producer of this id waits for it to be decided.
      log.warn("{} conclusions not written: {}", batch.size(), e.toString());
      discardProducer();
      fail(
          batch,
          new RpcException(
              RpcStatus.UNAVAILABLE, "the log cannot be written: " + e.getMessage(), e));
    }
  }

  /// Sends what a conclusion comes to, or nothing: one that cannot be written does not keep the
  /// others of its batch.
  private boolean send(Waiting one, Producer<String, byte[]> open) {
    List<ProducerRecord<String, byte[]>> records;
    try {
      check(one.conclusion());
      records = records(one.conclusion());
    } catch (UncheckedIOException e) {
      log.warn("qid={} conclusion not written: {}", one.conclusion().id(), e.toString());
      one.written()
          .completeExceptionally(
              new RpcException(RpcStatus.UNAVAILABLE, "the content cannot be written", e));
      return false;
    }
    for (ProducerRecord<String, byte[]> record : records) {
      if (record.value().length > LogClients.MAX_RECORD_OCTETS) {
        String what = "record of " + record.value().length + " octets for " + record.topic();
        log.error("qid={} conclusion cannot be written: {}", one.conclusion().id(), what);
        one.written().completeExceptionally(new RpcException(RpcStatus.INVALID_ARGUMENT, what));
        return false;
      }
    }
    records.forEach(open::send);
    return true;
  }

  private Producer<String, byte[]> producer() {
    if (producer == null) {
      Producer<String, byte[]> fresh = clients.transactionalProducer("conclusions");
      producer = fresh;
      fresh.initTransactions();
    }
    return producer;
  }

  private void discardProducer() {
    if (producer != null) {
      boolean interrupted = Thread.interrupted(); // by a stop; Kafka would not close then
      log.debug("closing the producer, interrupted={}", interrupted);
      producer.close(Duration.ZERO);
      producer = null;
    }
  }

  private static void fail(List<Waiting> batch, RpcException error) {
    batch.forEach(one -> one.written().completeExceptionally(error));
  }

  private List<ProducerRecord<String, byte[]>> records(Conclusion conclusion) {
    List<ProducerRecord<String, byte[]>> records = new ArrayList<>();
    conclusion.retry().ifPresent(retry -> records.add(retryRecord(retry, conclusion.outcomes())));
    for (EnvelopeRecord notice : conclusion.notices()) {
      records.add(record(Topics.DUE, notice));
    }
    OutcomeRecord ended =
        new OutcomeRecord.Ended(conclusion.id(), conclusion.generation(), conclusion.outcomes());
    ProducerRecord<String, byte[]> record =
        new ProducerRecord<>(
            Topics.OUTCOMES,
            conclusion.id().partition(),
            conclusion.id().text(),
            OutcomeRecordCodec.encode(ended));
    if (conclusion.generation() > 0) {
      record.headers().add(Topics.LATER_GENERATION, NOTHING);
    }
    records.add(record);
    return records;
  }

  private ProducerRecord<String, byte[]> retryRecord(
      Conclusion.Retry retry, List<RecipientOutcome> outcomes) {
    EnvelopeRecord replacement = smallEnough(retry.replacement());
    Duration step = ladder.step(retry.delay(), replacement.envelope().attempts());
    ProducerRecord<String, byte[]> record = record(Topics.retry(step), replacement);
    RetryHeaders.lastReply(record.headers(), lastReply(outcomes));
    retry.heldUpBy().ifPresent(destination -> RetryHeaders.heldUpBy(record.headers(), destination));
    return record;
  }

  private EnvelopeRecord smallEnough(EnvelopeRecord replacement) {
    if (replacement.content().length <= MAX_INLINE_OCTETS) {
      return replacement;
    }
    Envelope envelope = replacement.envelope();
    ContentRef.Stored stored = contents.write(envelope.id(), replacement.content());
    return new EnvelopeRecord(envelope.withContent(stored), new byte[0]);
  }

  private static String lastReply(List<RecipientOutcome> outcomes) {
    for (RecipientOutcome outcome : outcomes) {
      if (outcome instanceof RecipientOutcome.Deferred deferred) {
        return deferred.reply().toString();
      }
    }
    return "";
  }

  private static ProducerRecord<String, byte[]> record(String topic, EnvelopeRecord message) {
    var id = message.envelope().id();
    return new ProducerRecord<>(
        topic, id.partition(), id.text(), EnvelopeRecordCodec.encode(message));
  }

  /// Whoever is deferred is in the replacement, and nobody else (invariant 7). What is written is
  /// what delivery says all the same: its word is the better one.
  private void check(Conclusion conclusion) {
    long deferred =
        conclusion.outcomes().stream().filter(RecipientOutcome.Deferred.class::isInstance).count();
    long remaining =
        conclusion
            .retry()
            .map(retry -> retry.replacement().envelope().recipients().size())
            .orElse(0);
    if (deferred != remaining) {
      meters.broken("outcomes");
      log.error(
          "qid={} generation={} invariant broken: {} recipients deferred, {} in the replacement",
          conclusion.id(),
          conclusion.generation(),
          deferred,
          remaining);
    }
  }

  private void count(Conclusion conclusion) {
    conclusion
        .retry()
        .ifPresent(retry -> {
          meters.deferred(ladder.step(retry.delay(), retry.replacement().envelope().attempts()));
          retry.heldUpBy().ifPresent(destination -> holds.note(destination, retry.delay()));
        });
    meters.notices(conclusion.notices().size());
  }
}
