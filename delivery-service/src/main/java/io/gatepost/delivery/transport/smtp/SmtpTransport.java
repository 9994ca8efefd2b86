package io.gatepost.delivery.transport.smtp;

import io.gatepost.contract.delivery.DestinationState;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.queue.Queue;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.routing.Destination.NextHop;
import io.gatepost.delivery.transport.Transport;
import io.gatepost.smtp.client.SmtpTimeouts;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.TcpResources;

/// Delivers by SMTP, over kept connections, on the same event loops that receive.
public final class SmtpTransport implements Transport<Destination.Smtp>, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(SmtpTransport.class);
  private static final long FORGET_SECONDS = 30;

  /// As soon as a host that was down before counts as stalled.
  private static final long LOOK_SECONDS = 2;

  private static final int MAX_LISTED = 1000;

  private final ConcurrentMap<String, SmtpDestination> destinations = new ConcurrentHashMap<>();
  private final int recipientsPerTransaction;
  private final SmtpDestination.Limits limits;
  private final HopTerms hopTerms;
  private final SmtpConnection.Equipment equipment;
  private final Bootstrap bootstrap;
  private final Future<?> forgetting;
  private final Future<?> looking;
  private volatile boolean stopping;

  /// How much of a next hop may be used.
  ///
  /// @param connections to one destination at most
  /// @param waiting messages for one destination at most
  /// @param recipients in one transaction at most
  /// @param connect how long a connection may take to open
  /// @param idle how long one is kept without work
  /// @param pause how long a host that could not be reached is left alone
  public record Settings(
      int connections,
      int waiting,
      int recipients,
      Duration connect,
      Duration idle,
      Duration pause) {}

  /// Whom we talk to, and how.
  ///
  /// @param hostname what we call ourselves
  /// @param anyone how hosts are talked to that are not named
  /// @param named by the name of the route's host, or of a hop, in lower case, with or without a
  ///   colon and the port
  public record Peers(String hostname, SmartHost anyone, Map<String, SmartHost> named) {}

  public SmtpTransport(Peers peers, Queue queue, Settings settings, MeterRegistry meters) {
    this.recipientsPerTransaction = settings.recipients();
    this.limits =
        new SmtpDestination.Limits(
            settings.connections(), settings.waiting(), settings.pause().toNanos());
    this.hopTerms = new HopTerms(peers.hostname(), peers.anyone(), peers.named(), System::nanoTime);
    this.equipment =
        new SmtpConnection.Equipment(
            SmtpTimeouts.standard(settings.connect()),
            settings.idle(),
            new ContentSender(queue),
            hopTerms,
            new TlsMeters(meters));
    LoopResources resources = TcpResources.get();
    EventLoopGroup loops = resources.onClient(true);
    this.bootstrap =
        new Bootstrap()
            .group(loops)
            .channelFactory(() -> resources.onChannel(SocketChannel.class, loops))
            .option(ChannelOption.TCP_NODELAY, true)
            .option(
                ChannelOption.CONNECT_TIMEOUT_MILLIS,
                Math.toIntExact(settings.connect().toMillis()));
    this.forgetting =
        loops.scheduleAtFixedRate(this::forget, FORGET_SECONDS, FORGET_SECONDS, TimeUnit.SECONDS);
    this.looking =
        loops.scheduleAtFixedRate(this::look, LOOK_SECONDS, LOOK_SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public void deliver(
      EnvelopeRecord message,
      List<Recipient> recipients,
      Destination.Smtp destination,
      Consumer<List<RecipientOutcome>> done) {
    if (stopping) {
      return;
    }
    SmtpJob whole = SmtpJob.of(message, recipients, done);
    for (SmtpJob part : whole.parts(recipientsPerTransaction)) {
      while (!destination(destination).submit(part, destination.hops())) {
        destinations.computeIfPresent(
            destination.name(), (name, known) -> known.isForgotten() ? null : known);
      }
    }
  }

  private SmtpDestination destination(Destination.Smtp destination) {
    SmtpDestination known = destinations.get(destination.name());
    return known != null
        ? known
        : destinations.computeIfAbsent(
            destination.name(),
            any -> new SmtpDestination(destination, limits, this::dial, System::nanoTime));
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

  /// Lets what is under way end, and begins nothing more: whoever stops would not be there to write
  /// down what became of it.
  public void beginNoMore() {
    stopping = true;
    destinations.values().forEach(SmtpDestination::beginNoMore);
  }

  /// Gives idle connections up.
  @Override
  public void close() {
    forgetting.cancel(false);
    looking.cancel(false);
    destinations
        .values()
        .forEach(destination -> destination.drainIdle().forEach(SmtpDestination.Lane::quit));
  }

  private void forget() {
    destinations.values().removeIf(SmtpDestination::forget);
    hopTerms.forget();
  }

  private void look() {
    for (SmtpDestination destination : destinations.values()) {
      try {
        destination.look();
      } catch (RuntimeException e) {
        log.error("a destination cannot be looked at", e); // the timer must go on
      }
    }
  }

  private void dial(SmtpDestination destination, List<NextHop> hops) {
    new Dial(destination, hops, this::connect).next();
  }

  private void connect(NextHop hop, Dial dial) {
    SmtpConnection connection =
        new SmtpConnection(
            dial, hop, hopTerms.with(dial.destination().exchangersOf(), hop), equipment);
    bootstrap
        .clone()
        .handler(connection)
        .connect(new InetSocketAddress(hop.address(), hop.port()))
        .addListener(attempt -> {
          if (!attempt.isSuccess()) {
            String why = attempt.cause().getMessage();
            dial.failed(
                hop,
                Reason.UNREACHABLE,
                Reply.of(451, "4.4.1", "Cannot connect to " + hop + ": " + why));
          }
        });
  }
}
