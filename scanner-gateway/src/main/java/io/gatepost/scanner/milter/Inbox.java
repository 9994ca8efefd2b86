package io.gatepost.scanner.milter;

import io.gatepost.scanner.scan.ScannerFailedException;
import io.gatepost.scanner.scan.ScannerFailedException.Kind;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/// A filter's packets, handed out one by one. Reads on only when all that has come is handed out,
/// so that a filter that talks without end fills no memory.
final class Inbox extends BaseSubscriber<byte[]> {

  private final PacketDecoder decoder = new PacketDecoder();
  private final Deque<Packet> packets = new ArrayDeque<>();
  private @Nullable MonoSink<Packet> waiting;
  private @Nullable Throwable ended;
  private boolean isReading;
  private boolean hasAny;
  private @Nullable Runnable resting;

  /// The next packet. Fails with [ScannerFailedException] where there is none any more. One caller
  /// at a time.
  Mono<Packet> next() {
    return Mono.create(sink -> {
      Packet packet;
      Throwable end = null;
      synchronized (this) {
        packet = packets.poll();
        if (packet == null) {
          end = ended;
          if (end == null) {
            waiting = sink;
            sink.onCancel(() -> forget(sink));
          }
        }
      }
      if (packet != null) {
        readOn();
        sink.success(packet);
      } else if (end != null) {
        sink.error(end);
      }
    });
  }

  /// Whether packets are there that were not waited for, or half of one.
  synchronized boolean isUnclean() {
    return !packets.isEmpty() || decoder.isWithin();
  }

  /// Whether nothing more comes.
  synchronized boolean isEnded() {
    return ended != null;
  }

  /// Whether anything has come since [#beginCount].
  synchronized boolean hasAny() {
    return hasAny;
  }

  synchronized void beginCount() {
    hasAny = false;
    resting = null;
  }

  /// From now on nothing is expected, until [#beginCount].
  ///
  /// @param onUnasked runs once where something comes, or is here already; on any thread
  void rest(Runnable onUnasked) {
    boolean isHere;
    synchronized (this) {
      isHere = isUnclean();
      resting = isHere ? null : onUnasked;
    }
    if (isHere) {
      onUnasked.run();
    }
  }

  @Override
  protected void hookOnSubscribe(Subscription subscription) {
    readOn();
  }

  @Override
  protected void hookOnNext(byte[] piece) {
    MonoSink<Packet> sink = null;
    Packet packet = null;
    Throwable failure = null;
    Runnable onUnasked;
    synchronized (this) {
      isReading = false;
      hasAny = true;
      onUnasked = resting;
      resting = null;
      try {
        packets.addAll(decoder.next(piece));
      } catch (ScannerFailedException e) {
        failure = e;
      }
      if (failure == null && waiting != null && !packets.isEmpty()) {
        sink = waiting;
        waiting = null;
        packet = packets.poll();
      }
    }
    if (onUnasked != null) {
      onUnasked.run();
    }
    if (failure != null) {
      cancel();
      end(failure);
      return;
    }
    readOn();
    if (sink != null) {
      sink.success(packet);
    }
  }

  @Override
  protected void hookOnComplete() {
    boolean half;
    synchronized (this) {
      half = decoder.isWithin();
    }
    end(
        half
            ? new ScannerFailedException(Kind.GARBLED, "closed the connection within a packet")
            : new ScannerFailedException(Kind.UNREACHABLE, "closed the connection"));
  }

  @Override
  protected void hookOnError(Throwable error) {
    end(
        new ScannerFailedException(
            Kind.UNREACHABLE, "connection broken: " + error.getMessage(), error));
  }

  private void end(Throwable failure) {
    MonoSink<Packet> sink;
    synchronized (this) {
      if (ended == null) {
        ended = failure;
      }
      sink = waiting;
      waiting = null;
    }
    if (sink != null) {
      sink.error(failure);
    }
  }

  private void readOn() {
    synchronized (this) {
      if (isReading || ended != null || !packets.isEmpty()) {
        return;
      }
      isReading = true;
    }
    request(1);
  }

  private synchronized void forget(MonoSink<Packet> sink) {
    if (sink.equals(waiting)) {
      waiting = null;
    }
  }
}
