package io.gatepost.edge.listener;

import io.gatepost.contract.setting.SettingException;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.publisher.Mono;
import reactor.netty.ChannelBindException;
import reactor.netty.DisposableServer;
import reactor.netty.tcp.TcpResources;
import reactor.netty.tcp.TcpServer;

/// The SMTP port. Starts after, and stops before, everything that a message needs.
public final class SmtpListener implements SmartLifecycle {

  /// After queue-service (100) and delivery-service (200).
  private static final int PHASE = 300;

  private static final int BACKLOG = 4096;
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);
  private static final Logger log = LoggerFactory.getLogger(SmtpListener.class);

  private final InetSocketAddress listen;
  private final SessionServices services;
  private final ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private @Nullable DisposableServer server;

  SmtpListener(InetSocketAddress listen, SessionServices services) {
    this.listen = listen;
    this.services = services;
  }

  /// Where it listens; with the port that was free where the setting says 0.
  public InetSocketAddress address() {
    if (server == null) {
      throw new IllegalStateException("the SMTP listener is not running");
    }
    return (InetSocketAddress) server.address();
  }

  @Override
  public void start() {
    try {
      server =
          TcpServer.create()
              .bindAddress(() -> listen)
              .runOn(TcpResources.get())
              .channelGroup(channels)
              .option(ChannelOption.SO_BACKLOG, BACKLOG)
              .childOption(ChannelOption.AUTO_READ, false)
              .childOption(ChannelOption.TCP_NODELAY, true)
              .doOnChannelInit((observer, channel, remote) -> prepare(channel))
              .handle((in, out) -> Mono.never()) // the session handler does it all
              .bindNow();
    } catch (ChannelBindException e) {
      throw new SettingException(
          "gatepost.edge.listen", listen, "an address and port that is free");
    }
    log.info("SMTP on {}", server.address());
  }

  /// Our handlers stand before Reactor Netty's own, which would keep what they are to see.
  private void prepare(Channel channel) {
    long idle = services.idleTimeout().toMillis();
    channel
        .pipeline()
        .addFirst(new SmtpSession(services))
        .addFirst(new IdleStateHandler(idle, 0, 0, TimeUnit.MILLISECONDS));
  }

  @Override
  public void stop() {
    DisposableServer running = server;
    if (running == null) {
      return;
    }
    server = null;
    running.channel().close().syncUninterruptibly();
    channels.forEach(channel -> {
      SmtpSession session = channel.pipeline().get(SmtpSession.class);
      if (session != null) {
        channel.eventLoop().execute(session::shutDown);
      }
    });
    if (!channels.newCloseFuture().awaitUninterruptibly(STOP_TIMEOUT.toMillis())) {
      log.warn("{} sessions cut off at stop", channels.size());
      channels.close().awaitUninterruptibly(STOP_TIMEOUT.toMillis());
    }
  }

  @Override
  public boolean isRunning() {
    return server != null;
  }

  @Override
  public int getPhase() {
    return PHASE;
  }
}
