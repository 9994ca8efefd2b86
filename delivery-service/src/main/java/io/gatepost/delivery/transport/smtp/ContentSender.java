package io.gatepost.delivery.transport.smtp;

import io.gatepost.contract.content.StoredContent;
import io.gatepost.contract.content.TransformedContent;
import io.gatepost.contract.content.UnreadableContentException;
import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.queue.Queue;
import io.gatepost.delivery.transport.ContentView;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import java.util.Optional;
import org.reactivestreams.Subscription;
import org.springframework.core.io.buffer.DataBuffer;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.SignalType;

/// Streams stored content to a next hop at its speed: the next piece is read when the one before is
/// written, so no message is ever whole in memory.
final class ContentSender {

  private final Queue queue;

  ContentSender(Queue queue) {
    this.queue = queue;
  }

  /// Where the content goes; called on the channel's event loop only.
  interface Sink {
    /// The next octets. The sender goes on when they are written, and stops where they are not.
    ChannelFuture piece(byte[] octets);

    /// That was all, or what went wrong with reading it.
    void end(Optional<UnreadableContentException> error);
  }

  /// Sends content.
  ///
  /// @param view of it that the next hop gets
  void send(ContentRef.Stored content, ContentView view, ChannelHandlerContext channel, Sink sink) {
    Pieces pieces = new Pieces(channel, sink);
    channel.channel().closeFuture().addListener(pieces.whenClosed);
    TransformedContent.of(StoredContent.read(queue, content), view::transform).subscribe(pieces);
  }

  private static final class Pieces extends BaseSubscriber<DataBuffer> {
    private final ChannelHandlerContext channel;
    private final Sink sink;
    private final ChannelFutureListener whenClosed = closed -> dispose();

    Pieces(ChannelHandlerContext channel, Sink sink) {
      this.channel = channel;
      this.sink = sink;
    }

    @Override
    protected void hookOnSubscribe(Subscription subscription) {
      request(1);
    }

    @Override
    protected void hookOnNext(DataBuffer buffer) {
      byte[] piece = StoredContent.octets(buffer);
      channel.executor().execute(() -> write(piece));
    }

    private void write(byte[] piece) {
      sink.piece(piece)
          .addListener(write -> {
            if (write.isSuccess()) {
              request(1);
            } else {
              cancel();
            }
          });
    }

    /// A connection sends many messages, and would keep each of them until its end.
    @Override
    protected void hookFinally(SignalType type) {
      channel.channel().closeFuture().removeListener(whenClosed);
    }

    @Override
    protected void hookOnComplete() {
      channel.executor().execute(() -> sink.end(Optional.empty()));
    }

    @Override
    protected void hookOnError(Throwable error) {
      channel.executor().execute(() -> sink.end(Optional.of(UnreadableContentException.of(error))));
    }
  }
}
