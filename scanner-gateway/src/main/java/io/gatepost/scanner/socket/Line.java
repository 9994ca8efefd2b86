package io.gatepost.scanner.socket;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import reactor.netty.Connection;

/// One connection to a scanner, for one question at a time. All that comes is handed to the
/// question that is open; a scanner that speaks while there is none is left at once.
final class Line implements KeptSession {

  private final ScannerSocket socket;
  private final Connection connection;
  private final @Nullable Keeping keeping;
  private final long since = System.nanoTime();
  private final AtomicBoolean isWatched = new AtomicBoolean();

  /// The question that is open. Changed by the connection's event loop, and by whoever has taken
  /// the line.
  private volatile @Nullable Exchange<?> open;

  private volatile boolean isEnded;
  private int questions;

  /// @param keeping how it serves several questions; null where it serves one
  Line(ScannerSocket socket, Connection connection, @Nullable Keeping keeping) {
    this.socket = socket;
    this.connection = connection;
    this.keeping = keeping;
    connection.inbound().receive().subscribe(this::take, this::ended, () -> ended(null));
  }

  ScannerSocket socket() {
    return socket;
  }

  Channel channel() {
    return connection.channel();
  }

  Connection connection() {
    return connection;
  }

  /// Opens a question. Called by the event loop.
  ///
  /// @return its number on this connection, from 1
  int begin(Exchange<?> question) {
    open = question;
    questions++;
    if (isEnded) {
      question.readingEnded(null);
    } else if (questions == 1 && keeping != null) {
      channel().write(Unpooled.wrappedBuffer(keeping.opening()));
    }
    return questions;
  }

  /// Whether another question may follow this answer.
  boolean isKeptAfter(Answer answer) {
    return keeping != null
        && keeping.goesOn().test(answer)
        && System.nanoTime() - since < keeping.longest().toNanos()
        && isSound();
  }

  /// Whether its event loop is the caller's thread.
  boolean isHere() {
    return channel().eventLoop().inEventLoop();
  }

  @Override
  public boolean isSound() {
    return !isEnded && channel().isActive();
  }

  @Override
  public void rest() {
    open = null;
  }

  @Override
  public void quit() {
    if (keeping == null) {
      dispose();
      return;
    }
    channel()
        .writeAndFlush(Unpooled.wrappedBuffer(keeping.goodbye()))
        .addListener((ChannelFutureListener) _ -> dispose());
  }

  @Override
  public void dispose() {
    connection.dispose();
  }

  @Override
  public void onEnd(Runnable task) {
    if (isWatched.compareAndSet(false, true)) {
      connection.onDispose().subscribe(_ -> {}, _ -> task.run(), task);
    }
  }

  private void take(ByteBuf octets) {
    Exchange<?> question = open;
    if (question == null) {
      isEnded = true;
      dispose();
    } else {
      question.take(octets);
    }
  }

  private void ended(@Nullable Throwable error) {
    isEnded = true;
    Exchange<?> question = open;
    if (question == null) {
      dispose();
    } else {
      question.readingEnded(error);
    }
  }
}
