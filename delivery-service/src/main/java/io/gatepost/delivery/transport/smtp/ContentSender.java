package io.gatepost.delivery.transport.smtp;

import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.queue.Queue;
import io.gatepost.contract.queue.StoredContent;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import java.util.Optional;
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
    StoredContent.read(queue, content).subscribe(new Pieces(channel, progress, done));
  }

  private static final class Pieces extends BaseSubscriber<DataBuffer> {
    private final ChannelHandlerContext channel;
    private final Runnable progress;
    private final Consumer<Optional<Throwable>> done;

    Pieces(ChannelHandlerContext channel, Runnable progress, Consumer<Optional<Throwable>> done) {
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
      end(Optional.empty());
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
