package io.gatepost.scanner;

import io.gatepost.contract.content.ContentSource;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.queue.Queue;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/// Stored content from queue-service, pulled a range at a time: the next one is asked for when the
/// scanner has taken the last, so that no more than one of a message is in memory, and a slow
/// scanner holds no connection. A range that got lost on its way is asked for again.
final class PulledContent implements ContentSource {

  /// Scanners are given no larger pieces.
  private static final int PIECE = 64 * 1024;

  private static final int REPEATS = 3;
  private static final Duration PAUSE = Duration.ofMillis(200);
  private static final byte[] NOTHING = new byte[0];

  private final Queue queue;
  private final int range;

  PulledContent(Queue queue) {
    this(queue, Queue.MAX_RANGE);
  }

  /// @param range octets at a time
  PulledContent(Queue queue, int range) {
    this.queue = queue;
    this.range = range;
  }

  @Override
  public Flux<DataBuffer> getContent(QueueId id) {
    return Flux.<Long, Long>generate(
            () -> 0L,
            (at, sink) -> {
              sink.next(at);
              return at + range;
            })
        .concatMap(at -> range(id, at), 0)
        .takeUntil(octets -> octets.length < range)
        .concatMapIterable(PulledContent::pieces, 1);
  }

  private Mono<byte[]> range(QueueId id, long from) {
    return Mono.defer(() -> queue.getRange(id, from, range))
        .defaultIfEmpty(NOTHING)
        .retryWhen(
            Retry.backoff(REPEATS, PAUSE)
                .filter(PulledContent::mayPass)
                .onRetryExhaustedThrow((_, last) -> last.failure()));
  }

  private static boolean mayPass(Throwable error) {
    return error instanceof RpcException rpc
        && (rpc.status() == RpcStatus.UNAVAILABLE || rpc.status() == RpcStatus.UNKNOWN);
  }

  private static List<DataBuffer> pieces(byte[] octets) {
    List<DataBuffer> pieces = new ArrayList<>(octets.length / PIECE + 1);
    for (int at = 0; at < octets.length; at += PIECE) {
      pieces.add(
          DefaultDataBufferFactory.sharedInstance
              .wrap(octets)
              .slice(at, Math.min(PIECE, octets.length - at)));
    }
    return pieces;
  }
}
