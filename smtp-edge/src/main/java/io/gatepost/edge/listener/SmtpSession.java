package io.gatepost.edge.listener;

import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.reply.Reply;
import io.gatepost.edge.dialogue.Client;
import io.gatepost.edge.dialogue.Conversation;
import io.gatepost.edge.dialogue.LineInput;
import io.gatepost.edge.dialogue.SessionJournal;
import io.gatepost.edge.dialogue.SmtpDialogue;
import io.gatepost.edge.dialogue.XclientAttributes;
import io.gatepost.edge.policy.ConnectingClient;
import io.gatepost.edge.policy.Stage;
import io.gatepost.edge.policy.Verdict;
import io.gatepost.edge.session.Connection.Encryption;
import io.gatepost.edge.session.Role;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One client's connection: takes it from its [Admission] over TLS to its [SmtpDialogue] and to its
/// end, and gives each its turn. Lives on one event loop; answers that come on other threads are
/// brought back to it.
final class SmtpSession implements Conversation {

  private final SessionServices services;
  private final Role role;
  private final ChannelHandlerContext channel;
  private final Client client;
  private final SessionJournal journal;
  private final SessionInput input;
  private final ReplyWriter replies;
  private final Runnable resume;
  private final SessionTimer timer;
  private Standing standing = Standing.ADMITTING;
  private @Nullable Admission admission;
  private @Nullable ConnectingClient connected;
  private @Nullable TlsUpgrade tls;
  private @Nullable SmtpDialogue dialogue;
  private boolean inTurn;
  private ServerStop stop = ServerStop.NONE;

  /// @param role of the listener
  /// @param channel which is active
  /// @param resume takes the next turns of the session, outside of one
  SmtpSession(
      SessionServices services,
      Role role,
      TimerWheel wheel,
      ChannelHandlerContext channel,
      Runnable resume) {
    SessionRules rules = services.rules();
    this.services = services;
    this.role = role;
    this.channel = channel;
    this.resume = resume;
    this.client =
        new Client(
            role,
            rules.networks(),
            ((InetSocketAddress) channel.channel().remoteAddress()).getAddress(),
            Admission.text((InetSocketAddress) channel.channel().localAddress()));
    this.input = new SessionInput(services.shared().input());
    this.journal =
        new SessionJournal(
            services.dialogue().meters(),
            client,
            services.dialogue().rules().loggedRefusals(),
            input::used);
    this.replies = new ReplyWriter(channel);
    this.timer = new SessionTimer(wheel, rules.longest(), this::timeOut);
  }

  /// The connection has come.
  void begin() {
    admission = new Admission(services, this, channel, this::admitted);
    admission.begin();
  }

  /// The connection is closed.
  void gone() {
    standing = Standing.CLOSED;
    timer.cancel();
    if (dialogue != null) {
      dialogue.gone();
    }
    leave();
    input.forget();
    if (tls != null) {
      tls.release();
    }
    journal.ended(input.received());
  }

  private void leave() {
    if (admission != null) {
      admission.leave();
    }
    if (connected != null) {
      services.dialogue().policy().left(connected);
      connected = null;
    }
  }

  /// Takes octets from the client.
  void received(ByteBuf buffer) {
    if (standing == Standing.CLOSED) {
      input.ignore(buffer);
    } else {
      input.add(buffer);
    }
  }

  /// The client sends no more, but may still listen: what it has sent is answered (RFC 9293 §3.6).
  void inputEnded() {
    input.end();
    hurry();
  }

  /// The server stops.
  void end(ServerStop how) {
    stop = how;
    hurry();
    if (how == ServerStop.AFTER_ANSWER && dialogue != null) {
      dialogue.breakOff();
    }
  }

  private void hurry() {
    if (dialogue != null) {
      dialogue.hurry();
    }
  }

  /// Does what can be done in one turn with what is there, and sends the replies.
  ///
  /// @return whether there is more to do at once
  boolean takeTurn() {
    inTurn = true;
    try {
      int left = services.shared().input().stepsPerTurn();
      while (!isOver() && replies.mayWrite() && left > 0 && advance()) {
        left--;
      }
      boolean isCutShort = left == 0 || !replies.mayWrite();
      replies.flush();
      return isCutShort && replies.isTaken() && standing != Standing.CLOSED;
    } finally {
      inTurn = false;
    }
  }

  /// Ends a turn: reads on from the client, or waits for it, or closes.
  ///
  /// @param goesOn whether another turn has been asked for
  void endTurn(boolean goesOn) {
    settleInput(goesOn);
    if (input.hasEnded() && !goesOn && standing != Standing.CLOSED && isAllAnswered()) {
      closeAfterInput();
    } else if (standing != Standing.CLOSED) {
      timer.expectWithin(patience());
      if (!goesOn && mayRead()) {
        channel.read();
      }
    }
  }

  /// Whether a turn is under way.
  boolean isInTurn() {
    return inTurn;
  }

  private boolean isOver() {
    if (stop.ends(dialogue)) {
      close(Replies.shuttingDown(services.hostname()));
    }
    return standing == Standing.CLOSED;
  }

  /// Does one thing; false when there is nothing to do until more comes in.
  private boolean advance() {
    return switch (standing) {
      case ADMITTING -> Objects.requireNonNull(admission).advance();
      case TALKING -> Objects.requireNonNull(dialogue).advance();
      case HANDSHAKING, CLOSED -> false;
    };
  }

