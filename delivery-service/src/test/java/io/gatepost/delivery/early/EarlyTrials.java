package io.gatepost.delivery.early;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.delivery.EarlyResult;
import io.gatepost.contract.delivery.EarlyResult.Why;
import io.gatepost.contract.delivery.EarlyTerms;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.Provenance;
import io.gatepost.contract.envelope.Provenance.Origin;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.queue.Conclusion;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.routing.RouteAnswer;
import io.gatepost.contract.routing.RouteExplanation;
import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.contract.routing.Routing;
import io.gatepost.delivery.FakeQueue;
import io.gatepost.delivery.FakeScanning;
import io.gatepost.delivery.Messages;
import io.gatepost.delivery.attempt.AttemptMeters;
import io.gatepost.delivery.attempt.AttemptSink;
import io.gatepost.delivery.attempt.Attempts;
import io.gatepost.delivery.attempt.Expiry;
import io.gatepost.delivery.late.LateBacklog;
import io.gatepost.delivery.late.LateMeters;
import io.gatepost.delivery.late.LateScans;
import io.gatepost.delivery.transport.AttemptRoom;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.scheduler.VirtualTimeScheduler;

/// Early attempts over real attempts; routing, next hops, the log and the clock are played.
class EarlyTrials {

  static final Duration BUDGET = Duration.ofSeconds(5);

  final VirtualTimeScheduler time = VirtualTimeScheduler.create();
  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  final PlayedHops hops = new PlayedHops();
  final World world = new World();
  final AttemptRoom room = new AttemptRoom(100);
  final Map<String, Why> against = new HashMap<>();
  final Attempts attempts = attempts();
  Mono<Void> refusalsTold = Mono.empty();

  /// Of what is made from here on.
  EarlyRules rules = EarlyRules.NONE;

  /// Something that happens at the moment of a look at the clock.
  Runnable atLookAtClock = () -> {};

  private long looks;
  final SlowDestinations slow = new SlowDestinations(this::muchLater);
  final EarlyDelivery early = early(10);

  /// Each message for a slow next hop is its next trial.
  private long muchLater() {
    looks++;
    return looks * SlowDestinations.LONGEST.toNanos();
  }

  private long nanos() {
    atLookAtClock.run();
    return time.now(TimeUnit.NANOSECONDS);
  }

  final EarlyDelivery early(int most) {
    return early(room, most);
  }

  final EarlyDelivery early(AttemptRoom within, int most) {
    EarlyDelivery made =
        new EarlyDelivery(
            attempts,
            within,
            new EarlyDelivery.Hosts(
                new NextHops(
                    host -> Optional.ofNullable(against.get(host.name())), Optional::empty, slow),
                rules,
                () -> refusalsTold),
            most,
            time,
            this::nanos,
            new EarlyMeters(meters));
    made.own(Set.of(0));
    return made;
  }

  private Attempts attempts() {
    AttemptRoom scans = new AttemptRoom(10);
    return new Attempts(
        world,
        Attempts.routes(10),
        hops,
        (message, recipients, mailbox, ended) -> {
          throw new AssertionError("no mailboxes here");
        },
        new FakeQueue(),
        new LateScans(
            new FakeScanning(),
            scans,
            new LateScans.Settings(2, 10, Duration.ofSeconds(30), Duration.ofSeconds(5)),
            new LateBacklog(),
            new LateMeters(new SimpleMeterRegistry(), 10, System::nanoTime),
            () -> Messages.ARRIVED,
            System::nanoTime),
        new Expiry(Duration.ofDays(5), Messages.ARRIVED, System::nanoTime),
        Duration.ofHours(4),
        "mta.example",
        () -> Messages.ARRIVED,
        new AttemptMeters(new SimpleMeterRegistry()));
  }

  /// A message of one of our own.
  static EnvelopeRecord own(String... recipients) {
    return Messages.to(
        Stream.of(recipients).map(each -> Messages.recipient(each)).toArray(Recipient[]::new));
  }

