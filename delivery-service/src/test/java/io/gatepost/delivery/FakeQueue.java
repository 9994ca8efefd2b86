package io.gatepost.delivery;

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
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// A content store in memory; the log is not there.
public final class FakeQueue implements Queue {

  private static final int PIECE = 8 * 1024;

  private final Map<QueueId, byte[]> contents = new ConcurrentHashMap<>();
  private final Map<QueueId, PutAside> aside = new ConcurrentHashMap<>();
  private volatile Optional<RpcException> failure = Optional.empty();
  private volatile Optional<CompletableFuture<DataBuffer>> hanging = Optional.empty();

  public void put(EnvelopeRecord message, byte[] content) {
    contents.put(((ContentRef.Stored) message.envelope().content()).key(), content);
  }

  /// From now on no content can be read, and nothing be put aside.
  public void fail(RpcException error) {
    failure = Optional.of(error);
  }

  /// From now on reading content hangs, until what is returned completes.
  public CompletableFuture<DataBuffer> hang() {
    CompletableFuture<DataBuffer> end = new CompletableFuture<>();
    hanging = Optional.of(end);
    return end;
  }

  @Override
  public Flux<DataBuffer> getContent(QueueId id) {
    if (hanging.isPresent()) {
      return Mono.fromFuture(hanging.get(), true).flux();
    }
    if (failure.isPresent()) {
      return Flux.error(failure.get());
    }
    byte[] content = contents.get(id);
    if (content == null) {
      return Flux.error(new RpcException(RpcStatus.NOT_FOUND, "no content " + id));
    }
    List<DataBuffer> pieces = new ArrayList<>();
    for (int from = 0; from < content.length; from += PIECE) {
      pieces.add(
          DefaultDataBufferFactory.sharedInstance.wrap(
              java.util.Arrays.copyOfRange(content, from, Math.min(from + PIECE, content.length))));
    }
    return Flux.fromIterable(pieces);
  }

  @Override
  public Mono<Enqueued> enqueue(EnvelopeRecord message, AppendLimit limit) {
    return Mono.error(new UnsupportedOperationException("enqueue"));
  }

  @Override
  public Mono<Void> conclude(Conclusion conclusion) {
    return Mono.error(new UnsupportedOperationException("defer"));
  }

  @Override
  public Mono<Void> complete(List<Completion> completions) {
    return Mono.error(new UnsupportedOperationException("complete"));
  }

  @Override
  public Mono<ContentRef.Stored> putContent(QueueId id, Flux<DataBuffer> content) {
    return Mono.error(new UnsupportedOperationException("putContent"));
  }

  @Override
  public Mono<byte[]> getRange(QueueId id, long from, int octets) {
    throw new AssertionError("not asked for");
  }

  @Override
  public Mono<Void> deleteContent(QueueId id) {
    return Mono.error(new UnsupportedOperationException("deleteContent"));
  }

  @Override
  public Mono<Carried> carryForward(EnvelopeRecord message) {
    return Mono.error(new UnsupportedOperationException("carryForward"));
  }

  @Override
  public Mono<Held> putAside(PutAside message) {
    return Mono.defer(() -> {
      if (failure.isPresent()) {
        return Mono.error(failure.get());
      }
      aside.putIfAbsent(message.message().envelope().id(), message);
      return Mono.just(new Held(message.message().envelope().id(), Messages.ARRIVED));
    });
  }

  /// The messages in the quarantine.
  public List<PutAside> aside() {
    return List.copyOf(aside.values());
  }
}
