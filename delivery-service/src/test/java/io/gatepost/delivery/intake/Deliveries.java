package io.gatepost.delivery.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.routing.RouteAnswer;
import io.gatepost.contract.routing.RouteExplanation;
import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.contract.routing.Routing;
import io.gatepost.delivery.FakeScanning;
import io.gatepost.delivery.attempt.AttemptMeters;
import io.gatepost.delivery.attempt.Attempts;
import io.gatepost.delivery.attempt.Expiry;
import io.gatepost.delivery.early.EarlyDelivery;
import io.gatepost.delivery.early.EarlyMeters;
import io.gatepost.delivery.early.EarlyRules;
import io.gatepost.delivery.early.NextHops;
import io.gatepost.delivery.early.SlowDestinations;
import io.gatepost.delivery.late.LateBacklog;
import io.gatepost.delivery.late.LateMeters;
import io.gatepost.delivery.late.LateScans;
import io.gatepost.delivery.transport.AttemptRoom;
import io.gatepost.log.BrokerClients;
import io.gatepost.log.ClientFactories;
import io.gatepost.rpc.trace.Traces;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/// Delivery over one log, as it runs in one or several processes.
final class Deliveries implements AutoCloseable {

  static final Duration PATIENCE = Duration.ofSeconds(40);
  static final int MAX_RUNNING = 40;

  /// How long a run waits for copies of an earlier one.
  Duration lateCopies = Duration.ZERO;

  /// Scans what was accepted unscanned.
  final FakeScanning scanning = new FakeScanning();

  private final FakeTransport transport = new FakeTransport();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final List<Run> runs = new ArrayList<>();
  private final AtomicInteger begunNoMore = new AtomicInteger();
  private final IntakeLog log;
  private final LoggedQueue queue;

  /// Delivery as it runs in one process.
  record Run(Intake intake, Dispatcher dispatcher, EarlyDelivery early) {}

  private Deliveries(IntakeLog log) {
    this.log = log;
    this.queue = new LoggedQueue(log);
  }

  static Deliveries overAnEmptyLog() throws Exception {
    return new Deliveries(IntakeLog.empty());
  }

  FakeTransport transport() {
    return transport;
  }

  SimpleMeterRegistry meters() {
    return meters;
  }

  IntakeLog log() {
    return log;
  }

  LoggedQueue queue() {
    return queue;
  }

  /// How often a run has said that it begins no more.
  int begunNoMore() {
    return begunNoMore.get();
  }

  @Override
  public void close() {
    transport.releaseAll();
    runs.forEach(this::stop);
    log.close();
  }

  Run start() {
    return start("test");
  }

  /// @param instance of the group
  Run start(String instance) {
    IntakeClients clients =
        new IntakeClients(
            new BrokerClients(
                ClientFactories.of(Map.of("bootstrap.servers", IntakeLog.bootstrapServers())),
                "delivery"),
            instance);
    Attempts attempts =
        new Attempts(
            new ByDomain(),
            Attempts.routes(MAX_RUNNING),
            transport,
            (message, recipients, mailbox, done) -> {
              throw new AssertionError("no mailboxes here");
            },
            queue,
            new LateScans(
                scanning,
                new AttemptRoom(MAX_RUNNING),
                new LateScans.Settings(2, 10, Duration.ofSeconds(30), Duration.ofSeconds(5)),
                new LateBacklog(),
                new LateMeters(meters, 10, System::nanoTime),
                InstantSource.system(),
                System::nanoTime),
            new Expiry(Duration.ofDays(5), Instant.now(), System::nanoTime),
            Duration.ofHours(4),
            "mx.example.test",
            InstantSource.system(),
            new AttemptMeters(meters));
    EarlyDelivery early =
        new EarlyDelivery(
            attempts,
            new AttemptRoom(MAX_RUNNING),
            new EarlyDelivery.Hosts(
                new NextHops(
                    host -> Optional.empty(),
                    Optional::empty,
                    new SlowDestinations(System::nanoTime)),
                EarlyRules.NONE,
                Mono::empty),
            MAX_RUNNING,
            Schedulers.parallel(),
            System::nanoTime,
            new EarlyMeters(meters));
    Dispatcher dispatcher =
        new Dispatcher(
            attempts, early, queue, clients, new AttemptRoom(MAX_RUNNING), Traces.OFF, meters);
    Intake intake =
        new Intake(
            clients,
            dispatcher,
            queue,
            MAX_RUNNING,
            begunNoMore::incrementAndGet,
            Duration.ofMillis(500),
            lateCopies);
    intake.start();
    Run run = new Run(intake, dispatcher, early);
    runs.add(run);
    return run;
  }

  /// Stops a run as if it were killed: attempts under way do not end.
  void stop(Run run) {
    run.intake().close();
    run.dispatcher().close();
  }

  void awaitCommitted(String topic, long offset) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(log.committedOffset(topic)).isEqualTo(offset));
  }

  /// Every domain is a destination of its own.
  private static final class ByDomain implements Routing {

    @Override
    public Mono<RouteAnswer> route(RouteRequest request) {
      DomainName domain = request.recipient().domain();
      return Mono.just(
          new RouteAnswer.Resolved(
              List.of(
                  new RouteAnswer.Leg(
                      request.recipient(),
                      new Destination.Smtp(
                          domain.text(),
                          List.of(new Destination.NextHop(domain.text(), "192.0.2.1", 25)))))));
    }

    @Override
    public Mono<RouteExplanation> explain(RouteRequest request) {
      throw new AssertionError("not asked for");
    }
  }
}
