package io.gatepost.delivery.transport.smtp;

import io.gatepost.contract.delivery.DestinationState;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.queue.Queue;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.routing.Destination;
import io.gatepost.delivery.transport.Transport;
import io.gatepost.smtp.client.SmtpDialog;
import io.gatepost.smtp.client.SmtpTimeouts;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.TcpResources;

/// Delivers by SMTP, over kept connections, on the same event loops that receive.
public final class SmtpTransport implements Transport<Destination.Smtp>, AutoCloseable {

  private static final long FORGET_SECONDS = 30;
  private static final int MAX_LISTED = 1000;

  private final ConcurrentMap<String, SmtpDestination> destinations = new ConcurrentHashMap<>();
  private final String hostname;
  private final SmtpTimeouts timeouts;
  private final Duration idleTimeout;
  private final SmtpDestination.Limits limits;
  private final ContentSender contentSender;
  private final Bootstrap bootstrap;
  private final EventLoopGroup loops;

  /// How much of a next hop may be used.
  ///
  /// @param connections to one destination at most
  /// @param waiting messages for one destination at most
  /// @param connect how long a connection may take to open
  /// @param idle how long one is kept without work
  /// @param pause how long a host that could not be reached is left alone
  public record Settings(
      int connections, int waiting, Duration connect, Duration idle, Duration pause) {}

  /// @param hostname what we call ourselves
  public SmtpTransport(String hostname, Queue queue, Settings settings) {
    this.hostname = hostname;
    this.timeouts = SmtpTimeouts.standard(settings.connect());
    this.idleTimeout = settings.idle();
    this.limits =
        new SmtpDestination.Limits(
            settings.connections(), settings.waiting(), settings.pause().toNanos());
    this.contentSender = new ContentSender(queue);
    LoopResources resources = TcpResources.get();
    this.loops = resources.onClient(true);
    this.bootstrap =
        new Bootstrap()
            .group(loops)
            .channelFactory(() -> resources.onChannel(SocketChannel.class, loops))
            .option(ChannelOption.TCP_NODELAY, true)
            .option(
                ChannelOption.CONNECT_TIMEOUT_MILLIS,
                Math.toIntExact(settings.connect().toMillis()));
    loops.scheduleAtFixedRate(this::forget, FORGET_SECONDS, FORGET_SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public void deliver(
      EnvelopeRecord message,
      List<Recipient> recipients,
      Destination.Smtp destination,
      Consumer<List<RecipientOutcome>> done) {
    destinations
        .computeIfAbsent(
            destination.name(),
            any -> new SmtpDestination(destination, limits, this::dial, System::nanoTime))
        .submit(new SmtpJob(message, recipients, 0, done), destination.hops());
  }

  /// The destinations in use, busiest first.
  public List<DestinationState> states() {
    return destinations.values().stream()
        .map(SmtpDestination::state)
        .sorted(
            Comparator.comparingInt((DestinationState state) -> state.running() + state.waiting())
                .reversed())
        .limit(MAX_LISTED)
        .toList();
  }

  /// Gives idle connections up.
  @Override
  public void close() {
    destinations
        .values()
        .forEach(destination -> destination.drainIdle().forEach(SmtpConnection::quit));
  }

  private void forget() {
    destinations.values().removeIf(SmtpDestination::isForgettable);
  }

  private void dial(SmtpDestination destination, List<Destination.NextHop> hops) {
    dial(destination, hops, 0);
  }

  private void dial(SmtpDestination destination, List<Destination.NextHop> hops, int index) {
    Destination.NextHop hop = hops.get(index);
    SmtpConnection connection =
        new SmtpConnection(
            destination,
            hop.toString(),
            new SmtpDialog(hostname),
            timeouts,
            idleTimeout,
            contentSender);
    ChannelFuture connecting =
        bootstrap
            .clone()
            .handler(connection)
            .connect(new InetSocketAddress(hop.address(), hop.port()));
    connecting.addListener(attempt -> {
      if (!attempt.isSuccess()) {
        if (index + 1 < hops.size()) {
          dial(destination, hops, index + 1);
        } else {
          destination.unreachable(
              Reply.of(
                  451, "4.4.1", "Cannot connect to " + hop + ": " + attempt.cause().getMessage()));
        }
      }
    });
  }
}
