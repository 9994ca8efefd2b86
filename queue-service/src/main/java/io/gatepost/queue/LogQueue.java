package io.gatepost.queue;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.event.Topics;
import io.gatepost.contract.queue.Carried;
import io.gatepost.contract.queue.Completion;
import io.gatepost.contract.queue.Conclusion;
import io.gatepost.contract.queue.Enqueued;
import io.gatepost.contract.queue.Queue;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.queue.content.DiskReserve;
import io.gatepost.queue.content.FileContentStore;
import io.gatepost.queue.log.ConclusionWriter;
import io.gatepost.queue.log.LogAppender;
import io.gatepost.queue.log.LogMeters;
import java.time.Duration;
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
  private static final Duration REMEMBERED_FOR = Duration.ofMinutes(1);

  private final LogAppender appender;
  private final ConclusionWriter conclusions;
  private final FileContentStore contents;
  private final DiskReserve disk;
  private final LogMeters meters;
  private final String durability;
  private final Cache<Generation, CompletableFuture<Enqueued>> enqueued =
      Caffeine.newBuilder().maximumSize(REMEMBERED).expireAfterWrite(REMEMBERED_FOR).build();

  private record Generation(QueueId id, int generation) {}

  LogQueue(
      LogAppender appender,
      ConclusionWriter conclusions,
      FileContentStore contents,
      DiskReserve disk,
      LogMeters meters,
      String durability) {
    this.appender = appender;
    this.conclusions = conclusions;
    this.contents = contents;
    this.disk = disk;
    this.meters = meters;
    this.durability = durability;
  }

  @Override
  public Mono<Enqueued> enqueue(EnvelopeRecord message) {
    return Mono.defer(() -> {
      disk.check();
      Generation key = new Generation(message.envelope().id(), message.envelope().generation());
      // Not cancelled with its caller: the record is on its way.
      return Mono.fromFuture(joined(key, message), true);
    });
  }

  @Override
  public Mono<Void> defer(Conclusion conclusion) {
    return Mono.defer(() -> Mono.fromFuture(conclusions.write(conclusion), true));
  }

  @Override
  public Mono<Void> complete(List<Completion> completions) {
    return Flux.fromIterable(completions)
        .flatMap(completion ->
            switch (completion.content()) {
              case ContentRef.Inline _ -> Mono.<Void>empty();
              case ContentRef.Stored stored -> deleteContent(stored.key());
            })
        .then();
  }

  @Override
  public Mono<ContentRef.Stored> putContent(QueueId id, Flux<DataBuffer> content) {
    return Mono.defer(() -> {
      disk.check();
      return contents.put(id, content.doOnNext(this::checkAgain));
    });
  }

  @Override
  public Flux<DataBuffer> getContent(QueueId id) {
    return contents.get(id);
  }

  @Override
  public Mono<Void> deleteContent(QueueId id) {
    return Mono.defer(() -> Mono.fromFuture(contents.delete(id), true))
        .doOnError(error -> log.warn("qid={} content not deleted: {}", id, error.toString()));
  }

  @Override
  public Mono<Carried> carryForward(EnvelopeRecord message) {
    return Mono.defer(() -> Mono.fromFuture(appender.append(Topics.DUE, message), true))
        .map(Carried::new);
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

  private CompletableFuture<Enqueued> append(EnvelopeRecord message) {
    CompletableFuture<Long> appended =
        switch (message.envelope().content()) {
          case ContentRef.Inline _ -> appender.append(Topics.READY, message);
          case ContentRef.Stored stored ->
              contents
                  .sync(stored.key())
                  .thenCompose(synced -> appender.append(Topics.READY, message));
        };
    return appended
        .thenApply(done -> new Enqueued(message.envelope().id(), durability))
        .whenComplete((done, error) -> {
          if (error == null) {
            meters.enqueued();
          } else {
            meters.enqueueFailed();
          }
        });
  }

  /// A failure is not remembered: whoever repeats the call tries again.
  private CompletableFuture<Enqueued> joined(Generation key, EnvelopeRecord message) {
    CompletableFuture<Enqueued> result = enqueued.get(key, any -> append(message));
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
