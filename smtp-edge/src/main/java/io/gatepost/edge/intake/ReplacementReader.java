package io.gatepost.edge.intake;

import io.gatepost.contract.content.StoredContent;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.reactivestreams.Subscription;
import org.springframework.core.io.buffer.DataBuffer;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.MonoSink;
import reactor.util.context.Context;

/// Passes content that is pulled to a [ContentReceiver], a piece at a time and no faster than the
/// content store takes it.
final class ReplacementReader extends BaseSubscriber<DataBuffer> {

  private final ContentReceiver receiver;
  private final long expected;
  private final MonoSink<ReceivedContent> sink;
  private final AtomicBoolean isWaiting = new AtomicBoolean();
  private long read;

  /// @param receiver made with what is to be run when it may be given more
  /// @param expected how many octets are to come; fewer or more are an error
  ReplacementReader(
      Function<Runnable, ContentReceiver> receiver, long expected, MonoSink<ReceivedContent> sink) {
    this.receiver = receiver.apply(this::readOn);
    this.expected = expected;
    this.sink = sink;
  }

  /// It is not waited for any more.
  void giveUp() {
    cancel();
  }

  @Override
  public Context currentContext() {
    return Context.of(sink.contextView());
  }

  @Override
  protected void hookOnSubscribe(Subscription subscription) {
    request(1);
  }

  @Override
  protected void hookOnNext(DataBuffer piece) {
    byte[] octets = StoredContent.octets(piece);
    read += octets.length;
    receiver.take(octets, 0, octets.length);
    isWaiting.set(true);
    readOn();
  }

  @Override
  protected void hookOnComplete() {
    if (read != expected) {
      hookOnError(
          new RpcException(
              RpcStatus.UNAVAILABLE,
              "replacement of %d octets (expected: %d)".formatted(read, expected)));
      return;
    }
    receiver.endOfChunks();
    ReceivedContent received = receiver.finish();
    // The message's own content is counted until its reply, and stands for this one.
    receiver.release();
    sink.success(received);
  }

  @Override
  protected void hookOnError(Throwable error) {
    receiver.abandon();
    sink.error(error);
  }

  @Override
  protected void hookOnCancel() {
    receiver.abandon();
  }

  private void readOn() {
    if (isWaiting.get() && receiver.mayReadOn() && isWaiting.compareAndSet(true, false)) {
      request(1);
    }
  }
}
