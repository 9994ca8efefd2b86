package io.gatepost.edge.listener;

import io.gatepost.contract.setting.SettingException;
import io.gatepost.contract.setting.SettingUnavailableException;
import io.gatepost.edge.session.Role;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
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
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.ContextClosedEvent;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.TcpResources;

/// The SMTP ports. Starts after, and stops before, everything that a message needs. On the event
/// loops that all of Gatepost's connections share, and with Netty alone, as what Reactor Netty adds
/// to a connection would be most of what an idle one costs.
public final class SmtpListener implements SmartLifecycle, ApplicationListener<ContextClosedEvent> {

  /// After queue-service (100) and delivery-service (200).
  private static final int PHASE = 300;

  private static final int BACKLOG = 4096;
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);
  private static final Logger log = LoggerFactory.getLogger(SmtpListener.class);

  /// Of replies that a client does not take, it can make us hold so many octets.
  private static final WriteBufferWaterMark REPLIES = new WriteBufferWaterMark(1024, 4 * 1024);

  /// The same for the kernel, which would take megabytes for one that reads nothing.
  private static final int KERNEL_OCTETS = 16 * 1024;

  private final List<ListenAddress> addresses;
  private final SessionServices services;
  private final ChannelGroup sessions = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private final Map<EventLoop, TimerWheel> wheels = new ConcurrentHashMap<>();
  private final List<Future<?>> ticks = new ArrayList<>();
  private final List<Channel> servers = new ArrayList<>();
  private final Duration drain;
  private volatile boolean stopping;

  /// @param addresses the plain MX listener first
  /// @param drain how long transactions under way may go on at the stop
  SmtpListener(List<ListenAddress> addresses, SessionServices services, Duration drain) {
    this.addresses = addresses;
    this.services = services;
    this.drain = drain;
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
    stopping = false;
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
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .childOption(ChannelOption.RECVBUF_ALLOCATOR, services.shared().input())
            .childOption(ChannelOption.SO_SNDBUF, KERNEL_OCTETS)
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
      SessionHandler session = new SessionHandler(services, role, wheel);
      channel.pipeline().addLast(session);
      if (stopping) {
        channel
            .eventLoop()
            .execute(() -> session.end(ServerStop.AFTER_TRANSACTION)); // it came in the last moment
      }
    }
  }

  /// The drain comes before anything else is stopped: the transactions need the other services, and
  /// health is asked for over HTTP, which tells load balancers from now on that this process takes
  /// no traffic.
  @Override
  public void onApplicationEvent(ContextClosedEvent closed) {
    stop();
  }

  /// Takes no more connections and ends the sessions: those outside a transaction at once, the
  /// others when it has ended, or after the drain's time, all with `421` (RFC 5321 §3.8). Returns
  /// when all are closed; what has no reply yet ten seconds later is cut off.
  @Override
  public synchronized void stop() {
    stopping = true;
    servers.forEach(server -> server.close().syncUninterruptibly());
    servers.clear();
    tell(ServerStop.AFTER_TRANSACTION);
    if (!haveEnded(drain)) {
      log.info("{} sessions get 421 in a transaction", sessions.size());
      tell(ServerStop.AFTER_ANSWER);
      if (!haveEnded(STOP_TIMEOUT)) {
        log.warn("{} sessions cut off at stop", sessions.size());
        sessions.close().awaitUninterruptibly(STOP_TIMEOUT.toMillis());
      }
    }
    ticks.forEach(tick -> tick.cancel(false));
    ticks.clear();
    wheels.clear();
  }

  private void tell(ServerStop how) {
    sessions.forEach(channel -> {
      SessionHandler session = channel.pipeline().get(SessionHandler.class);
      if (session != null) {
        channel.eventLoop().execute(() -> session.end(how));
      }
    });
  }

  private boolean haveEnded(Duration within) {
    return sessions.newCloseFuture().awaitUninterruptibly(within.toMillis());
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
