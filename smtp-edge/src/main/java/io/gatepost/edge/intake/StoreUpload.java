package io.gatepost.edge.intake;

import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.queue.Queue;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/// The way of one message into the content store. Holds one of the uploads that there may be at a
/// time until the store has the content, has failed, or the upload is cancelled.
final class StoreUpload {

  private final ContentStream stream;
  private final Sinks.One<ContentRef.Stored> stored = Sinks.one();
  private final Disposable subscription;

  /// @param memory of which [ContentMemory#beginUpload] has been granted
  /// @param onDrained called, on any thread, when [#isWaiting] may have become false
  StoreUpload(QueueId id, Queue queue, ContentMemory memory, Runnable onDrained) {
    this.stream = new ContentStream(onDrained);
    this.subscription =
        queue
            .putContent(id, stream)
            .doFinally(_ -> memory.endUpload())
            .subscribe(
                stored::tryEmitValue,
                error -> {
                  stored.tryEmitError(error);
                  stream.discard();
                });
  }

  /// Whether the store has yet to take what it was given.
  boolean isWaiting() {
    return stream.isWaiting();
  }

  /// Passes octets on. The array is the store's from now on.
  void pass(byte[] octets) {
    stream.offer(octets);
  }

  /// Passes the last octets on. One who cancels the result has no use for the content: the store
  /// removes what it has.
  Mono<ContentRef.Stored> finish(byte[] last) {
    stream.offer(last);
    stream.complete();
    return stored.asMono().doOnCancel(subscription::dispose);
  }

  /// Ends the upload before its end: the store removes what it has.
  void cancel() {
    subscription.dispose();
  }
}
