package io.gatepost.edge.listener;

import io.gatepost.contract.setting.SettingException;
import io.gatepost.contract.setting.SettingUnavailableException;
import io.gatepost.edge.session.Role;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.TcpResources;

/// The SMTP ports. Starts after, and stops before, everything that a message needs. On the event
/// loops that all of Gatepost's connections share, and with Netty alone, as what Reactor Netty adds
/// to a connection would be most of what an idle one costs.
public final class SmtpListener implements SmartLifecycle {

  /// After queue-service (100) and delivery-service (200).
  private static final int PHASE = 300;

  private static final int BACKLOG = 4096;
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);
  private static final Logger log = LoggerFactory.getLogger(SmtpListener.class);

  /// What one client can make us hold in memory: octets that were read and not yet looked at, and
  /// replies that it does not take.
  private static final RecvByteBufAllocator READS =
      new AdaptiveRecvByteBufAllocator(64, 2_048, 16 * 1024);

  private static final WriteBufferWaterMark REPLIES = new WriteBufferWaterMark(4 * 1024, 16 * 1024);

  private final List<ListenAddress> addresses;
  private final SessionServices services;
  private final ChannelGroup sessions = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private final Map<EventLoop, TimerWheel> wheels = new ConcurrentHashMap<>();
  private final List<Future<?>> ticks = new ArrayList<>();
  private final List<Channel> servers = new ArrayList<>();

  /// @param addresses the plain MX listener first
  SmtpListener(List<ListenAddress> addresses, SessionServices services) {
    this.addresses = addresses;
    this.services = services;
  }

  /// Where the plain MX listener listens; with the port that was free where the setting says 0.
  public InetSocketAddress address() {
    return addresses().getFirst();
  }

  /// Where it listens, in the order of the settings.
  public List<InetSocketAddress> addresses() {
    if (servers.isEmpty()) {
      throw new IllegalStateException("the SMTP listener is not running");
    }
    return servers.stream().map(server -> (InetSocketAddress) server.localAddress()).toList();
  }

  @Override
  public void start() {
    LoopResources loops = TcpResources.get();
    EventLoopGroup workers = loops.onServer(LoopResources.DEFAULT_NATIVE);
    workers.forEach(executor -> {
      if (executor instanceof EventLoop loop) {
        TimerWheel wheel = new TimerWheel();
        wheels.put(loop, wheel);
        ticks.add(loop.scheduleAtFixedRate(wheel::tick, 1, 1, TimeUnit.SECONDS));
      }
    });
    for (ListenAddress address : addresses) {
      try {
        servers.add(bind(loops, workers, address));
      } catch (SettingException e) {
        stop();
        throw e;
      }
      log.info("SMTP ({}) on {}", address.role(), servers.getLast().localAddress());
    }
  }

  private Channel bind(LoopResources loops, EventLoopGroup workers, ListenAddress listen) {
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(loops.onServerSelect(LoopResources.DEFAULT_NATIVE), workers)
            .channel(loops.onChannelClass(ServerSocketChannel.class, workers))
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.AUTO_READ, false)
            .childOption(ChannelOption.RECVBUF_ALLOCATOR, READS)
            .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, REPLIES)
            .childHandler(new Sessions(listen.role()));
    ChannelFuture bound = bootstrap.bind(listen.address()).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw notBound(listen, String.valueOf(bound.cause().getMessage()));
    }
    return bound.channel();
  }

  /// A port that is taken may come free, and an address come up; a right does not come by itself.
  private static SettingException notBound(ListenAddress listen, String why) {
    String expected = "an address and port that is free and may be taken; " + why;
    return why.contains("Permission denied")
        ? new SettingException(listen.setting(), listen.address(), expected)
        : new SettingUnavailableException(listen.setting(), listen.address(), expected);
  }

  /// Gives each connection its session.
  private final class Sessions extends ChannelInitializer<Channel> {
    private final Role role;

    Sessions(Role role) {
      this.role = role;
    }

    @Override
    protected void initChannel(Channel channel) {
      sessions.add(channel);
      TimerWheel wheel = java.util.Objects.requireNonNull(wheels.get(channel.eventLoop()));
      channel.pipeline().addLast(new SmtpSession(services, role, wheel));
    }
  }

  @Override
  public void stop() {
    servers.forEach(server -> server.close().syncUninterruptibly());
    servers.clear();
    sessions.forEach(channel -> {
      SmtpSession session = channel.pipeline().get(SmtpSession.class);
      if (session != null) {
        channel.eventLoop().execute(session::shutDown);
      }
    });
    if (!sessions.newCloseFuture().awaitUninterruptibly(STOP_TIMEOUT.toMillis())) {
      log.warn("{} sessions cut off at stop", sessions.size());
      sessions.close().awaitUninterruptibly(STOP_TIMEOUT.toMillis());
    }
    ticks.forEach(tick -> tick.cancel(false));
    ticks.clear();
    wheels.clear();
  }

  @Override
  public boolean isRunning() {
    return !servers.isEmpty();
  }

  @Override
  public int getPhase() {
    return PHASE;
  }
}
