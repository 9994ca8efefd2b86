package io.gatepost.delivery.intake;

import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.event.AppendLimit;
import io.gatepost.contract.event.OutcomeRecord;
import io.gatepost.contract.event.Topics;
import io.gatepost.contract.queue.Carried;
import io.gatepost.contract.queue.Completion;
import io.gatepost.contract.queue.Conclusion;
import io.gatepost.contract.queue.Enqueued;
import io.gatepost.contract.queue.Held;
import io.gatepost.contract.queue.PutAside;
import io.gatepost.contract.queue.Queue;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.core.io.buffer.DataBuffer;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// A queue that keeps what it is told, and writes to the log what queue-service would.
final class LoggedQueue implements Queue {

  /// Every call of `Conclude`, those that fail as well.
  final List<Conclusion> asked = new CopyOnWriteArrayList<>();

  final List<Conclusion> conclusions = new CopyOnWriteArrayList<>();
  final List<Completion> completions = new CopyOnWriteArrayList<>();
  final List<EnvelopeRecord> carried = new CopyOnWriteArrayList<>();

  /// How many calls of `Conclude` fail before one succeeds.
  final AtomicInteger failures = new AtomicInteger();

  private final IntakeLog log;

  LoggedQueue(IntakeLog log) {
    this.log = log;
  }

  @Override
  public Mono<Void> conclude(Conclusion conclusion) {
    return Mono.fromRunnable(() -> {
      asked.add(conclusion);
      if (failures.getAndDecrement() > 0) {
        throw new RpcException(RpcStatus.UNAVAILABLE, "not now");
      }
      log.append(
          new OutcomeRecord.Ended(
              conclusion.id(),
              conclusion.generation(),
              conclusion.outcomes(),
              conclusion.records()));
      conclusions.add(conclusion);
    });
  }

  @Override
  public Mono<Void> complete(List<Completion> done) {
    return Mono.fromRunnable(() -> completions.addAll(done));
  }

  @Override
  public Mono<Carried> carryForward(EnvelopeRecord message) {
    return Mono.fromCallable(() -> {
      long offset = log.append(Topics.DUE, message);
      carried.add(message);
      return new Carried(offset);
    });
  }

  @Override
  public Mono<Enqueued> enqueue(EnvelopeRecord message, AppendLimit limit) {
    throw new AssertionError("not asked for");
  }

  @Override
  public Mono<ContentRef.Stored> putContent(QueueId id, Flux<DataBuffer> content) {
    throw new AssertionError("not asked for");
  }

  @Override
  public Flux<DataBuffer> getContent(QueueId id) {
    throw new AssertionError("not asked for");
  }

  @Override
  public Mono<byte[]> getRange(QueueId id, long from, int octets) {
    throw new AssertionError("not asked for");
  }

  @Override
  public Mono<Void> deleteContent(QueueId id) {
    throw new AssertionError("not asked for");
  }

  @Override
  public Mono<Held> putAside(PutAside message) {
    throw new AssertionError("not asked for");
  }
}
