package io.gatepost.delivery.transport.smtp;

import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;
import io.gatepost.smtp.client.Action;
import io.gatepost.smtp.client.Mail;
import io.gatepost.smtp.client.MailEnd;
import io.gatepost.smtp.client.MalformedReplyException;
import io.gatepost.smtp.client.ReplyDecoder;
import io.gatepost.smtp.client.SmtpDialog;
import io.gatepost.smtp.client.SmtpTimeouts;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.Future;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One connection to a next hop: the socket and the clock of an [SmtpDialog]. Lives on one event
/// loop.
final class SmtpConnection extends ChannelInboundHandlerAdapter {

  private static final Logger log = LoggerFactory.getLogger(SmtpConnection.class);
  private static final ByteBuf FINAL_DOT =
      Unpooled.unreleasableBuffer(
          Unpooled.wrappedBuffer(".\r\n".getBytes(StandardCharsets.US_ASCII)));
  private static final long WATCH_SECONDS = 5;

  private final SmtpDestination destination;
  private final String host;
  private final SmtpDialog dialog;
  private final SmtpTimeouts timeouts;
  private final Duration idleTimeout;
  private final ContentSender contentSender;
  private final ReplyDecoder decoder = new ReplyDecoder();
  private final ArrayDeque<SmtpJob> running = new ArrayDeque<>(2);
  private ChannelHandlerContext channel;
  private Stage stage = Stage.GREETING;
  private long deadlineNanos;
  private @Nullable Future<?> watch;
  private int begun;
  private Reply lost;

  private enum Stage {
    /// The host has not yet said that it takes mail.
    GREETING,
    /// Mail goes through.
    OPEN,
    /// QUIT is sent; nothing of ours is under way.
    LEAVING,
    /// Of no use any more.
    CLOSED
  }

  @SuppressWarnings("NullAway.Init") // the channel comes with channelActive, before all else
  SmtpConnection(
      SmtpDestination destination,
      String host,
      SmtpDialog dialog,
      SmtpTimeouts timeouts,
      Duration idleTimeout,
      ContentSender contentSender) {
    this.destination = destination;
    this.host = host;
    this.dialog = dialog;
    this.timeouts = timeouts;
    this.idleTimeout = idleTimeout;
    this.contentSender = contentSender;
    this.lost = Reply.of(451, "4.4.2", "Connection to " + host + " lost");
  }

  /// Gives an idle connection its next message; called from any thread.
  void assign(SmtpJob job) {
    channel
        .executor()
        .execute(() -> {
          begin(job);
          channel.flush();
        });
  }

