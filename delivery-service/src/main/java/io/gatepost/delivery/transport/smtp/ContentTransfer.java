package io.gatepost.delivery.transport.smtp;

import io.gatepost.contract.content.UnreadableContentException;
import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.reply.Reason;
import io.gatepost.delivery.transport.ContentView;
import io.gatepost.delivery.transport.ContentView.Form;
import io.gatepost.smtp.client.ClientDialog;
import io.gatepost.smtp.mime.Conversion;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sends the content of a connection's first mail, in one way or the other: behind `DATA` with its
/// final dot, or in chunks of `BDAT`. For the connection's event loop.
final class ContentTransfer {

  private static final Logger log = LoggerFactory.getLogger(ContentTransfer.class);
  private static final ByteBuf FINAL_DOT =
      Unpooled.unreleasableBuffer(
          Unpooled.wrappedBuffer(".\r\n".getBytes(StandardCharsets.US_ASCII)));

  private final ChannelHandlerContext channel;
  private final ClientDialog dialog;
  private final ContentSender sender;
  private final Progress progress;

  /// The connection's side of a transfer.
  interface Progress {
    /// Whether the mail still waits for its content; the host may have ended it meanwhile.
    boolean isWanted(SmtpJob job);

    /// Another piece is on its way.
    void moved();

    /// All is sent.
    void sent();

    /// The content cannot be read to its end.
    void broken(Reason reason);
  }

  ContentTransfer(
      ChannelHandlerContext channel, ClientDialog dialog, ContentSender sender, Progress progress) {
    this.channel = channel;
    this.dialog = dialog;
    this.sender = sender;
    this.progress = progress;
  }

  /// Sends it up to the final dot.
  ///
  /// @param conversion for the host
  void whole(SmtpJob job, Conversion conversion) {
    ContentView view = ContentView.of(job.message().envelope(), Form.WIRE, conversion);
    switch (job.message().envelope().content()) {
      case ContentRef.Inline _ -> {
        byte[] content = view.whole(job.message().content());
        channel.write(Unpooled.wrappedBuffer(content), channel.voidPromise());
        finalDot();
      }
      case ContentRef.Stored stored -> sender.send(stored, view, channel, new Lines(job));
    }
  }

  /// Sends it in chunks.
  ///
  /// @param conversion for the host
  void chunks(SmtpJob job, Conversion conversion) {
    ContentView view = ContentView.of(job.message().envelope(), Form.PLAIN, conversion);
    Chunks chunks = new Chunks(job);
    switch (job.message().envelope().content()) {
      case ContentRef.Inline _ -> {
        chunks.write(view.whole(job.message().content()));
        chunks.complete();
      }
      case ContentRef.Stored stored -> sender.send(stored, view, channel, chunks);
    }
  }

  private void finalDot() {
    dialog.finalDot();
    channel.write(FINAL_DOT.duplicate(), channel.voidPromise());
    progress.sent();
  }

  /// Content that comes from the store, piece by piece.
  private abstract class Stored implements ContentSender.Sink {
    private final SmtpJob job;

    Stored(SmtpJob job) {
      this.job = job;
    }

    abstract void complete();

    @Override
    public void end(Optional<UnreadableContentException> error) {
      if (!progress.isWanted(job)) {
        return;
      }
      if (error.isEmpty()) {
        complete();
        channel.flush();
        return;
      }
      log.error(
          "qid={} content cannot be read, the message is held: {}",
          job.message().envelope().id(),
          error.get().getMessage());
      progress.broken(error.get().reason());
    }
  }

  private final class Lines extends Stored {
    Lines(SmtpJob job) {
      super(job);
    }

    @Override
    public ChannelFuture piece(byte[] octets) {
      progress.moved();
      return channel.writeAndFlush(Unpooled.wrappedBuffer(octets));
    }

    @Override
    void complete() {
      finalDot();
    }
  }

  private final class Chunks extends Stored {
    Chunks(SmtpJob job) {
      super(job);
    }

    @Override
    public ChannelFuture piece(byte[] octets) {
      progress.moved();
      return write(octets)
          ? channel.writeAndFlush(Unpooled.EMPTY_BUFFER)
          : channel.newFailedFuture(new IllegalStateException("refused meanwhile"));
    }

    /// Writes a chunk; false where the host has refused the message.
    boolean write(byte[] octets) {
      Optional<String> command = dialog.chunk(octets.length);
      command.ifPresent(bdat -> {
        channel.write(text(bdat), channel.voidPromise());
        channel.write(Unpooled.wrappedBuffer(octets), channel.voidPromise());
      });
      return command.isPresent();
    }

    @Override
    void complete() {
      dialog.lastChunk().ifPresent(last -> channel.write(text(last), channel.voidPromise()));
      progress.sent();
    }
  }

  private static ByteBuf text(String text) {
    return Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.UTF_8));
  }
}
