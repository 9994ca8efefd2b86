package io.gatepost.edge.listener;

import io.gatepost.edge.session.Role;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.io.IOException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The events of one connection, passed on to its [SmtpSession], and the turns of the session on
/// the event loop: all sessions of a loop have theirs, however much one client sends.
final class SessionHandler extends ChannelInboundHandlerAdapter {

  private static final Logger log = LoggerFactory.getLogger(SessionHandler.class);

  private final SessionServices services;
  private final Role role;
  private final TimerWheel wheel;
  private @Nullable SmtpSession session;

  /// Whether another turn has been asked for.
  private boolean yielded;

  SessionHandler(SessionServices services, Role role, TimerWheel wheel) {
    this.services = services;
    this.role = role;
    this.wheel = wheel;
  }

  /// The server stops. On the event loop.
  void end(ServerStop how) {
    session().end(how);
    takeTurn();
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    session = new SmtpSession(services, role, wheel, ctx, this::takeTurn);
    session.begin();
    takeTurn();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    session().gone();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf buffer = (ByteBuf) message;
    try {
      session().received(buffer);
    } finally {
      buffer.release();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    takeTurn();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    takeTurn(); // a client that takes its replies is read from again
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof SslHandshakeCompletionEvent handshake) {
      if (handshake.isSuccess()) {
        session().secured();
        takeTurn();
      } else {
        session().handshakeFailed();
      }
    } else if (event instanceof SslCloseCompletionEvent closed && closed.isSuccess()) {
      if (TlsUpgrade.closesByHalf(ctx)) {
        inputEnded();
      } else {
        ctx.close(); // nothing that was sent is done, as the client would not hear of it
      }
    } else if (event instanceof ChannelInputShutdownEvent) {
      inputEnded();
    }
  }

  private void inputEnded() {
    session().inputEnded();
    takeTurn();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable error) {
    // A client that resets its connection, or speaks no TLS, is no event.
    boolean isTheClients = error instanceof IOException || error.getCause() instanceof SSLException;
    if (session != null && !session.isClosed() && !isTheClients) {
      log.error("peer={} session failed", session.client().provenance().peer(), error);
    }
    ctx.close();
  }

  /// Does all that can be done with what is there, in turns between which the other sessions of
  /// this event loop have theirs. Called back from within a turn it does nothing: the turn goes on.
  private void takeTurn() {
    SmtpSession current = session();
    if (current.isInTurn()) {
      return;
    }
    long begin = System.nanoTime();
    if (current.takeTurn() && !yielded) {
      yielded = true;
      current.runNext(() -> {
        yielded = false;
        takeTurn();
      });
    }
    current.endTurn(yielded);
    current.journal().worked(System.nanoTime() - begin);
  }

  /// The session, which is there since the connection is.
  private SmtpSession session() {
    if (session == null) {
      throw new IllegalStateException("an event before the connection is active");
    }
    return session;
  }
}
