package io.gatepost.delivery.transport.smtp;

import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.queue.Queue;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.reactivestreams.Subscription;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import reactor.core.publisher.BaseSubscriber;

/// Streams stored content to a next hop at its speed: the next piece is read when the one before is
/// written, so no message is ever whole in memory.
final class ContentSender {

  private final Queue queue;

  ContentSender(Queue queue) {
    this.queue = queue;
  }

  /// Sends content in wire form.
  ///
  /// @param progress is called on the channel's event loop whenever the host has taken a piece
  /// @param done is called on the channel's event loop, with what went wrong
  void send(
      ContentRef.Stored content,
      ChannelHandlerContext channel,
      Runnable progress,
      Consumer<Optional<Throwable>> done) {
    queue.getContent(content.key()).subscribe(new Pieces(content, channel, progress, done));
  }

  private static final class Pieces extends BaseSubscriber<DataBuffer> {
    private final ContentRef.Stored content;
    private final ChannelHandlerContext channel;
    private final Runnable progress;
    private final Consumer<Optional<Throwable>> done;
    private final AtomicLong sent = new AtomicLong();

    Pieces(
        ContentRef.Stored content,
        ChannelHandlerContext channel,
        Runnable progress,
        Consumer<Optional<Throwable>> done) {
      this.content = content;
      this.channel = channel;
      this.progress = progress;
      this.done = done;
    }

    @Override
    protected void hookOnSubscribe(Subscription subscription) {
      request(1);
    }

    @Override
    protected void hookOnNext(DataBuffer buffer) {
      byte[] piece = new byte[buffer.readableByteCount()];
      buffer.read(piece);
      DataBufferUtils.release(buffer);
      sent.addAndGet(piece.length);
      channel
          .writeAndFlush(Unpooled.wrappedBuffer(piece))
          .addListener(write -> {
            if (write.isSuccess()) {
              progress.run();
              request(1);
            } else {
              cancel();
            }
          });
    }

    @Override
    protected void hookOnComplete() {
      boolean whole = sent.get() == content.octets();
      end(
          whole
              ? Optional.empty()
              : Optional.of(
                  new IllegalStateException(
                      "content: " + sent + " octets (expected: " + content.octets() + ")")));
    }

    @Override
    protected void hookOnError(Throwable error) {
      end(Optional.of(error));
    }

    private void end(Optional<Throwable> error) {
      channel.executor().execute(() -> done.accept(error));
    }
  }
}