  /// Ends an idle connection politely; called from any thread.
  void quit() {
    channel
        .executor()
        .execute(() -> {
          if (stage == Stage.OPEN && running.isEmpty()) {
            leave();
            channel.flush();
          }
        });
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    channel = ctx;
    await();
    watch =
        ctx.executor()
            .scheduleAtFixedRate(
                this::checkDeadline, WATCH_SECONDS, WATCH_SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf buffer = (ByteBuf) message;
    try {
      byte[] octets = new byte[buffer.readableBytes()];
      buffer.readBytes(octets);
      decoder.feed(octets, 0, octets.length, this::onReply);
    } catch (MalformedReplyException e) {
      lost = Reply.of(451, "4.5.0", host + " does not speak SMTP: " + e.getMessage());
      channel.close();
    } finally {
      buffer.release();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    ctx.flush();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (watch != null) {
      watch.cancel(false);
    }
    if (stage == Stage.GREETING) {
      stage = Stage.CLOSED;
      destination.refused(lost);
    } else {
      perform(dialog.lost());
      close();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable error) {
    log.debug("connection to {} failed", host, error);
    lost = Reply.of(451, "4.4.2", "Connection to " + host + " failed: " + error.getMessage());
    ctx.close();
  }

  private void onReply(Reply reply) {
    if (stage != Stage.CLOSED) {
      perform(dialog.on(reply));
      await();
    }
  }

  private void perform(List<Action> actions) {
    for (Action action : actions) {
      switch (action) {
        case Action.Send(var commands) -> send(commands);
        case Action.SendContent _ -> sendContent();
        case Action.Ended(var end) -> ended(end);
        case Action.Free _ -> free();
        case Action.Unwelcome(var reply) -> unwelcome(reply);
        case Action.Close _ -> close();
      }
    }
  }

  private void free() {
    if (stage == Stage.GREETING) {
      stage = Stage.OPEN;
      destination.connected();
    }
    if (begun >= SmtpDestination.MAX_MESSAGES) {
      destination.closed(this);
      leave();
      return;
    }
    while (stage == Stage.OPEN) {
      Optional<SmtpJob> job = destination.next();
      if (job.isPresent()) {
        begin(job.get());
        return;
      }
      if (destination.idle(this)) {
        return; // otherwise a message came just now
      }
    }
  }

  private void begin(SmtpJob job) {
    if (stage != Stage.OPEN) {
      destination.requeue(job);
      return;
    }
    Envelope envelope = job.message().envelope();
    running.add(job);
    begun++;
    perform(
        dialog.begin(
            new Mail(
                envelope.sender(),
                job.recipients().stream().map(Recipient::address).toList(),
                envelope.parameters().body(),
                envelope.content().octets())));
    await();
  }

  private void sendContent() {
    SmtpJob job = running.element();
    switch (job.message().envelope().content()) {
      case ContentRef.Inline _ -> {
        channel.write(Unpooled.wrappedBuffer(job.message().content()), channel.voidPromise());
        contentSent();
      }
      case ContentRef.Stored stored ->
          contentSender.send(stored, channel, this::await, error -> storedContentSent(job, error));
    }
  }

  private void storedContentSent(SmtpJob job, Optional<Throwable> error) {
    if (stage != Stage.OPEN || running.peek() != job) {
      return; // the host has ended it meanwhile
    }
    if (error.isEmpty()) {
      contentSent();
      channel.flush();
      return;
    }
    // Without the final dot nobody takes responsibility (RFC 5321 §4.1.1.4).
    log.error(
        "qid={} content cannot be read: {}", job.message().envelope().id(), error.get().toString());
    running.remove();
    job.defer(Reason.CONTENT_UNAVAILABLE, Reply.of(451, "4.3.0", "Content cannot be read"));
    close();
  }

  private void contentSent() {
    dialog.finalDot();
    channel.write(FINAL_DOT.duplicate(), channel.voidPromise());
    if (dialog.mayBeginBehindContent() && begun < SmtpDestination.MAX_MESSAGES) {
      destination.next().ifPresent(this::begin);
    }
    await();
  }

  private void ended(MailEnd end) {
    SmtpJob job = running.poll();
    if (job == null) {
      return; // ended by us already, as its content could not be read
    }
    switch (end) {
      case MailEnd.Answered(var answers) -> job.end(host, answers);
      case MailEnd.Unanswered _ -> destination.requeue(job);
      case MailEnd.Interrupted(var refusals, var closing) ->
          closing.ifPresentOrElse(
              reply -> job.end(host, refusals, Reason.NEXT_HOP_DEFERRED, reply),
              () -> destination.requeue(job));
      case MailEnd.Uncertain(var refusals) -> job.end(host, refusals, Reason.CONNECTION_LOST, lost);
    }
  }

  /// The host is there but takes no mail from us now.
  private void unwelcome(Reply reply) {
    stage = Stage.CLOSED;
    destination.refused(reply);
    channel.writeAndFlush(text("QUIT\r\n"));
  }

  /// Only where nothing is under way and the destination does not count on this connection.
  private void leave() {
    stage = Stage.LEAVING;
    perform(dialog.quit());
    await();
  }

  private void close() {
    if (stage == Stage.OPEN) {
      stage = Stage.CLOSED;
      for (SmtpJob job = running.poll(); job != null; job = running.poll()) {
        destination.requeue(job);
      }
      destination.closed(this);
    }
    stage = Stage.CLOSED;
    channel.close();
  }

  private void await() {
    boolean idle = stage == Stage.OPEN && running.isEmpty();
    Duration patience = idle ? idleTimeout : dialog.patience(timeouts);
    deadlineNanos = System.nanoTime() + patience.toNanos();
  }

  private void checkDeadline() {
    if (System.nanoTime() - deadlineNanos < 0) {
      return;
    }
    if (stage == Stage.OPEN && running.isEmpty()) {
      if (destination.withdraw(this)) {
        leave();
        channel.flush();
      }
      return;
    }
    lost = Reply.of(451, "4.4.2", host + " does not answer");
    channel.close();
  }

  private void send(String commands) {
    channel.write(text(commands), channel.voidPromise());
  }

  private static ByteBuf text(String text) {
    return Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.US_ASCII));
  }
}
