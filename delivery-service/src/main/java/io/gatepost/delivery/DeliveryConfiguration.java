package io.gatepost.delivery;

import io.gatepost.contract.delivery.Delivery;
import io.gatepost.contract.delivery.DestinationState;
import io.gatepost.contract.delivery.EarlyResult;
import io.gatepost.contract.delivery.EarlyTerms;
import io.gatepost.contract.delivery.FilterAnswer;
import io.gatepost.contract.delivery.FilterTerms;
import io.gatepost.contract.delivery.LateScansState;
import io.gatepost.contract.delivery.ProbeAnswer;
import io.gatepost.contract.delivery.ProbeRequest;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.process.ClockWatch;
import io.gatepost.contract.queue.Queue;
import io.gatepost.contract.routing.Routing;
import io.gatepost.contract.scanning.Scanning;
import io.gatepost.contract.verification.Verification;
import io.gatepost.delivery.attempt.AttemptMeters;
import io.gatepost.delivery.attempt.Attempts;
import io.gatepost.delivery.attempt.Expiry;
import io.gatepost.delivery.early.EarlyDelivery;
import io.gatepost.delivery.early.EarlyMeters;
import io.gatepost.delivery.early.NextHops;
import io.gatepost.delivery.early.SlowDestinations;
import io.gatepost.delivery.filter.FilterDelivery;
import io.gatepost.delivery.heard.HeardRecipients;
import io.gatepost.delivery.intake.Dispatcher;
import io.gatepost.delivery.intake.Intake;
import io.gatepost.delivery.intake.IntakeClients;
import io.gatepost.delivery.late.LateBacklog;
import io.gatepost.delivery.late.LateMeters;
import io.gatepost.delivery.late.LateScans;
import io.gatepost.delivery.transport.AttemptRoom;
import io.gatepost.delivery.transport.maildir.MaildirTransport;
import io.gatepost.delivery.transport.smtp.Probes;
import io.gatepost.delivery.transport.smtp.SmtpTransport;
import io.gatepost.gate.Gate;
import io.gatepost.log.BrokerClients;
import io.gatepost.log.ClientFactories;
import io.gatepost.log.LogClientsConfiguration;
import io.gatepost.rpc.process.SuiteSettings;
import io.gatepost.rpc.trace.Traces;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/// Every part of delivery-service and what it is made of.
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(DeliveryProperties.class)
@Import({LogClientsConfiguration.class, SuiteSettings.Bound.class})
public class DeliveryConfiguration {

  @Bean
  AttemptRoom room(DeliveryProperties properties, MeterRegistry meters) {
    AttemptRoom room = new AttemptRoom(properties.maxRunning());
    Gauge.builder("gatepost.delivery.attempt.memory", room, AttemptRoom::octets)
        .baseUnit("bytes")
        .description("Memory that attempts under way take")
        .register(meters);
    return room;
  }

  @Bean
  SmtpTransport smtpTransport(
      DeliveryProperties properties,
      Queue queue,
      AttemptRoom room,
      HeardRecipients heard,
      MeterRegistry meters,
      SuiteSettings suite) {
    return new SmtpTransport(
        new SmtpTransport.Peers(
            suite.hostname().text(), properties.anyHost(), properties.namedSmartHosts()),
        queue,
        new SmtpTransport.Settings(
            properties.connectionsPerDestination(),
            properties.waitingPerDestination(),
            properties.recipientsPerTransaction(),
            properties.connectTimeout(),
            properties.idleTimeout(),
            properties.unreachablePause(),
            new SmtpTransport.ProbeSettings(
                properties.probe().share(),
                properties.probe().waiting(),
                properties.probe().rate(),
                properties.probe().timeout())),
        room,
        heard::heard,
        meters);
  }

  /// Verification asks deliveries, and they tell it what they hear: so it is looked up late.
  @Bean
  HeardRecipients heardRecipients(ObjectProvider<Verification> verification, MeterRegistry meters) {
    return new HeardRecipients(
        batch -> verification.getObject().heard(batch), Schedulers.parallel(), meters);
  }

  @Bean
  MaildirTransport maildirTransport(
      DeliveryProperties properties, Queue queue, SuiteSettings suite) {
    Path root =
        properties.maildirRoot().isBlank()
            ? suite.data().resolve("maildir")
            : Path.of(properties.maildirRoot());
    return new MaildirTransport(
        root, queue, Executors.newVirtualThreadPerTaskExecutor(), InstantSource.system());
  }

  @Bean
  Expiry expiry(SuiteSettings suite) {
    return new Expiry(suite.lifetime(), Instant.now(), System::nanoTime);
  }

  @Bean
  Gate routesGate(DeliveryProperties properties) {
    return Attempts.routes(properties.maxRunning());
  }

  @Bean
  LateBacklog lateBacklog() {
    return new LateBacklog();
  }

  @Bean
  LateScans lateScans(
      Scanning scanning,
      AttemptRoom room,
      LateBacklog lateBacklog,
      DeliveryProperties properties,
      MeterRegistry meters) {
    return new LateScans(
        scanning,
        room,
        new LateScans.Settings(
            properties.late().scans(),
            properties.waitingPerDestination(),
            properties.late().timeout(),
            properties.unreachablePause()),
        lateBacklog,
        new LateMeters(meters, properties.late().findsPerHour(), System::nanoTime),
        InstantSource.system(),
        System::nanoTime);
  }

  @Bean(destroyMethod = "dispose")
  Disposable lateLook(LateScans lateScans) {
    return Schedulers.parallel().schedulePeriodically(lateScans::look, 1, 1, TimeUnit.SECONDS);
  }