  /// A message of a stranger.
  static EnvelopeRecord strangers(String... recipients) {
    EnvelopeRecord message = own(recipients);
    Envelope of = message.envelope();
    return new EnvelopeRecord(
        new Envelope(
            of.id(),
            of.generation(),
            of.attempts(),
            of.arrivedAt(),
            of.sender(),
            of.recipients(),
            Provenance.connected("192.0.2.7", "192.0.2.1:25", Origin.EXTERNAL),
            of.parameters(),
            of.content()),
        message.content());
  }

  /// Calls for an attempt.
  final Client deliver(EnvelopeRecord message) {
    return new Client(early.deliverNow(message, new EarlyTerms(BUDGET)));
  }

  /// The record is read; where no attempt has joined, one is begun.
  final Log read(EnvelopeRecord record) {
    Log log = new Log();
    QueueId id = record.envelope().id();
    early
        .join(id, log)
        .ifPresent(reached -> {
          log.reached = Optional.of(reached);
          attempts.start(record, reached, log);
        });
    return log;
  }

  final double counted(String result, String why) {
    return meters
        .get("gatepost.delivery.early.attempts")
        .tags("result", result, "why", why)
        .counter()
        .count();
  }

  /// The edge that waits for an answer.
  static final class Client {
    final List<EarlyResult> results = new ArrayList<>();
    private final Disposable call;

    Client(Mono<EarlyResult> answer) {
      this.call = answer.subscribe(results::add);
    }

    @Nullable EarlyResult result() {
      return results.isEmpty() ? null : results.getFirst();
    }

    void breaksOff() {
      call.dispose();
    }
  }

  /// The records that come to the log.
  static final class Log implements AttemptSink {
    final List<RecipientOutcome> progress = new ArrayList<>();
    final List<Conclusion> conclusions = new ArrayList<>();
    final List<List<RecipientOutcome>> delivered = new ArrayList<>();

    /// Where a new attempt was begun: who had a copy.
    Optional<List<RecipientOutcome>> reached = Optional.empty();

    @Override
    public void progress(List<RecipientOutcome> served) {
      if (ends() > 0) {
        throw new AssertionError("progress after the end: " + served);
      }
      progress.addAll(served);
    }

    @Override
    public void delivered(List<RecipientOutcome> outcomes) {
      delivered.add(outcomes);
    }

    @Override
    public void leftover(Conclusion conclusion) {
      conclusions.add(conclusion);
    }

    int ends() {
      return delivered.size() + conclusions.size();
    }
  }

  /// Each domain is a next hop; aliases of one level; what does not answer until it is told to.
  static final class World implements Routing {
    final Map<String, List<String>> aliases = new HashMap<>();
    final Set<String> unknown = new HashSet<>();
    boolean isBroken;
    Sinks.@Nullable Empty<Void> held;

    @Override
    public Mono<RouteAnswer> route(RouteRequest request) {
      Sinks.Empty<Void> until = held;
      Mono<RouteAnswer> answer = Mono.fromSupplier(() -> answer(request));
      return until == null ? answer : until.asMono().then(answer);
    }

    private RouteAnswer answer(RouteRequest request) {
      if (isBroken) {
        throw new IllegalStateException("routing is broken");
      }
      String address = request.recipient().toString();
      if (unknown.contains(address)) {
        return new RouteAnswer.Refused(Reason.UNKNOWN_USER, PlayedHops.NO);
      }
      List<String> targets =
          request.skip().isEmpty()
              ? aliases.getOrDefault(address, List.of(address))
              : List.of(address);
      return new RouteAnswer.Resolved(
          targets.stream()
              .map(ForwardPath::of)
              .map(to -> new RouteAnswer.Leg(to, host(to.domain().text())))
              .toList());
    }

    private static Destination host(String name) {
      return new Destination.Smtp(name, List.of(new Destination.NextHop(name, "192.0.2.1", 25)));
    }

    @Override
    public Mono<RouteExplanation> explain(RouteRequest request) {
      throw new AssertionError("not asked for");
    }
  }
}
