package io.gatepost.delivery.transport.smtp;

import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.routing.Destination.NextHop;
import io.gatepost.smtp.client.Action;
import io.gatepost.smtp.client.MalformedReplyException;
import io.gatepost.smtp.client.ReplyDecoder;
import io.gatepost.smtp.client.SmtpDialog;
import io.gatepost.smtp.client.SmtpTimeouts;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One connection to a next hop: the socket and the clock of an [SmtpDialog]. Lives on one event
/// loop.
final class SmtpConnection extends ChannelInboundHandlerAdapter implements SmtpDestination.Lane {

  private static final Logger log = LoggerFactory.getLogger(SmtpConnection.class);
  private static final long WATCH_SECONDS = 5;

  private final Dial dial;
  private final SmtpDestination destination;
  private final NextHop hop;
  private final String host;
  private final HopTerms.Agreed agreed;
  private final SmtpDialog dialog;
  private final Equipment equipment;
  private final ReplyDecoder decoder = new ReplyDecoder();
  private final MailsUnderWay mails;
  private ChannelHandlerContext channel;
  private ContentTransfer transfer;
  private Stage stage = Stage.GREETING;
  private long deadlineNanos;
  private @Nullable Future<?> watch;
  private boolean injected;
  private Reply lost;

  private enum Stage {
    /// The host has not yet said that it takes mail.
    GREETING,
    /// The same, and the connection is becoming an encrypted one.
    HANDSHAKE,
    /// Mail goes through.
    OPEN,
    /// QUIT is sent; nothing of ours is under way.
    LEAVING,
    /// Of no use any more.
    CLOSED
  }

  /// What all connections share.
  ///
  /// @param idle how long a connection is kept without work
  record Equipment(
      SmtpTimeouts timeouts,
      Duration idle,
      ContentSender contentSender,
      HopTerms hopTerms,
      TlsMeters tlsMeters) {}

  @SuppressWarnings(
      "NullAway.Init") // channel and transfer come with channelActive, before all else
  SmtpConnection(Dial dial, NextHop hop, HopTerms.Agreed agreed, Equipment equipment) {
    this.dial = dial;
    this.destination = dial.destination();
    this.hop = hop;
    this.host = hop.toString();
    this.agreed = agreed;
    this.dialog = new SmtpDialog(agreed.terms());
    this.mails = new MailsUnderWay(destination, hop, dialog);
    this.equipment = equipment;
    this.lost = Reply.of(451, "4.4.2", "Connection to " + host + " lost");
  }

  @Override
  public void assign(SmtpJob job) {
    channel
        .executor()
        .execute(() -> {
          if (stage != Stage.OPEN) {
            destination.resubmit(job.againAfterStale());
          } else if (!begin(job)) {
            free();
          }
          channel.flush();
        });
  }

