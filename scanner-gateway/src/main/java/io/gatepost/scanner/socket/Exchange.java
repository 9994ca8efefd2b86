package io.gatepost.scanner.socket;

import io.gatepost.scanner.scan.ScannerFailedException;
import io.gatepost.scanner.scan.ScannerFailedException.Kind;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.MonoSink;
import reactor.util.context.Context;

/// One question that is being written while its answer is being read. It begins, and reads, on the
/// connection's event loop.
final class Exchange<T> {

  private final Conversation conversation;
  private final Line line;
  private final Question question;
  private final Function<Answer, T> reader;
  private final MonoSink<T> sink;
  private final Channel channel;
  private final QuestionWriter writer;
  private final ByteArrayOutputStream answer = new ByteArrayOutputStream(64);
  private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.ASKING);

  private volatile @Nullable Throwable writeError;
  private volatile boolean isWritten;
  private int number;

  /// Whether what comes is of no interest any more.
  private boolean over;

  Exchange(
      Conversation conversation,
      Line line,
      Question question,
      Function<Answer, T> reader,
      MonoSink<T> sink) {
    this.conversation = conversation;
    this.line = line;
    this.question = question;
    this.reader = reader;
    this.sink = sink;
    this.channel = line.channel();
    this.writer =
        new QuestionWriter(
            channel, Context.of(sink.contextView()), this::end, this::unreadable, this::notWritten);
  }

  private enum Phase {
    /// The scanner has some of the question.
    ASKING,
    /// It may have the whole.
    ASKED,
    /// It has answered or gone, or the question itself has failed.
    OVER,
    /// The answer is not waited for.
    LEFT
  }

  void run() {
    sink.onCancel(this::giveUp);
    EventLoop loop = channel.eventLoop();
    if (loop.inEventLoop()) {
      begin();
    } else {
      loop.execute(this::begin);
    }
  }

  private void begin() {
    number = line.begin(this);
    if (phase.get() == Phase.ASKING) {
      channel.write(Unpooled.wrappedBuffer(question.begin()));
      question.octets().subscribe(writer);
    }
  }

  private void end() {
    if (!phase.compareAndSet(Phase.ASKING, Phase.ASKED)) {
      return;
    }
    ByteBuf last =
        switch (question.end()) {
          case Question.LastOctets octets -> octets.buffer();
          case Question.HalfClose _ -> Unpooled.EMPTY_BUFFER;
        };
    ChannelFuture written = channel.writeAndFlush(last);
    written.addListener(_ -> {
      if (!written.isSuccess()) {
        notWritten(written.cause());
        return;
      }
      isWritten = true;
      if (question.end() instanceof Question.HalfClose) {
        halfClose();
      }
    });
  }

  /// Where the connection has broken reading tells the rest: an answer, or that there is none.
  private void notWritten(Throwable error) {
    writeError = error;
    if (!(error instanceof IOException) && isFirstEnd()) {
      sink.error(error);
      close();
    }
  }

  private void halfClose() {
    ((DuplexChannel) channel).shutdownOutput();
  }

  private void unreadable(Throwable error) {
    if (isFirstEnd()) {
      sink.error(error); // before the end of reading, which closing brings about
      close();
    }
  }

  void take(ByteBuf octets) {
    if (over) {
      return;
    }
    int count = octets.readableBytes();
    if (answer.size() + count > question.answer().longest()) {
      fail(
          new ScannerFailedException(
              Kind.GARBLED,
              "%s: an answer of more than %d octets"
                  .formatted(line.socket().address(), question.answer().longest())));
      return;
    }
    int mark = question.answer().endMark().orElse(-1);
    int length = mark < 0 ? -1 : octets.bytesBefore((byte) mark);
    byte[] taken = new byte[length < 0 ? count : length + 1];
    octets.readBytes(taken);
    answer.writeBytes(taken);
    if (length >= 0) {
      answered(octets.isReadable());
    }
  }

  void readingEnded(@Nullable Throwable error) {
    if (over) {
      return;
    }
    if (answer.size() > 0) {
      answered(false);
      return;
    }
    Throwable cause = error == null ? writeError : error;
    fail(
        line.socket()
            .unreachable(cause == null ? new IOException("closed without an answer") : cause));
  }

  private void fail(ScannerFailedException failure) {
    over = true;
    boolean isFirst = isFirstEnd();
    close();
    if (isFirst) {
      sink.error(failure);
    }
  }

  /// @param isMore whether something came behind the answer
  private void answered(boolean isMore) {
    over = true;
    boolean toAll = phase.get() == Phase.ASKED;
    if (!isFirstEnd()) {
      close(); // it has ended what nobody waits for
      return;
    }
    Answer said = new Answer(answer.toByteArray(), toAll, number);
    T result;
    try {
      result = reader.apply(said);
    } catch (RuntimeException e) {
      close();
      sink.error(e);
      return;
    }
    if (toAll && isWritten && !isMore && line.isKeptAfter(said)) {
      conversation.keep(line);
    } else {
      close();
    }
    sink.success(result);
  }

  /// Whether whoever waits is to be told of this end. From then on leaving means nothing.
  private boolean isFirstEnd() {
    return phase.compareAndSet(Phase.ASKED, Phase.OVER)
        || phase.compareAndSet(Phase.ASKING, Phase.OVER);
  }

  /// The caller has left. A scanner that has the whole question works on, as does one that takes
  /// the end of the connection for that of the question. Others leave it when the connection is
  /// closed.
  private void giveUp() {
    Phase before = phase.getAndUpdate(now -> now == Phase.OVER ? now : Phase.LEFT);
    if (before == Phase.OVER || before == Phase.LEFT) {
      return;
    }
    boolean isWhole = before == Phase.ASKED;
    boolean worksOn = isWhole || question.end() instanceof Question.HalfClose;
    if (!worksOn || question.lingering().isZero() || !line.isSound()) {
      close();
      return;
    }
    conversation.linger(line.connection());
    writer.cancel();
    if (!isWhole) {
      halfClose();
    }
    channel
        .eventLoop()
        .schedule(this::close, question.lingering().toMillis(), TimeUnit.MILLISECONDS);
  }

  private void close() {
    writer.cancel();
    line.dispose();
  }
}
