package io.gatepost.edge;

import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.event.AppendLimit;
import io.gatepost.contract.queue.Carried;
import io.gatepost.contract.queue.Completion;
import io.gatepost.contract.queue.Conclusion;
import io.gatepost.contract.queue.Enqueued;
import io.gatepost.contract.queue.Held;
import io.gatepost.contract.queue.PutAside;
import io.gatepost.contract.queue.Queue;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// A queue in memory that fails on command.
public final class FakeQueue implements Queue {

  public final List<EnvelopeRecord> messages = new CopyOnWriteArrayList<>();
  public final List<PutAside> putAside = new CopyOnWriteArrayList<>();
  public final Map<QueueId, byte[]> contents = new ConcurrentHashMap<>();

  /// Errors of the next calls to enqueue, one each.
  public final java.util.Queue<RuntimeException> failures = new ConcurrentLinkedQueue<>();

  /// How far its clock is ahead of ours.
  public volatile Duration ahead = Duration.ZERO;

  public volatile Optional<RuntimeException> failure = Optional.empty();
  public volatile int largestChunk;

  /// Done when content may be deleted.
  public volatile Mono<Void> deletions = Mono.empty();

  @Override
  public Mono<Enqueued> enqueue(EnvelopeRecord message, AppendLimit limit) {
    return Mono.defer(() -> {
      failure.ifPresent(error -> {
        throw error;
      });
      RuntimeException next = failures.poll();
      if (next != null) {
        throw next;
      }
      messages.add(message);
      Instant appended = Instant.now().plus(ahead).truncatedTo(ChronoUnit.MILLIS);
      return Mono.just(new Enqueued(message.envelope().id(), "memory", appended));
    });
  }

  @Override
  public Mono<ContentRef.Stored> putContent(QueueId id, Flux<DataBuffer> content) {
    return Mono.defer(() -> {
      failure.ifPresent(error -> {
        throw error;
      });
      return content
          .collect(
              ByteArrayOutputStream::new,
              (all, buffer) -> {
                byte[] chunk = new byte[buffer.readableByteCount()];
                buffer.read(chunk);
                largestChunk = Math.max(largestChunk, chunk.length);
                all.writeBytes(chunk);
              })
          .map(all -> {
            contents.put(id, all.toByteArray());
            return new ContentRef.Stored(id, all.size(), "");
          });
    });
  }

  @Override
  public Flux<DataBuffer> getContent(QueueId id) {
    return Flux.defer(
        () -> Flux.just(DefaultDataBufferFactory.sharedInstance.wrap(contents.get(id))));
  }

  @Override
  public Mono<byte[]> getRange(QueueId id, long from, int octets) {
    throw new AssertionError("not asked for");
  }

  @Override
  public Mono<Void> deleteContent(QueueId id) {
    return deletions.then(Mono.fromRunnable(() -> contents.remove(id)));
  }

  @Override
  public Mono<Void> conclude(Conclusion conclusion) {
    return Mono.error(new IllegalStateException("the edge defers nothing"));
  }

  @Override
  public Mono<Void> complete(List<Completion> completions) {
    return Mono.error(new IllegalStateException("the edge completes nothing"));
  }

  @Override
  public Mono<Carried> carryForward(EnvelopeRecord message) {
    return Mono.error(new IllegalStateException("the edge carries nothing forward"));
  }

  /// Fails as the next calls to enqueue do.
  @Override
  public Mono<Held> putAside(PutAside message) {
    return Mono.defer(() -> {
      failure.ifPresent(error -> {
        throw error;
      });
      RuntimeException next = failures.poll();
      if (next != null) {
        throw next;
      }
      putAside.add(message);
      return Mono.just(new Held(message.message().envelope().id(), Instant.now()));
    });
  }
}
