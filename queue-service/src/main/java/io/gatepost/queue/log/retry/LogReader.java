package io.gatepost.queue.log.retry;

import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.event.Topics;
import io.gatepost.contract.queue.Conclusion.Wait;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.log.LostTails;
import io.gatepost.queue.ladder.RetryLadder;
import io.gatepost.queue.log.append.LogClients;
import io.gatepost.queue.log.append.LogMeters;
import io.gatepost.queue.log.append.TraceHeaders;
import io.gatepost.queue.log.retry.RetryHeads.Head;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Moves envelopes whose time has come out of the retry topics, each batch in a transaction with
/// the offsets: to `due`, or, where their destination is known to take no mail, straight on to the
/// retry topic of their next step. Nothing is searched or sorted, and no envelope is decoded
/// (requirements G2, G8, G9). Topics of an earlier ladder are read on until they are empty.
public final class LogReader implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(LogReader.class);
  private static final Pattern RETRY_TOPICS = Pattern.compile(Topics.RETRY_PATTERN);
  private static final int MAX_BATCH = 1000;
  private static final int MAX_BATCH_OCTETS = 4 * 1024 * 1024;
  private static final int MAX_CHANGES = 100;
  private static final Duration LONGEST_POLL = Duration.ofMillis(100);
  private static final Duration GATHERING = Duration.ofMillis(200);
  private static final Duration PACE_POLL = Duration.ofMillis(20);
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);
  private static final byte[] SUPERSEDED = "superseded".getBytes(StandardCharsets.US_ASCII);

  private final LogClients clients;
  private final InstantSource clock;
  private final RetryLadder ladder;
  private final Duration lifetime;
  private final DestinationHolds holds;
  private final LogMeters meters;
  private final ReleaseRate pace;
  private final RetryHeads heads;
  private final Amendments amendments = new Amendments();
  private final BlockingQueue<Supersession> changes = new ArrayBlockingQueue<>(MAX_CHANGES);
  private final Thread thread = Thread.ofPlatform().name("log-reader").unstarted(this::run);
  private boolean heldBack;
  private volatile boolean closing;

  /// @param lifetime an envelope that is older is attempted though its destination is dead, as only
  ///   a failed attempt ends it
  /// @param releaseRate envelopes a second that come due at most, so that a flood of overdue mail
  ///   does not drown the next hops
  public LogReader(
      LogClients clients,
      InstantSource clock,
      RetryLadder ladder,
      Duration lifetime,
      DestinationHolds holds,
      int releaseRate,
      LogMeters meters) {
    this.clients = clients;
    this.clock = clock;
    this.ladder = ladder;
    this.lifetime = lifetime;
    this.holds = holds;
    this.meters = meters;
    this.pace = new ReleaseRate(releaseRate, System::nanoTime);
    this.heads = new RetryHeads(clock, System::nanoTime, GATHERING);
  }

  /// Starts reading.
  public void start() {
    thread.start();
  }

  /// Supersedes a record; the future says whether it still waited.
  public CompletableFuture<Boolean> supersede(
      TopicPartition partition, long offset, List<ProducerRecord<String, byte[]>> instead) {
    CompletableFuture<Boolean> done = new CompletableFuture<>();
    if (!changes.offer(new Supersession(partition, offset, instead, done))) {
      done.completeExceptionally(
          new RpcException(RpcStatus.UNAVAILABLE, MAX_CHANGES + " changes wait to be written"));
    } else if (closing) {
      failChanges(); // nobody else may come by any more
    }
    return done;
  }

  @Override
  public void close() {
    closing = true;
    try {
      // In milliseconds: with a Duration, a thread that was never started is an error.
      thread.join(Duration.ofSeconds(10).toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    failChanges();
  }

  private void failChanges() {
    List<Supersession> left = new ArrayList<>();
    changes.drainTo(left);
    left.forEach(change ->
        change.done().completeExceptionally(new RpcException(RpcStatus.UNAVAILABLE, "stopping")));
  }

  private void run() {
    while (!closing) {
      heads.clear();
      try (Consumer<String, byte[]> consumer = clients.consumer(Topics.READERS_GROUP, MAX_BATCH);
          Producer<String, byte[]> producer = clients.transactionalProducer("readers")) {
        producer.initTransactions();
        consumer.subscribe(RETRY_TOPICS, new Assignment(consumer));
        while (!closing) {
          readAhead(consumer);
          move(consumer, producer);
        }
      } catch (KafkaException e) {
        // Nothing is lost: the next consumer starts at the committed offsets.
        log.warn("log reader starts again: {}", e.toString());
        LockSupport.parkNanos(AFTER_FAILURE.toNanos());
      } catch (RuntimeException e) {
        // Kafka's own IllegalStateException where a commit has timed out, or a fault of ours: in
        // both cases nothing would ever come due without this thread.
        log.error("log reader starts again", e);
        LockSupport.parkNanos(AFTER_FAILURE.toNanos());
      }
    }
  }

  /// Reads on where nothing waits; a partition whose head waits is paused.
  private void readAhead(Consumer<String, byte[]> consumer) {
    consumer.poll(patience()).forEach(heads::add);
    List<TopicPartition> waiting = new ArrayList<>();
    List<TopicPartition> empty = new ArrayList<>();
    for (TopicPartition partition : consumer.assignment()) {
      (heads.isEmpty(partition) ? empty : waiting).add(partition);
    }
    consumer.pause(waiting);
    consumer.resume(empty);
  }

  private Duration patience() {
    if (!changes.isEmpty()) {
      return Duration.ZERO;
    }
    return heldBack ? PACE_POLL : heads.untilNext(LONGEST_POLL);
  }

  /// A transaction that fails is aborted, and reading goes back to the committed offsets.
  private void move(Consumer<String, byte[]> consumer, Producer<String, byte[]> producer) {
    Supersession change = changes.poll();
    try {
      if (change != null) {
        apply(change, consumer, producer);
      }
      release(consumer, producer);
    } catch (KafkaException e) {
      log.warn("log reader's transaction aborted, reading goes back: {}", e.toString());
      meters.readerAborted();
      if (change != null) {
        change
            .done()
            .completeExceptionally(
                new RpcException(RpcStatus.UNAVAILABLE, "the log cannot be written", e));
      }
      producer.abortTransaction(); // where even this fails, the reader starts again
      rewind(consumer);
    }
  }

  private void rewind(Consumer<String, byte[]> consumer) {
    heads.clear();
    amendments.load(clients);
    Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(consumer.assignment());
    committed.forEach((partition, commit) -> {
      if (commit == null) {
        consumer.seekToBeginning(List.of(partition));
      } else {
        consumer.seek(partition, commit);
      }
    });
  }

  private void release(Consumer<String, byte[]> consumer, Producer<String, byte[]> producer) {
    List<List<Head>> due = heads.due(MAX_BATCH);
    heldBack = false;
    if (due.isEmpty()) {
      return;
    }
    Collections.shuffle(due); // no partition is always the first to use up the pace
    Batch batch = new Batch(pace.allowed());
    for (List<Head> ofPartition : due) {
      for (Head head : ofPartition) {
        if (!batch.take(head, destinationOf(head))) {
          break;
        }
      }
    }
    if (batch.heads.isEmpty()) {
      return;
    }
    producer.beginTransaction();
    batch.records.forEach(producer::send);
    producer.sendOffsetsToTransaction(batch.offsets, consumer.groupMetadata());
    producer.commitTransaction();
    batch.done();
  }

  /// Where an envelope goes whose time has come.
  private sealed interface Way {
    record ToDue() implements Way {}

    record ToStep(Duration step) implements Way {}

    record Nowhere() implements Way {}
  }

  private Way destinationOf(Head head) {
    ConsumerRecord<String, byte[]> record = head.record();
    if (amendments.isSuperseded(record)) {
      return new Way.Nowhere();
    }
    if (holds.isEmpty()) {
      return new Way.ToDue();
    }
    Optional<Wait> wait = RetryHeaders.heldUpBy(record).flatMap(holds::of);
    if (wait.isEmpty()) {
      return new Way.ToDue();
    }
    Optional<Duration> age = age(record.key());
    if (age.isEmpty()) {
      return new Way.ToDue(); // delivery sets it aside
    }
    return switch (wait.get()) {
      case BUSY -> new Way.ToStep(ladder.busy(age.get()));
      case LADDER ->
          age.get().compareTo(lifetime) > 0
              ? new Way.ToDue() // only an attempt ends it
              : new Way.ToStep(ladder.after(head.step()));
    };
  }

  private Optional<Duration> age(@Nullable String key) {
    try {
      if (key == null) {
        return Optional.empty();
      }
      return Optional.of(Duration.between(QueueId.of(key).createdAt(), clock.instant()));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /// One transaction in the making.
  private final class Batch {
    private final List<Head> heads = new ArrayList<>();
    private final List<ProducerRecord<String, byte[]>> records = new ArrayList<>();
    private final Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    private final Map<Duration, Integer> released = new HashMap<>();
    private final List<String> dropped = new ArrayList<>();
    private final int mayComeDue;
    private int comeDue;
    private int movedOn;
    private int octets;

    Batch(int mayComeDue) {
      this.mayComeDue = mayComeDue;
    }

    /// False where there is no room for it now.
    boolean take(Head head, Way way) {
      if (heads.size() >= MAX_BATCH || octets >= MAX_BATCH_OCTETS) {
        return false;
      }
      ConsumerRecord<String, byte[]> record = head.record();
      switch (way) {
        case Way.ToDue _ -> {
          if (comeDue >= mayComeDue) {
            heldBack = true;
            return false;
          }
          comeDue++;
          ProducerRecord<String, byte[]> due = copy(Topics.DUE, record);
          TraceHeaders.copy(record.headers(), due.headers());
          records.add(due);
          released.merge(head.step(), 1, Integer::sum);
        }
        case Way.ToStep(var step) -> {
          movedOn++;
          ProducerRecord<String, byte[]> copy = copy(Topics.retry(step), record);
          record.headers().forEach(copy.headers()::add);
          RetryHeaders.movedFrom(copy.headers(), record);
          records.add(copy);
        }
        case Way.Nowhere _ -> {
          String key = Amendments.key(record);
          dropped.add(key);
          records.add(new ProducerRecord<>(Topics.AMENDMENTS, record.partition(), key, null));
        }
      }
      heads.add(head);
      octets += record.value() == null ? 0 : record.value().length; // delivery sets that aside
      offsets.put(head.partition(), new OffsetAndMetadata(record.offset() + 1));
      return true;
    }

    void done() {
      heads.forEach(LogReader.this.heads::removeFirst);
      dropped.forEach(amendments::remove);
      pace.took(comeDue);
      released.forEach(meters::released);
      meters.movedOn(movedOn);
    }

    private ProducerRecord<String, byte[]> copy(
        String topic, ConsumerRecord<String, byte[]> record) {
      return new ProducerRecord<>(topic, record.partition(), record.key(), record.value());
    }
  }

  /// Only while the record waits: once it has been moved, another generation may exist.
  private void apply(
      Supersession change, Consumer<String, byte[]> consumer, Producer<String, byte[]> producer) {
    TopicPartition partition = change.partition();
    if (!consumer.assignment().contains(partition)) {
      // Another queue-service's, or ours in a moment.
      change
          .done()
          .completeExceptionally(
              new RpcException(RpcStatus.UNAVAILABLE, partition + " is not read here now"));
      return;
    }
    boolean waits =
        change.offset()
                >= heads.firstOffset(partition).orElseGet(() -> consumer.position(partition))
            && !amendments.isSuperseded(change.key());
    if (!waits) {
      change.done().complete(false);
      return;
    }
    producer.beginTransaction();
    change.instead().forEach(producer::send);
    producer.send(
        new ProducerRecord<>(Topics.AMENDMENTS, partition.partition(), change.key(), SUPERSEDED));
    producer.commitTransaction();
    amendments.add(change.key());
    change.done().complete(true);
  }

  private final class Assignment implements ConsumerRebalanceListener {
    private final Consumer<String, byte[]> consumer;

    Assignment(Consumer<String, byte[]> consumer) {
      this.consumer = consumer;
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      heads.forget(partitions);
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      heads.forget(partitions);
      readLostTailsAgain(partitions);
      amendments.load(clients);
    }

    private void readLostTailsAgain(Collection<TopicPartition> partitions) {
      Map<TopicPartition, Long> ends;
      try (Consumer<String, byte[]> all = clients.uncommittedConsumer()) {
        ends = all.endOffsets(partitions);
      }
      LostTails.readAgain(consumer, consumer.committed(Set.copyOf(partitions)), ends);
    }
  }
}
