package io.gatepost.delivery.transport.smtp;

import io.gatepost.contract.delivery.DestinationState;
import io.gatepost.contract.delivery.EarlyResult.Why;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.queue.Queue;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.routing.Destination.NextHop;
import io.gatepost.contract.verification.HeardRecipient;
import io.gatepost.delivery.transport.AttemptRoom;
import io.gatepost.delivery.transport.Transport;
import io.gatepost.smtp.client.SmtpTimeouts;
import io.micrometer.core.instrument.Counter;
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
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.TcpResources;

/// Delivers by SMTP, over kept connections, on the same event loops that receive.
public final class SmtpTransport implements Transport<Destination.Smtp>, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(SmtpTransport.class);
  private static final long FORGET_SECONDS = 30;

  private static final long LOOK_SECONDS = 1;

  /// Destinations that are listed at most.
  public static final int MAX_LISTED = 1000;

  private final ConcurrentMap<String, SmtpDestination> destinations = new ConcurrentHashMap<>();
  private final int recipientsPerTransaction;
  private final SmtpDestination.Limits limits;
  private final AttemptRoom room;
  private final HopTerms hopTerms;
  private final Equipment equipment;
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
  /// @param probes how much of it questions may use
  public record Settings(
      int connections,
      int waiting,
      int recipients,
      Duration connect,
      Duration idle,
      Duration pause,
      ProbeSettings probes) {}

  /// How much of a next hop questions about recipients may use.
  ///
  /// @param percent of its connections, 1 to 90
  /// @param waiting for a connection at most
  /// @param perSecond recipients asked about at most
  /// @param patience how long it may take for the next answer
  public record ProbeSettings(int percent, int waiting, int perSecond, Duration patience) {}

  /// Settings for next hops.
  ///
  /// @param hostname what we call ourselves
  /// @param anyone how hosts are talked to that are not named
  /// @param named by the name of the route's host, or of a hop, in lower case, with or without a
  ///   colon and the port
  public record Peers(String hostname, SmartHost anyone, Map<String, SmartHost> named) {}

  /// @param room that slow destinations share
  /// @param heard takes, at once, each 2xx and 5xx to RCPT of hosts that the operator names
  public SmtpTransport(
      Peers peers,
      Queue queue,
      Settings settings,
      AttemptRoom room,
      Consumer<HeardRecipient> heard,
      MeterRegistry meters) {
    this.room = room;
    this.recipientsPerTransaction = settings.recipients();
    this.limits =
        new SmtpDestination.Limits(
            settings.connections(),
            settings.waiting(),
            settings.pause().toNanos(),
            new ProbeQueue.Limits(
                settings.probes().percent(),
                settings.probes().waiting(),
                settings.recipients(),
                settings.probes().perSecond()));
    this.hopTerms = new HopTerms(peers.hostname(), peers.anyone(), peers.named(), System::nanoTime);
    this.equipment =
        new Equipment(
            SmtpTimeouts.standard(settings.connect()),
            settings.idle(),
            settings.probes().patience(),
            new ContentSender(queue),
            hopTerms,
            new TlsMeters(meters),
            Counter.builder("gatepost.delivery.dots.unanswered")
                .description("Final dots that next hops did not answer: they may have the message")
                .register(meters),
            room,
            heard);
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
      Receiver ended) {
    if (stopping) {
      return;
    }
    AttemptRoom.Holding holding = room.hold(destination.name(), message, recipients.size());
    SmtpJob whole =
        SmtpJob.of(message, recipients, System.nanoTime(), new Releasing(holding, ended));
    for (SmtpJob part : whole.parts(recipientsPerTransaction)) {
      submit(destination, known -> known.submit(part, destination.hops()));
    }
  }

  /// Why a message for a destination would have to wait, or could not be delivered; empty where it
  /// can be begun now.
  public Optional<Why> against(Destination.Smtp destination) {
    if (stopping) {
      return Optional.of(Why.STOPPING);
    }
    SmtpDestination known = destinations.get(destination.name());
    return known == null ? Optional.empty() : known.against();
  }

  /// Asks a question; its answer comes on any thread, at once where it cannot be asked.
  void probe(Probe probe, Destination.Smtp destination) {
    submit(destination, known -> known.submit(probe, destination.hops()));
  }

  private void submit(Destination.Smtp destination, Predicate<SmtpDestination> submission) {
    while (!submission.test(destination(destination))) {
      destinations.computeIfPresent(
          destination.name(), (name, known) -> known.isForgotten() ? null : known);
    }
  }

  /// Lets go of the room as outcomes become known.
  private record Releasing(AttemptRoom.Holding holding, Receiver ended) implements Receiver {
    @Override
    public void accept(List<RecipientOutcome> outcomes) {
      holding.release(outcomes.size());
      ended.accept(outcomes);
    }

    @Override
    public boolean isAwaited() {
      return ended.isAwaited();
    }

    @Override
    public boolean isWanted() {
      return ended.isWanted();
    }

    @Override
    public void prepared(Prepared part) {
      ended.prepared(part);
    }
  }

  private SmtpDestination destination(Destination.Smtp destination) {
    SmtpDestination known = destinations.get(destination.name());
    return known != null
        ? known
        : destinations.computeIfAbsent(
            destination.name(),
            name ->
                new SmtpDestination(
                    destination, limits, this::search, () -> room.share(name), System::nanoTime));
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

  /// Questions that wait for a connection.
  int probesWaiting() {
    return destinations.values().stream().mapToInt(each -> each.state().probesWaiting()).sum();
  }

  /// Connections on which questions are asked.
  int probing() {
    return destinations.values().stream().mapToInt(each -> each.state().probing()).sum();
  }

  /// Lets what is under way end, and begins nothing more: whoever stops would not be there to write
  /// down what became of it.
  public void stopAccepting() {
    stopping = true;
    destinations.values().forEach(SmtpDestination::stopAccepting);
  }

  /// Gives idle connections up.
  @Override
  public void close() {
    forgetting.cancel(false);
    looking.cancel(false);
    destinations.values().forEach(destination -> destination.drainIdle().forEach(Lane::quit));
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

  private void search(SmtpDestination destination, List<NextHop> hops) {
    new HopSearch(destination, hops, this::connect).next();
  }

  private void connect(NextHop hop, HopSearch search) {
    SmtpConnection connection =
        new SmtpConnection(
            search, hop, hopTerms.with(search.destination().exchangersOf(), hop), equipment);
    bootstrap
        .clone()
        .handler(connection)
        .connect(new InetSocketAddress(hop.address(), hop.port()))
        .addListener(attempt -> {
          if (!attempt.isSuccess()) {
            String why = attempt.cause().getMessage();
            search.failed(
                hop,
                new HopFailure.Unreachable(
                    Reply.of(451, "4.4.1", "Cannot connect to " + hop + ": " + why)));
          }
        });
  }
}
