package io.gatepost.scanner.socket;

import io.gatepost.scanner.scan.ScannerFailedException;
import io.gatepost.scanner.scan.ScannerFailedException.Kind;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.socket.DuplexChannel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.netty.Connection;

/// One question that is being written while its answer is being read. What is read is seen by the
/// connection's event loop only.
final class Exchange {

  private final ScannerSocket socket;
  private final Connection connection;
  private final Question question;
  private final MonoSink<Answer> sink;
  private final Conversation conversation;
  private final ByteArrayOutputStream answer = new ByteArrayOutputStream();
  private final Disposable.Swap writing = Disposables.swap();

  private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.ASKING);

  private volatile @Nullable Throwable writeError;

  /// Whether what comes is of no interest any more.
  private boolean over;

  Exchange(
      ScannerSocket socket,
      Connection connection,
      Question question,
      MonoSink<Answer> sink,
      Conversation conversation) {
    this.socket = socket;
    this.connection = connection;
    this.question = question;
    this.sink = sink;
    this.conversation = conversation;
  }

  private enum Phase {
    /// The scanner has some of the question.
    ASKING,
    /// It may have the whole.
    ASKED,
    /// It will not get the rest.
    LEFT
  }

  void run() {
    sink.onCancel(this::giveUp);
    connection
        .inbound()
        .receive()
        .subscribe(this::take, this::readingEnded, () -> readingEnded(null));
    writing.update(
        question
            .octets()
            .concatMap(this::write, 1)
            .then(Mono.defer(this::end))
            .contextWrite(sink.contextView())
            .subscribe(nothing -> {}, this::writingFailed));
  }

  private Mono<Void> end() {
    if (!phase.compareAndSet(Phase.ASKING, Phase.ASKED)) {
      return Mono.empty();
    }
    return switch (question.end()) {
      case Question.LastOctets last -> write(last.buffer());
      case Question.HalfClose _ -> done(this::halfClose);
    };
  }

  private ChannelFuture halfClose() {
    return ((DuplexChannel) connection.channel()).shutdownOutput();
  }

  private Mono<Void> write(ByteBuf octets) {
    return done(() -> connection.channel().writeAndFlush(octets));
  }

  /// Completes when the channel has done something.
  private static Mono<Void> done(java.util.function.Supplier<ChannelFuture> task) {
    return Mono.create(written ->
        task.get()
            .addListener(future -> {
              if (future.isSuccess()) {
                written.success();
              } else {
                Throwable cause = future.cause();
                written.error(cause instanceof IOException ? new WriteFailure(cause) : cause);
              }
            }));
  }

  /// Where writing fails, reading tells the rest: an answer, or that there is none.
  private void writingFailed(Throwable error) {
    if (error instanceof WriteFailure failure) {
      writeError = failure.getCause();
    } else {
      sink.error(error); // before the end of reading, which closing brings about
      close();
    }
  }

  private void take(ByteBuf octets) {
    if (over) {
      return;
    }
    int count = octets.readableBytes();
    if (answer.size() + count > question.answer().longest()) {
      over = true;
      close();
      sink.error(
          new ScannerFailedException(
              Kind.GARBLED,
              "%s: an answer of more than %d octets"
                  .formatted(socket.address(), question.answer().longest())));
      return;
    }
    int mark = question.answer().endMark().orElse(-1);
    int length = mark < 0 ? -1 : octets.bytesBefore((byte) mark);
    byte[] taken = new byte[length < 0 ? count : length + 1];
    octets.readBytes(taken);
    answer.writeBytes(taken);
    if (length >= 0) {
      answered();
    }
  }

  private void readingEnded(@Nullable Throwable error) {
    if (over) {
      return;
    }
    if (answer.size() > 0) {
      answered();
      return;
    }
    over = true;
    close();
    Throwable cause = error == null ? writeError : error;
    sink.error(
        socket.unreachable(cause == null ? new IOException("closed without an answer") : cause));
  }

  private void answered() {
    over = true;
    boolean toAll = phase.get() == Phase.ASKED;
    close();
    sink.success(new Answer(answer.toByteArray(), toAll));
  }

  /// Nobody waits any more. A scanner that has the whole question works on, as does one that takes
  /// the end of the connection for that of the question. Others leave it when the connection is
  /// closed.
  private void giveUp() {
    boolean isWhole = !phase.compareAndSet(Phase.ASKING, Phase.LEFT);
    boolean worksOn = isWhole || question.end() instanceof Question.HalfClose;
    if (!worksOn || question.lingering().isZero() || connection.isDisposed()) {
      close();
      return;
    }
    conversation.linger(connection);
    writing.dispose();
    if (!isWhole) {
      halfClose();
    }
    connection
        .channel()
        .eventLoop()
        .schedule(this::close, question.lingering().toMillis(), TimeUnit.MILLISECONDS);
  }

  private void close() {
    writing.dispose();
    connection.dispose();
  }

  /// The channel has not written something.
  private static final class WriteFailure extends IOException {
    private static final long serialVersionUID = 1L;

    WriteFailure(Throwable cause) {
      super(cause);
    }
  }
}
