package io.gatepost.delivery.transport.smtp;

import io.gatepost.contract.delivery.ProbeAnswer;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.routing.Destination.NextHop;
import io.gatepost.smtp.client.Action;
import io.gatepost.smtp.client.ClientDialog;
import io.gatepost.smtp.client.MalformedReplyException;
import io.gatepost.smtp.client.ReplyDecoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.Future;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One connection to a next hop: the socket and the clock of an [ClientDialog]. Lives on one event
/// loop.
final class SmtpConnection extends ChannelInboundHandlerAdapter implements Lane {

  private static final Logger log = LoggerFactory.getLogger(SmtpConnection.class);
  private static final long WATCH_SECONDS = 5;

  private final SmtpDestination destination;
  private final String host;
  private final HopOpening opening;
  private final ClientDialog dialog;
  private final Equipment equipment;
  private final ReplyDecoder decoder = new ReplyDecoder();
  private final PipelinedMails mails;
  private final AskedProbes probes;
  private ChannelHandlerContext channel;
  private ContentHold hold;
  private volatile Stage stage = Stage.GREETING;
  private final SilenceLimit silence = new SilenceLimit();
  private @Nullable Future<?> watch;
  private boolean isFree;
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

  @SuppressWarnings("NullAway.Init") // channel and hold come with channelActive, before all else
  SmtpConnection(HopSearch search, NextHop hop, HopTerms.Agreed agreed, Equipment equipment) {
    this.destination = search.destination();
    this.host = hop.toString();
    this.opening = new HopOpening(search, hop, agreed, equipment);
    this.dialog = new ClientDialog(agreed.terms(), equipment.listener(destination));
    this.mails =
        new PipelinedMails(destination, hop, dialog, equipment.unansweredDots(), System::nanoTime);
    this.probes = new AskedProbes(destination, hop, dialog, System::nanoTime);
    this.equipment = equipment;
    this.lost = Reply.of(451, "4.4.2", "Connection to " + host + " lost");
  }

  @Override
  public void assign(Work work) {
    channel
        .executor()
        .execute(() -> {
          if (stage != Stage.OPEN) {
            work.giveBack(destination);
          } else if (!begin(work)) {
            free();
          }
          channel.flush();
        });
  }

