package io.gatepost.queue;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.Generation;
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
import io.gatepost.queue.QueueProperties.Durability;
import io.gatepost.queue.content.DiskReserve;
import io.gatepost.queue.content.FileContentStore;
import io.gatepost.queue.log.append.LogAppender;
import io.gatepost.queue.log.append.LogAppender.Appended;
import io.gatepost.queue.log.append.LogMeters;
import io.gatepost.queue.log.conclude.ConclusionWriter;
import io.gatepost.queue.quarantine.QuarantineIntake;
import io.gatepost.rpc.trace.Span;
import io.gatepost.rpc.trace.Traces;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// The Queue port on the log and the content store. A repeated `Enqueue` of the same queue id and
/// generation joins the first one; what is repeated later than that is caught by delivery-service,
/// which knows what has ended.
final class LogQueue implements Queue {

  private static final Logger log = LoggerFactory.getLogger(LogQueue.class);
  private static final int REMEMBERED = 10_000;
  private static final Duration REMEMBERED_FOR = Duration.ofMinutes(10);

  private final LogAppender appender;
  private final ConclusionWriter conclusions;
  private final FileContentStore contents;
  private final DiskReserve disk;
  private final LogMeters meters;
  private final Durability durability;
  private final QuarantineIntake quarantine;
  private final Traces traces;
  private final Cache<Generation, CompletableFuture<Enqueued>> enqueued =
      Caffeine.newBuilder().maximumSize(REMEMBERED).expireAfterWrite(REMEMBERED_FOR).build();

  /// Content that was released lately, as its message has ended.
  private final Cache<QueueId, Boolean> released =
      Caffeine.newBuilder().maximumSize(REMEMBERED).expireAfterWrite(REMEMBERED_FOR).build();

  LogQueue(
      LogAppender appender,
      ConclusionWriter conclusions,
      FileContentStore contents,
      DiskReserve disk,
      LogMeters meters,
      Durability durability,
      QuarantineIntake quarantine,
      Traces traces) {
    this.appender = appender;
    this.conclusions = conclusions;
    this.contents = contents;
    this.disk = disk;
    this.meters = meters;
    this.durability = durability;
    this.quarantine = quarantine;
    this.traces = traces;
    if (durability == Durability.REPLICATED) {
      log.warn(
          "durability=replicated: content above gatepost.edge.inline-threshold is refused (452), as"
              + " it would lie in files of this machine only");
    }
  }

  @Override
  public Mono<Enqueued> enqueue(EnvelopeRecord message, AppendLimit limit) {
    return Mono.deferContextual(context -> {
      disk.check();
      if (message.envelope().content() instanceof ContentRef.Stored) {
        checkStoreIsDurable();
      }
      Generation key = new Generation(message.envelope().id(), message.envelope().generation());
      // Not cancelled with its caller: the record is on its way.
      return Mono.fromFuture(joined(key, message, limit, Span.of(context)), true);
    });
  }

  @Override
  public Mono<Void> conclude(Conclusion conclusion) {
    return Mono.deferContextual(context -> {
      Traces.Sent sent = traces.send("queue conclusion", Span.of(context));
      return Mono.fromFuture(conclusions.write(conclusion, sent.fields()), true)
          .doFinally(_ -> sent.span().end());
    });
  }

  @Override
  public Mono<Void> complete(List<Completion> completions) {
    return Flux.fromIterable(completions)
        .flatMap(completion ->
            switch (completion.content()) {
              case ContentRef.Inline _ -> Mono.<Void>empty();
              case ContentRef.Stored stored -> release(stored.key());
            })
        .then();
  }

  private Mono<Void> release(QueueId content) {
    released.put(content, true);
    return deleteContent(content);
  }

  @Override
  public Mono<ContentRef.Stored> putContent(QueueId id, Flux<DataBuffer> content) {
    return Mono.defer(() -> {
      disk.check();
      checkStoreIsDurable();
      return contents.put(id, content.doOnNext(this::checkAgain));
    });
  }