  @Override
  public void quit() {
    channel
        .executor()
        .execute(() -> {
          if (stage == Stage.OPEN) {
            leave();
            channel.flush();
          }
        });
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    channel = ctx;
    transfer = new ContentTransfer(ctx, dialog, equipment.contentSender(), new UnderTransfer());
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
      if (stage == Stage.HANDSHAKE && !decoder.isBetweenReplies()) {
        speaksBeforeTls();
      }
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
    Stage before = stage;
    switch (before) {
      case GREETING -> {
        stage = Stage.CLOSED;
        dial.failed(hop, Reason.UNREACHABLE, lost);
      }
      case HANDSHAKE -> {
        stage = Stage.CLOSED;
        tlsFailed();
      }
      case OPEN, LEAVING, CLOSED -> {
        perform(dialog.lost());
        close();
      }
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable error) {
    log.debug("connection to {} failed", host, error);
    if (stage != Stage.HANDSHAKE) { // whose end has its own words
      lost = Reply.of(451, "4.4.2", "Connection to " + host + " failed: " + error.getMessage());
    }
    ctx.close();
  }

  private void onReply(Reply reply) {
    switch (stage) {
      case CLOSED -> {} // too late
      case HANDSHAKE -> speaksBeforeTls();
      case GREETING, OPEN, LEAVING -> {
        perform(dialog.on(reply));
        await();
      }
    }
  }

  private void perform(List<Action> actions) {
    for (int i = 0; i < actions.size(); i++) {
      switch (actions.get(i)) {
        case Action.Send(var commands) -> send(commands);
        case Action.StartTls _ -> startTls();
        case Action.SendContent _ -> transfer.whole(mails.first());
        case Action.SendChunks _ -> transfer.chunks(mails.first());
        case Action.Ended(var end) -> mails.ended(end, lost);
        case Action.Free _ -> free();
        case Action.Unwelcome(var reply) -> unwelcome(reply);
        case Action.Close _ -> close();
      }
    }
  }

  private void startTls() {
    stage = Stage.HANDSHAKE;
    SslHandler tls =
        agreed
            .ssl()
            .orElseThrow(() -> new IllegalStateException("STARTTLS without a context"))
            .newHandler(channel.alloc(), plainName(agreed.name()), hop.port());
    tls.setHandshakeTimeout(equipment.timeouts().connect().toMillis(), TimeUnit.MILLISECONDS);
    channel.pipeline().addBefore(channel.name(), "tls", tls);
    tls.handshakeFuture()
        .addListener(handshake -> {
          if (stage != Stage.HANDSHAKE) {
            return; // closed meanwhile
          }
          if (!handshake.isSuccess()) {
            lost =
                injected
                    ? lost
                    : Reply.of(
                        451,
                        "4.7.5",
                        "TLS with " + host + " failed: " + handshake.cause().getMessage());
            channel.close();
            return;
          }
          var session = tls.engine().getSession();
          log.debug("TLS with {}: {} {}", host, session.getProtocol(), session.getCipherSuite());
          equipment.tlsMeters().agreed(session);
          stage = Stage.GREETING;
          perform(dialog.encrypted());
          await();
          channel.flush();
        });
  }

  private void tlsFailed() {
    equipment.tlsMeters().failed();
    if (!injected && equipment.hopTerms().tlsFailed(destination.exchangersOf(), hop)) {
      log.info("{}; trying in the clear", lost);
      dial.again(hop);
    } else {
      log.warn("{}; not trying in the clear", lost);
      dial.failed(hop, Reason.NEXT_HOP_DEFERRED, lost);
    }
  }

  /// Octets behind the reply to STARTTLS could have been put there by anybody (RFC 3207 §5).
  private void speaksBeforeTls() {
    injected = true;
    lost = Reply.of(451, "4.7.0", host + " went on in the clear after STARTTLS");
    channel.close();
  }

  /// The connection has room for a mail, or for another.
  private void free() {
    if (stage == Stage.GREETING) {
      stage = Stage.OPEN;
      dial.connected();
    }
    while (stage == Stage.OPEN) {
      if (!mails.mayBegin()) {
        destination.closed(this);
        leave();
        return;
      }
      Optional<SmtpJob> job = destination.next();
      if (job.isPresent()) {
        if (begin(job.get())) {
          return;
        }
      } else if (destination.idle(this)) {
        return; // otherwise a message came just now
      }
    }
  }

  /// Begins a mail; false where the host cannot take it.
  private boolean begin(SmtpJob job) {
    Optional<List<Action>> actions = mails.begin(job);
    actions.ifPresent(begun -> {
      perform(begun);
      await();
    });
    return actions.isPresent();
  }

  /// A content is sent whole: the next mail may follow it.
  private void beginBehindContent() {
    boolean begins = false;
    while (!begins && dialog.mayBeginBehindContent() && mails.mayBegin()) {
      Optional<SmtpJob> job = destination.next();
      if (job.isEmpty()) {
        break;
      }
      begins = begin(job.get());
    }
    await();
  }

  /// What a transfer tells of the first mail.
  private final class UnderTransfer implements ContentTransfer.Progress {
    @Override
    public boolean isWanted(SmtpJob job) {
      return stage == Stage.OPEN && mails.isFirst(job);
    }

    @Override
    public void moved() {
      destination.moved();
      await();
    }

    @Override
    public void sent() {
      beginBehindContent();
    }

    @Override
    public void broken(Reason reason) {
      mails.dropFirst(reason, Replies.CONTENT_UNREADABLE);
      close();
    }
  }

  /// The host is there but takes no mail from us now.
  private void unwelcome(Reply reply) {
    stage = Stage.CLOSED;
    channel.writeAndFlush(text("QUIT\r\n"));
    dial.failed(hop, Reason.NEXT_HOP_DEFERRED, reply);
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
      mails.putBackAll();
      destination.closed(this);
    }
    stage = Stage.CLOSED;
    channel.close();
  }

  private void await() {
    boolean idle = stage == Stage.OPEN && mails.isEmpty();
    Duration patience = idle ? equipment.idle() : dialog.patience(equipment.timeouts());
    deadlineNanos = System.nanoTime() + patience.toNanos();
  }

  private void checkDeadline() {
    if (System.nanoTime() - deadlineNanos < 0) {
      return;
    }
    if (stage == Stage.OPEN && mails.isEmpty()) {
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
    return Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.UTF_8));
  }

  /// An address literal without its brackets.
  private static String plainName(String host) {
    return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
  }
}
