package io.gatepost.queue.log.conclude;

import io.gatepost.contract.envelope.Generation;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.queue.Conclusion;
import io.gatepost.contract.queue.GroupMember;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.queue.log.append.LogClients;
import io.gatepost.queue.log.append.LogMeters;
import io.gatepost.queue.log.append.TraceHeaders;
import io.gatepost.queue.log.retry.DestinationHolds;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes conclusions: the end of a generation, its replacement and its notices in one transaction,
/// many conclusions to a transaction. One thread, as a transaction has one owner.
public final class ConclusionWriter implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(ConclusionWriter.class);
  private static final int MAX_WAITING = 10_000;

  /// A transaction takes some 0.14 s whatever is in it, so this bounds what can be deferred a
  /// second.
  private static final int MAX_BATCH = 1_000;

  private static final long MAX_BATCH_OCTETS = LogClients.PRODUCER_MEMORY_OCTETS / 2;

  /// One transaction for many costs little more than for one, and a deferral is in no hurry.
  private static final Duration GATHERING = Duration.ofMillis(100);

  private static final Duration GATHERING_LOOK = Duration.ofMillis(10);

  private final LogClients clients;
  private final ConclusionRecords records;
  private final ConcludedGenerations concluded;
  private final DestinationHolds holds;
  private final LogMeters meters;
  private final BlockingQueue<Waiting> waiting = new ArrayBlockingQueue<>(MAX_WAITING);
  private final Map<Generation, CompletableFuture<Void>> inHand = new ConcurrentHashMap<>();
  private final Thread thread = Thread.ofPlatform().name("conclusion-writer").unstarted(this::run);
  private @Nullable Producer<String, byte[]> producer;
  private boolean isInterrupted;
  private volatile boolean closing;

  /// @param trace of the one who concludes, empty without traces
  private record Waiting(
      Conclusion conclusion, Map<String, String> trace, CompletableFuture<Void> written) {
    Generation generation() {
      return new Generation(conclusion.id(), conclusion.generation());
    }
  }

  /// @param records what it comes to, the end of the generation last
  private record Prepared(Waiting one, List<ProducerRecord<String, byte[]>> records) {
    long octets() {
      return records.stream().mapToLong(record -> record.value().length).sum();
    }
  }

  /// @param ended where the end of the generation stands, once the transaction is committed
  private record Sent(Waiting one, Future<RecordMetadata> ended) {}

  public ConclusionWriter(
      LogClients clients,
      ConclusionRecords records,
      ConcludedGenerations concluded,
      DestinationHolds holds,
      LogMeters meters) {
    this.clients = clients;
    this.records = records;
    this.concluded = concluded;
    this.holds = holds;
    this.meters = meters;
  }

  /// Starts writing.
  public void start() {
    thread.start();
  }

  /// Writes a conclusion; completes when it is durable. A repeat joins the first one, and one that
  /// was written before completes and writes nothing. Fails with [RpcException]: `ABORTED` where
  /// its owner has been replaced, anything else where it may or may not have been written.
  public CompletableFuture<Void> write(Conclusion conclusion) {
    return write(conclusion, Map.of());
  }

  /// The same for a message whose way is traced.
  ///
  /// @param trace place in the trace, to stand beside the envelopes that are written
  public CompletableFuture<Void> write(Conclusion conclusion, Map<String, String> trace) {
    Waiting one = new Waiting(conclusion, trace, new CompletableFuture<>());
    CompletableFuture<Void> first = inHand.putIfAbsent(one.generation(), one.written());
    if (first != null) {
      return first;
    }
    CompletableFuture<Void> written =
        one.written().whenComplete((done, error) -> inHand.remove(one.generation(), one.written()));
    if (!waiting.offer(one)) {
      fail(
          List.of(one),
          new RpcException(RpcStatus.UNAVAILABLE, MAX_WAITING + " conclusions wait to be written"));
    } else if (closing) {
      failWaiting(); // nobody else may come by any more
    }
    return written;
  }

  @Override
  public void close() {
    closing = true;
    thread.interrupt();
    try {
      // In milliseconds: with a Duration, a thread that was never started is an error.
      thread.join(Duration.ofSeconds(10).toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    failWaiting();
  }

  private void failWaiting() {
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
        if (isInterrupted) {
          Thread.currentThread().interrupt(); // not before: Kafka would not have written the batch
        }
      } catch (InterruptedException e) {
        break; // stopping, with nothing in hand
      }
    }
    discardProducer();
  }

  /// Returns at once where the writer is interrupted, which [#run] passes on.
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
      isInterrupted = true;
    }
    return batch;
  }

  /// A transaction that a killed run left open hides every later outcome from those who replay
  /// them, until the next producer of this id is there.
  private void abortWhatHangs() {
    try {
      producer();
    } catch (RuntimeException e) { // not only Kafka's own: this thread must go on
      log.warn("no transaction can be begun yet: {}", e.toString());
      discardProducer();
    }
  }

  private void drain(List<Waiting> batch) {
    waiting.drainTo(batch, MAX_BATCH - batch.size());
  }

  private void writeBatch(List<Waiting> batch) {
    try {
      Producer<String, byte[]> open = producer();
      Deque<Waiting> unwritten = new ArrayDeque<>(batch);
      while (!unwritten.isEmpty()) {
        write(prepareSome(unwritten), open);
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

  /// The first of them, ready for a transaction. Content is synced here, which may take longer than
  /// a transaction may be open.
  private List<Prepared> prepareSome(Deque<Waiting> unwritten) {
    List<Prepared> some = new ArrayList<>(unwritten.size());
    long octets = 0;
    while (!unwritten.isEmpty() && octets < MAX_BATCH_OCTETS) {
      Waiting one = unwritten.remove();
      if (!isWritten(one)) {
        Optional<Prepared> prepared = prepare(one);
        prepared.ifPresent(some::add);
        octets += prepared.map(Prepared::octets).orElse(0L);
      }
    }
    return some;
  }

  /// In a transaction, or in several where an owner has been replaced.
  private void write(List<Prepared> some, Producer<String, byte[]> open) {
    List<Prepared> left = some;
    while (!left.isEmpty()) {
      open.beginTransaction();
      Optional<GroupMember> replaced =
          OwnerFence.pass(
              open, left.stream().map(each -> each.one().conclusion()).toList(), concluded::end);
      if (replaced.isEmpty()) {
        commit(left, open);
        return;
      }
      open.abortTransaction();
      left = refuse(left, replaced.get());
    }
  }

  /// Whether it has been written before, by this call's first try or by an earlier process.
  private boolean isWritten(Waiting one) {
    if (!concluded.contains(one.generation())) {
      return false;
    }
    log.info(
        "qid={} generation={} is concluded already",
        one.conclusion().id(),
        one.conclusion().generation());
    meters.repeated();
    one.written().complete(null);
    return true;
  }

  /// Takes those of an owner out who has been replaced; what is left.
  private List<Prepared> refuse(List<Prepared> batch, GroupMember replaced) {
    Map<Boolean, List<Prepared>> parts =
        batch.stream()
            .collect(
                Collectors.partitioningBy(
                    each -> each.one().conclusion().owner().equals(Optional.of(replaced))));
    List<Waiting> refused =
        parts.getOrDefault(true, List.of()).stream().map(Prepared::one).toList();
    log.info("{} conclusions refused, their owner {} has been replaced", refused.size(), replaced);
    meters.refused(refused.size());
    fail(
        refused, new RpcException(RpcStatus.ABORTED, replaced + " does not own the partition now"));
    return parts.getOrDefault(false, List.of());
  }

  private void commit(List<Prepared> batch, Producer<String, byte[]> open) {
    List<Sent> sent = new ArrayList<>(batch.size());
    for (Prepared each : batch) {
      List<ProducerRecord<String, byte[]>> all = each.records();
      all.subList(0, all.size() - 1).forEach(open::send);
      sent.add(new Sent(each.one(), open.send(all.getLast())));
    }
    open.commitTransaction();
    for (Sent each : sent) {
      Waiting one = each.one();
      concluded.add(one.generation(), each.ended().resultNow().offset());
      count(one.conclusion());
      one.written().complete(null);
    }
  }

  /// Returns the records of a conclusion, or nothing: one that cannot be written does not keep the
  /// others of its batch.
  private Optional<Prepared> prepare(Waiting one) {
    List<ProducerRecord<String, byte[]>> all;
    try {
      check(one.conclusion());
      all = records.of(one.conclusion());
    } catch (UncheckedIOException e) {
      log.warn("qid={} conclusion not written: {}", one.conclusion().id(), e.toString());
      one.written()
          .completeExceptionally(
              new RpcException(RpcStatus.UNAVAILABLE, "the content cannot be written", e));
      return Optional.empty();
    }
    for (ProducerRecord<String, byte[]> record : all) {
      if (record.value().length > LogClients.MAX_RECORD_OCTETS) {
        String what = "record of " + record.value().length + " octets for " + record.topic();
        log.error("qid={} conclusion cannot be written: {}", one.conclusion().id(), what);
        one.written().completeExceptionally(new RpcException(RpcStatus.INVALID_ARGUMENT, what));
        return Optional.empty();
      }
    }
    // The last one is the end of the generation.
    all.subList(0, all.size() - 1)
        .forEach(record -> TraceHeaders.add(one.trace(), record.headers()::add));
    return Optional.of(new Prepared(one, all));
  }

  private Producer<String, byte[]> producer() {
    if (producer == null) {
      Producer<String, byte[]> fresh = clients.transactionalProducer("conclusions");
      producer = fresh;
      fresh.initTransactions(); // what the last one left undecided is decided when this returns
      concluded.read(clients);
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

  private static void fail(Collection<Waiting> batch, RpcException error) {
    batch.forEach(one -> one.written().completeExceptionally(error));
  }

  /// All that are deferred are in the replacement, and no others; in parts they are expanded. The
  /// replacement that delivery says is written all the same: its word is the better one.
  private void check(Conclusion conclusion) {
    if (!conclusion.parts().isEmpty()) {
      return;
    }
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
          meters.deferred(records.step(retry));
          retry.heldUpBy().ifPresent(destination -> holds.note(destination, retry.delay()));
        });
    meters.notices(conclusion.notices().size());
  }
}