  @Bean
  Attempts attempts(
      Routing routing,
      @Qualifier("routesGate") Gate routesGate,
      SmtpTransport smtp,
      MaildirTransport maildirs,
      Queue queue,
      LateScans lateScans,
      MeterRegistry meters,
      DeliveryProperties properties,
      Expiry expiry,
      SuiteSettings suite) {
    return new Attempts(
        routing,
        routesGate,
        smtp,
        maildirs,
        queue,
        lateScans,
        expiry,
        properties.delayNotice(),
        suite.hostname().text(),
        InstantSource.system(),
        new AttemptMeters(meters));
  }

  @Bean
  IntakeClients intakeClients(ClientFactories factories, DeliveryProperties properties) {
    return new IntakeClients(new BrokerClients(factories, "delivery"), properties.instance());
  }

  @Bean
  SlowDestinations slowDestinations(MeterRegistry meters) {
    SlowDestinations slow = new SlowDestinations(System::nanoTime);
    Gauge.builder("gatepost.delivery.early.slow", slow, SlowDestinations::slow)
        .description("Next hops that were too slow of late for clients to wait")
        .register(meters);
    return slow;
  }

  @Bean
  NextHops earlyNextHops(SmtpTransport smtp, MaildirTransport maildirs, SlowDestinations slow) {
    return new NextHops(smtp::against, maildirs::against, slow);
  }

  @Bean
  EarlyDelivery earlyDelivery(
      Attempts attempts,
      AttemptRoom room,
      NextHops nextHops,
      HeardRecipients heard,
      DeliveryProperties properties,
      MeterRegistry meters) {
    EarlyDelivery early =
        new EarlyDelivery(
            attempts,
            room,
            new EarlyDelivery.Hosts(nextHops, properties.early().rules(), heard::told),
            properties.maxRunning(),
            Schedulers.parallel(),
            System::nanoTime,
            new EarlyMeters(meters));
    Gauge.builder("gatepost.delivery.early.running", early, EarlyDelivery::running)
        .description("Attempts that are made while the client waits, or wait for their records")
        .register(meters);
    return early;
  }

  @Bean
  Dispatcher dispatcher(
      Attempts attempts,
      EarlyDelivery early,
      Queue queue,
      IntakeClients clients,
      AttemptRoom room,
      ObjectProvider<Traces> traces,
      MeterRegistry meters) {
    return new Dispatcher(
        attempts, early, queue, clients, room, traces.getIfAvailable(() -> Traces.OFF), meters);
  }

  @Bean(destroyMethod = "") // the lifecycle closes it, in order
  Intake intake(
      IntakeClients clients,
      Dispatcher dispatcher,
      Queue queue,
      SmtpTransport smtp,
      EarlyDelivery early,
      LateScans lateScans,
      DeliveryProperties properties,
      MeterRegistry meters) {
    Runnable stopAccepting =
        () -> {
          early.stopAccepting();
          lateScans.stopAccepting();
          smtp.stopAccepting();
        };
    Intake intake = new Intake(clients, dispatcher, queue, properties.maxRunning(), stopAccepting);
    Gauge.builder("gatepost.delivery.running", intake, Intake::running).register(meters);
    return intake;
  }

  @Bean
  ClockWatch deliveryClockWatch(Intake intake) {
    return ClockWatch.start(intake::clockWasSetBack);
  }

  @Bean
  DeliveryLifecycle deliveryLifecycle(Intake intake) {
    return new DeliveryLifecycle(intake);
  }

  @Bean
  Gate probesGate() {
    return Probes.gate();
  }

  @Bean
  Probes probes(
      SmtpTransport smtp,
      @Qualifier("probesGate") Gate probesGate,
      DeliveryProperties properties,
      MeterRegistry meters) {
    return new Probes(smtp, probesGate, properties.probe().timeout(), meters);
  }

  @Bean
  FilterDelivery filterDelivery(SmtpTransport smtp, AttemptRoom room, MeterRegistry meters) {
    return new FilterDelivery(smtp, room, Schedulers.parallel(), meters);
  }

  @Bean
  Delivery delivery(
      SmtpTransport smtp,
      NextHops nextHops,
      Probes probes,
      LateBacklog lateBacklog,
      EarlyDelivery early,
      FilterDelivery filters) {
    return new Delivery() {
      @Override
      public Mono<List<DestinationState>> destinations() {
        return Mono.fromSupplier(() -> nextHops.states(smtp.states(), SmtpTransport.MAX_LISTED));
      }

      @Override
      public Mono<ProbeAnswer> probe(ProbeRequest request) {
        return probes.ask(request);
      }

      @Override
      public Mono<LateScansState> lateScans() {
        return Mono.fromSupplier(() -> lateBacklog.state(Instant.now()));
      }

      @Override
      public Mono<EarlyResult> deliverNow(EnvelopeRecord message, EarlyTerms terms) {
        return early.deliverNow(message, terms);
      }

      @Override
      public Mono<EarlyResult> withdraw(QueueId id) {
        return early.withdraw(id);
      }

      @Override
      public Mono<FilterAnswer> filter(EnvelopeRecord message, FilterTerms terms) {
        return filters.show(message, terms);
      }
    };
  }

  @Bean
  HealthIndicator deliveryHealthIndicator(Intake intake, SlowDestinations slow) {
    return () ->
        (intake.isHealthy() ? Health.up() : Health.outOfService())
            .withDetail("running", intake.running())
            .withDetail("slow", slow.slow())
            .build();
  }
}
