package io.gatepost.delivery;

import io.gatepost.contract.delivery.Delivery;
import io.gatepost.contract.process.ClockWatch;
import io.gatepost.contract.queue.Queue;
import io.gatepost.contract.routing.Routing;
import io.gatepost.contract.setting.OwnHostName;
import io.gatepost.delivery.attempt.AttemptMeters;
import io.gatepost.delivery.attempt.Attempts;
import io.gatepost.delivery.attempt.Expiry;
import io.gatepost.delivery.intake.Dispatcher;
import io.gatepost.delivery.intake.Intake;
import io.gatepost.delivery.intake.IntakeClients;
import io.gatepost.delivery.transport.maildir.MaildirTransport;
import io.gatepost.delivery.transport.smtp.SmtpTransport;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.Executors;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.core.publisher.Mono;

/// Every part of delivery-service and what it is made of.
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(DeliveryProperties.class)
public class DeliveryConfiguration {

  @Bean
  SmtpTransport smtpTransport(
      DeliveryProperties properties,
      Queue queue,
      MeterRegistry meters,
      @Value("${gatepost.edge.hostname:}") String hostname) {
    return new SmtpTransport(
        new SmtpTransport.Peers(
            OwnHostName.of(hostname).text(), properties.anyHost(), properties.namedSmartHosts()),
        queue,
        new SmtpTransport.Settings(
            properties.connectionsPerDestination(),
            properties.waitingPerDestination(),
            properties.recipientsPerTransaction(),
            properties.connectTimeout(),
            properties.idleTimeout(),
            properties.unreachablePause()),
        meters);
  }

  @Bean
  MaildirTransport maildirTransport(
      DeliveryProperties properties, Queue queue, @Value("${gatepost.data-dir:./data}") Path data) {
    Path root =
        properties.maildirRoot().isBlank()
            ? data.resolve("maildir")
            : Path.of(properties.maildirRoot());
    return new MaildirTransport(
        root, queue, Executors.newVirtualThreadPerTaskExecutor(), InstantSource.system());
  }

  @Bean
  Expiry expiry(@Value("${gatepost.queue.lifetime:P5D}") Duration lifetime) {
    return new Expiry(lifetime, Instant.now(), System::nanoTime);
  }

  @Bean
  Attempts attempts(
      Routing routing,
      SmtpTransport smtp,
      MaildirTransport maildirs,
      Queue queue,
      MeterRegistry meters,
      DeliveryProperties properties,
      Expiry expiry,
      @Value("${gatepost.edge.hostname:}") String hostname) {
    return new Attempts(
        routing,
        smtp,
        maildirs,
        queue,
        expiry,
        properties.delayNotice(),
        OwnHostName.of(hostname).text(),
        InstantSource.system(),
        new AttemptMeters(meters));
  }

  @Bean
  IntakeClients intakeClients(
      @Value("${spring.kafka.bootstrap-servers:127.0.0.1:9092}") String bootstrapServers,
      DeliveryProperties properties) {
    return new IntakeClients(bootstrapServers, properties.instance());
  }

  @Bean
  Dispatcher dispatcher(
      Attempts attempts, Queue queue, IntakeClients clients, MeterRegistry meters) {
    return new Dispatcher(attempts, queue, clients, meters);
  }

  @Bean(destroyMethod = "") // the lifecycle closes it, in order
  Intake intake(
      IntakeClients clients,
      Dispatcher dispatcher,
      Queue queue,
      SmtpTransport smtp,
      DeliveryProperties properties,
      MeterRegistry meters) {
    Intake intake =
        new Intake(clients, dispatcher, queue, properties.maxRunning(), smtp::beginNoMore);
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
  Delivery delivery(SmtpTransport smtp) {
    return () -> Mono.fromSupplier(smtp::states);
  }

  @Bean
  HealthIndicator deliveryHealthIndicator(Intake intake) {
    return () ->
        (intake.isHealthy() ? Health.up() : Health.outOfService())
            .withDetail("running", intake.running())
            .build();
  }
}