  @Override
  public boolean isHere() {
    return channel.executor().inEventLoop();
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
    ContentTransfer transfer =
        new ContentTransfer(ctx, dialog, equipment.contentSender(), new UnderTransfer());
    hold = new ContentHold(ctx, destination, host, dialog, mails, transfer, this::go);
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
    if (decoder.isBetweenReplies()) {
      if (isFree) {
        isFree = false;
        free();
      }
      probes.tell(); // after that, so what follows an answer finds the connection free
    } else if (isFree || (stage == Stage.OPEN && isUnused())) {
      speaksUnasked();
    }
    ctx.flush();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (watch != null) {
      watch.cancel(false);
    }
    hold.release();
    Stage before = stage;
    switch (before) {
      case GREETING -> {
        stage = Stage.CLOSED;
        opening.broke(dialog.isTlsUnproven(), lost);
      }
      case HANDSHAKE -> {
        stage = Stage.CLOSED;
        opening.tlsFailed(lost);
      }
      case OPEN, LEAVING, CLOSED -> {
        perform(dialog.lost());
        close();
        probes.tell();
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
      case CLOSED -> probes.unasked(reply, lost);
      case HANDSHAKE -> speaksBeforeTls();
      case GREETING, OPEN, LEAVING -> {
        if (stage == Stage.OPEN && isUnused()) {
          probes.unasked(reply, lost);
        }
        go(hold.release() ? dialog.onHeld(reply) : dialog.on(reply));
      }
    }
  }

  /// Goes on with the dialog.
  private void go(List<Action> actions) {
    perform(actions);
    await();
  }

  private void perform(List<Action> actions) {
    for (int i = 0; i < actions.size(); i++) {
      switch (actions.get(i)) {
        case Action.Send(var commands) -> send(commands);
        case Action.StartTls _ -> startTls();
        case Action.SendContent _ -> hold.begin(PreparedMail.Carriage.WHOLE);
        case Action.SendChunks _ -> hold.begin(PreparedMail.Carriage.CHUNKS);
        case Action.Ended(var end) -> mails.ended(end, lost);
        case Action.InquiryOpened _ -> probes.opened();
        case Action.RecipientAnswered(var index, var reply) -> probes.answered(index, reply);
        case Action.InquiryRefused(var reply) -> probes.refused(reply);
        case Action.InquiryOver(var closing) -> probes.over(closing, lost);
        case Action.Free _ -> {
          isFree = true; // once nothing more comes with this reply
          if (stage == Stage.OPEN) {
            mails.proven();
          }
        }
        case Action.Unwelcome(var reply) ->
            unwelcome(dialog.refusedAt(), Reason.NEXT_HOP_DEFERRED, reply);
        case Action.NoMailHere(var reply) ->
            unwelcome(ProbeAnswer.Stage.GREETING, Reason.NEXT_HOP_REFUSED, reply);
        case Action.Close _ -> close();
      }
    }
  }

  private void startTls() {
    stage = Stage.HANDSHAKE;
    opening
        .startTls(channel)
        .addListener(handshake -> {
          if (stage != Stage.HANDSHAKE) {
            return; // closed in between
          }
          if (!handshake.isSuccess()) {
            lost = opening.handshakeFailed(handshake.cause(), lost);
            channel.close();
            return;
          }
          stage = Stage.GREETING;
          go(dialog.encrypted());
          channel.flush();
        });
  }

  private void speaksBeforeTls() {
    lost = opening.injected();
    channel.close();
  }

  /// A line has begun that nothing asked for. Its end would be taken for an answer.
  private void speaksUnasked() {
    lost = Reply.of(451, "4.5.0", host + " goes on behind its answers");
    probes.distrust(lost);
    close();
  }

  /// The connection has room for work, or for more.
  private void free() {
    if (stage == Stage.GREETING) {
      stage = Stage.OPEN;
      opening.succeeded();
    }
    while (stage == Stage.OPEN) {
      if (!mails.mayBegin() || !probes.mayBegin()) {
        destination.closed(this);
        leave();
        return;
      }
      Optional<Work> work = destination.next();
      if (work.isPresent()) {
        if (begin(work.get())) {
          return;
        }
      } else if (destination.idle(this)) {
        return; // otherwise work came just now
      }
    }
  }

  /// Begins work; false where there is nothing to do for it: the host cannot take it.
  private boolean begin(Work work) {
    Optional<List<Action>> actions =
        switch (work) {
          case SmtpJob job -> mails.begin(job);
          case ProbeBatch batch -> probes.begin(batch);
        };
    actions.ifPresent(this::go);
    return actions.isPresent();
  }

  private boolean isUnused() {
    return mails.isEmpty() && probes.isEmpty();
  }

  /// A content is sent whole: the next mail may follow it.
  private void beginBehindContent() {
    boolean begins = false;
    while (!begins && dialog.mayBeginBehindContent() && mails.mayBegin()) {
      Optional<SmtpJob> job = destination.nextMail();
      if (job.isEmpty()) {
        break;
      }
      begins = begin(job.get());
    }
    await();
  }

  /// Takes the news of a transfer of the first mail.
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

  /// The host is there but takes no mail from us, now or ever.
  private void unwelcome(ProbeAnswer.Stage at, Reason reason, Reply reply) {
    stage = Stage.CLOSED;
    channel.writeAndFlush(text("QUIT\r\n"));
    opening.refused(at, reason, reply);
  }

  /// Only where nothing is under way and the destination does not count on this connection.
  private void leave() {
    stage = Stage.LEAVING;
    go(dialog.quit());
  }

  private void close() {
    hold.release();
    isFree = false;
    if (stage == Stage.OPEN) {
      stage = Stage.CLOSED;
      mails.putBackAll();
      destination.closed(this);
    }
    if (stage != Stage.GREETING) { // whose end is told to the search, once the channel is closed
      stage = Stage.CLOSED;
    }
    channel.close();
  }

  private void await() {
    boolean idle = stage == Stage.OPEN && isUnused() && !dialog.isAwaitingReply();
    Duration patience =
        probes.isEmpty() ? dialog.patience(equipment.timeouts()) : equipment.probe();
    silence.restart(idle ? equipment.idle() : patience);
  }

  private void checkDeadline() {
    if (stage == Stage.OPEN && mails.dropOverdue(equipment.room().isFull())) {
      close();
      return;
    }
    if (!silence.isOver() && !probes.holdUpMail(silence)) {
      return;
    }
    if (stage == Stage.OPEN && isUnused() && !dialog.isAwaitingReply()) {
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
}
