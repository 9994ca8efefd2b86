package io.gatepost.edge.intake;

import java.util.ArrayDeque;
import java.util.Queue;
import org.reactivestreams.Subscription;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;

/// The octets of a large message on their way to the content store: fed by the session, drained at
/// the store's speed. The session stops reading from its client while a chunk waits.
final class ContentStream extends Flux<DataBuffer> {

  private final Queue<byte[]> waiting = new ArrayDeque<>(2);
  private final Runnable onDrained;
  private CoreSubscriber<? super DataBuffer> subscriber;
  private long demand;
  private boolean ended;
  private boolean cancelled;
  private boolean draining;

  /// @param onDrained called, on any thread, whenever no chunk waits any more
  @SuppressWarnings("NullAway.Init") // the subscriber comes with subscribe(), once
  ContentStream(Runnable onDrained) {
    this.onDrained = onDrained;
  }

  /// Hands a chunk over; the array is given away.
  void offer(byte[] chunk) {
    synchronized (this) {
      if (!cancelled) {
        waiting.add(chunk);
      }
    }
    drain();
  }

  /// No more chunks.
  void complete() {
    synchronized (this) {
      ended = true;
    }
    drain();
  }

  /// The store has failed: what waits and what comes is dropped, so that the client can finish and
  /// be told.
  void discard() {
    synchronized (this) {
      cancelled = true;
      waiting.clear();
    }
    onDrained.run();
  }

  /// Whether a chunk waits for the store.
  synchronized boolean isWaiting() {
    return !waiting.isEmpty();
  }

  @Override
  public void subscribe(CoreSubscriber<? super DataBuffer> actual) {
    synchronized (this) {
      if (subscriber != null) {
        throw new IllegalStateException("a message's content is read once");
      }
      subscriber = actual;
    }
    actual.onSubscribe(new StreamSubscription());
    drain();
  }

  private void drain() {
    boolean drained = false;
    synchronized (this) {
      if (draining || subscriber == null) {
        return;
      }
      draining = true;
    }
    while (true) {
      byte[] chunk;
      synchronized (this) {
        chunk = demand > 0 && !cancelled ? waiting.poll() : null;
        if (chunk == null) {
          draining = false;
          if (ended && waiting.isEmpty() && !cancelled) {
            cancelled = true;
            subscriber.onComplete();
          }
          break;
        }
        demand--;
        drained = waiting.isEmpty();
      }
      subscriber.onNext(DefaultDataBufferFactory.sharedInstance.wrap(chunk));
    }
    if (drained) {
      onDrained.run();
    }
  }

  private final class StreamSubscription implements Subscription {
    @Override
    public void request(long n) {
      synchronized (ContentStream.this) {
        demand = demand + n < 0 ? Long.MAX_VALUE : demand + n;
      }
      drain();
    }

    @Override
    public void cancel() {
      discard();
    }
  }
}
