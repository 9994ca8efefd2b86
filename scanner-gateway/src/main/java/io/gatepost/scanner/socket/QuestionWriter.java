package io.gatepost.scanner.socket;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.util.function.Consumer;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.util.context.Context;

/// Writes pieces to a channel in few large writes: what is there at once goes out together, up to
/// [#AT_ONCE] octets. No more is asked for before these have left.
final class QuestionWriter extends BaseSubscriber<ByteBuf> {

  static final int AT_ONCE = 64 * 1024;

  private final Channel channel;
  private final Context context;
  private final Runnable whenAllIsTaken;
  private final Consumer<Throwable> whenUnreadable;
  private final Consumer<Throwable> whenNotWritten;

  /// Octets that have not left, as far as is known here.
  private int pending;

  /// @param whenAllIsTaken runs when the last piece was given to the channel
  /// @param whenUnreadable is told why there are no more pieces
  /// @param whenNotWritten is told why the channel takes no more
  QuestionWriter(
      Channel channel,
      Context context,
      Runnable whenAllIsTaken,
      Consumer<Throwable> whenUnreadable,
      Consumer<Throwable> whenNotWritten) {
    this.channel = channel;
    this.context = context;
    this.whenAllIsTaken = whenAllIsTaken;
    this.whenUnreadable = whenUnreadable;
    this.whenNotWritten = whenNotWritten;
  }

  @Override
  public Context currentContext() {
    return context;
  }

  @Override
  protected void hookOnSubscribe(Subscription subscription) {
    subscription.request(1);
  }

  @Override
  protected void hookOnNext(ByteBuf octets) {
    boolean isFirst = pending == 0;
    pending += octets.readableBytes();
    ChannelFuture written = channel.write(octets);
    if (pending >= AT_ONCE) {
      pending = 0;
      written.addListener(_ -> left(written));
      channel.flush();
      return;
    }
    if (isFirst) {
      // After what comes at once: where nothing does, this does not wait for it.
      channel.eventLoop().execute(channel::flush);
    }
    request(1);
  }

  private void left(ChannelFuture written) {
    if (written.isSuccess()) {
      request(1);
    } else {
      cancel();
      whenNotWritten.accept(written.cause());
    }
  }

  @Override
  protected void hookOnComplete() {
    whenAllIsTaken.run();
  }

  @Override
  protected void hookOnError(Throwable error) {
    whenUnreadable.accept(error);
  }
}