  @Override
  public Flux<DataBuffer> getContent(QueueId id) {
    return contents.get(id);
  }

  @Override
  public Mono<byte[]> getRange(QueueId id, long from, int octets) {
    if (from < 0 || octets < 1 || octets > MAX_RANGE) {
      return Mono.error(
          new RpcException(
              RpcStatus.INVALID_ARGUMENT,
              "range from %d of %d octets (expected: from 0 or more, 1 to %d octets)"
                  .formatted(from, octets, MAX_RANGE)));
    }
    return Mono.defer(() -> Mono.fromFuture(contents.range(id, from, octets)));
  }

  @Override
  public Mono<Void> deleteContent(QueueId id) {
    return Mono.defer(() -> Mono.fromFuture(contents.delete(id), true))
        .doOnError(error -> log.warn("qid={} content not deleted: {}", id, error.toString()));
  }

  @Override
  public Mono<Carried> carryForward(EnvelopeRecord message) {
    return Mono.defer(() -> Mono.fromFuture(appender.appendCopy(message), true))
        .map(copy -> new Carried(copy.offset()));
  }

  @Override
  public Mono<Held> putAside(PutAside message) {
    return Mono.defer(() -> {
      disk.check();
      return quarantine.putAside(message);
    });
  }

  /// The content store keeps one copy, on this machine.
  private void checkStoreIsDurable() {
    if (durability == Durability.REPLICATED) {
      throw new RpcException(
          RpcStatus.RESOURCE_EXHAUSTED,
          "content that has no room in its record is not stored, as files are not replicated"
              + " (gatepost.queue.durability=replicated)");
    }
  }

  /// For each piece: an upload may be long, and many of them slow.
  private void checkAgain(DataBuffer piece) {
    try {
      disk.check();
    } catch (RpcException e) {
      DataBufferUtils.release(piece);
      throw e;
    }
  }

  private CompletableFuture<Enqueued> append(
      EnvelopeRecord message, AppendLimit limit, Span parent) {
    Traces.Sent sent = traces.send("queue append", parent);
    sent.span().note(Traces.QUEUE_ID, message.envelope().id());
    CompletableFuture<Appended> appended =
        switch (message.envelope().content()) {
          case ContentRef.Inline _ -> appender.append(message, limit, sent.fields());
          case ContentRef.Stored stored ->
              contents
                  .sync(stored.key())
                  .thenCompose(synced -> appender.append(message, limit, sent.fields()));
        };
    return appended
        .thenApply(Appended::at)
        .exceptionallyCompose(error -> whereItHasEnded(message, limit, error))
        .thenApply(at -> new Enqueued(message.envelope().id(), durability.label(), at))
        .whenComplete((done, error) -> {
          sent.span().end();
          if (error == null) {
            meters.enqueued();
          } else {
            meters.enqueueFailed();
          }
        });
  }

  /// An earlier call whose answer was lost may have put the message on the log, and it may have
  /// been delivered since: its content is gone because it has ended. Only what came to the log
  /// within its limit is attempted.
  private CompletableFuture<Instant> whereItHasEnded(
      EnvelopeRecord message, AppendLimit limit, Throwable error) {
    boolean hasEnded =
        message.envelope().content() instanceof ContentRef.Stored stored
            && released.getIfPresent(stored.key()) != null;
    return hasEnded
        ? CompletableFuture.completedFuture(limit.until())
        : CompletableFuture.failedFuture(error);
  }

  /// A failure is not remembered: whoever repeats the call tries again.
  private CompletableFuture<Enqueued> joined(
      Generation key, EnvelopeRecord message, AppendLimit limit, Span parent) {
    CompletableFuture<Enqueued> result = enqueued.get(key, any -> append(message, limit, parent));
    if (result.isCompletedExceptionally()) {
      enqueued.asMap().remove(key, result);
    } else if (!result.isDone()) {
      CompletableFuture<Enqueued> unused =
          result.whenComplete((value, error) -> {
            if (error != null) {
              enqueued.asMap().remove(key, result);
            }
          });
    }
    return result;
  }
}