  /// All that could be done with the client's octets is done.
  private void settleInput(boolean goesOn) {
    if (standing == Standing.CLOSED) {
      input.forget();
      return;
    }
    input.trim();
    // A line that has come in part, too long for what there is: its end cannot be waited for.
    if (standing == Standing.TALKING
        && input.isBeyondFloor()
        && !goesOn
        && replies.isTaken()
        && !Objects.requireNonNull(dialogue).isBusy()
        && dialogue.mayRead()) {
      close(Replies.NO_MEMORY);
      input.forget();
    }
  }

  private boolean mayRead() {
    return input.hasRoom() && replies.isTaken() && (dialogue == null || dialogue.mayRead());
  }

  /// Whether all that came before the end of the client's octets has its answer.
  private boolean isAllAnswered() {
    return replies.isTaken()
        && switch (standing) {
          case ADMITTING -> Objects.requireNonNull(admission).awaitsClient();
          case TALKING -> Objects.requireNonNull(dialogue).awaitsClient();
          case HANDSHAKING, CLOSED -> true;
        };
  }

  private void closeAfterInput() {
    if (dialogue != null && dialogue.isWithinMessage()) {
      close(Replies.inputEnded(services.hostname()));
    } else if (ends()) {
      replies.close();
    }
  }

  /// The client may go on: the dialogue begins, on a listener for implicit TLS behind TLS.
  private void admitted(ConnectingClient counted) {
    connected = counted;
    admission = null;
    if (!isImplicitTlsMissing()) {
      greet();
    } else if (reserveTls()) {
      startTls();
    } else {
      refused(SmtpDialogue.NO_TLS_ROOM);
      close(SmtpDialogue.NO_TLS_ROOM.reply());
    }
  }

  private boolean isImplicitTlsMissing() {
    return role == Role.SUBMISSIONS && client.connection().encryption() == Encryption.NONE;
  }

  private void greet() {
    converse();
    send(services.greeting());
  }

  private void converse() {
    standing = Standing.TALKING;
    dialogue = new SmtpDialogue(this, services.dialogue());
  }

  /// TLS is on: all that was said before is forgotten (RFC 3207 §4.2).
  void secured() {
    Objects.requireNonNull(tls).identify(channel, client);
    if (dialogue == null) {
      greet();
    } else {
      converse();
    }
  }

  /// TLS could not be agreed on.
  void handshakeFailed() {
    refused(new Verdict.Refuse(Reason.TLS_FAILED, Replies.BAD_SEQUENCE));
    standing = Standing.CLOSED;
    channel.close();
  }

  private Duration patience() {
    return dialogue == null || standing != Standing.TALKING
        ? SessionTimer.SHORT.plus(services.rules().greetPause())
        : dialogue.patience();
  }

  private void timeOut() {
    if (standing == Standing.CLOSED || standing == Standing.HANDSHAKING) {
      channel.close();
    } else if (dialogue != null && dialogue.isBusy()) {
      timer.postpone(); // it is we who take so long
    } else {
      String hostname = services.hostname();
      close(
          timer.isSessionOver() ? Replies.sessionTooLong(hostname) : Replies.idleTooLong(hostname));
    }
  }

  private void refused(Verdict.Refuse verdict) {
    journal.refused(Stage.CONNECT, verdict, dialogue == null ? "" : dialogue.helo(), "", "");
  }

  @Override
  public Client client() {
    return client;
  }

  @Override
  public SessionJournal journal() {
    return journal;
  }

  @Override
  public LineInput input() {
    return input.lines();
  }

  @Override
  public void send(Reply reply) {
    replies.write(reply);
  }

  @Override
  public void close(Reply last) {
    if (ends()) {
      replies.writeLast(last);
    }
  }

  /// Ends the session, once.
  ///
  /// @return whether the client may hear a last reply
  private boolean ends() {
    if (standing == Standing.CLOSED) {
      return false;
    }
    boolean beforeTls = standing == Standing.HANDSHAKING || isImplicitTlsMissing();
    standing = Standing.CLOSED;
    if (dialogue != null) {
      dialogue.gone();
    }
    if (!inTurn) {
      input.forget();
    }
    if (beforeTls) {
      channel.close();
      return false;
    }
    timer.postpone();
    return true;
  }

  @Override
  public boolean isClosed() {
    return standing == Standing.CLOSED;
  }

  @Override
  public boolean reserveTls() {
    tls = TlsUpgrade.reserve(services, client.clientClass()).orElse(null);
    return tls != null;
  }

  @Override
  public void startTls(Reply reply) {
    send(reply);
    replies.flush();
    startTls();
  }

  private void startTls() {
    standing = Standing.HANDSHAKING;
    Objects.requireNonNull(tls).start(channel, input);
  }

  @Override
  public void adopt(XclientAttributes named) {
    leave();
    client.adopt(named);
    standing = Standing.ADMITTING;
    admission = new Admission(services, this, channel, this::admitted);
    admission.beginAgain(
        named.address().orElseGet(() -> InetAddress.ofLiteral(client.provenance().peer())));
  }

  @Override
  public void resume() {
    resume.run();
  }

  @Override
  public void runInSession(Runnable action) {
    if (channel.executor().inEventLoop()) {
      action.run();
    } else {
      channel.executor().execute(action);
    }
  }

  @Override
  public void runAfterLog(Runnable action) {
    services.loggedReplies().give(channel.executor(), action);
  }

  @Override
  public void runLater(Duration delay, Runnable action) {
    channel
        .executor()
        .schedule(
            () -> {
              if (!isClosed()) {
                action.run();
              }
            },
            delay.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  @Override
  public void failed(Throwable error) {
    runInSession(() -> channel.pipeline().fireExceptionCaught(error));
  }

  /// Runs an action behind all that the event loop has to do already.
  void runNext(Runnable action) {
    channel.executor().execute(action);
  }
}
