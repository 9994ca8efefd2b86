package io.gatepost.edge;

import io.gatepost.contract.envelope.QueueIdSequence;
import io.gatepost.contract.queue.Queue;
import io.gatepost.contract.scanning.Scanning;
import io.gatepost.contract.verification.Verification;
import io.gatepost.edge.intake.Acceptance;
import io.gatepost.edge.intake.ContentMemory;
import io.gatepost.edge.intake.Submission;
import io.gatepost.edge.listener.ListenerConfiguration;
import io.gatepost.edge.policy.RecipientLimit;
import io.gatepost.edge.policy.RecipientVerified;
import io.gatepost.edge.policy.RelayNetworks;
import io.gatepost.edge.policy.StandardPolicy;
import io.gatepost.edge.session.SessionMachine;
import io.gatepost.smtp.command.CommandParser;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/// Every part of smtp-edge and what it is made of.
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(EdgeProperties.class)
@Import(ListenerConfiguration.class)
public class EdgeConfiguration {

  @Bean
  ListenerConfiguration.Listening edgeListening(EdgeProperties properties) {
    return new ListenerConfiguration.Listening(
        properties.listenAddress(),
        properties.hostname(),
        properties.maxErrors(),
        properties.idleTimeout());
  }

  @Bean
  SessionMachine sessionMachine(EdgeProperties properties) {
    return new SessionMachine(properties.hostname(), properties.maxMessageSize().toBytes());
  }

  @Bean
  CommandParser commandParser(EdgeProperties properties) {
    return new CommandParser(properties.postmasterAddress());
  }

  @Bean
  RelayNetworks relayNetworks(EdgeProperties properties) {
    return RelayNetworks.parse("gatepost.edge.relay-from", properties.relayFrom());
  }

  @Bean
  StandardPolicy standardPolicy(EdgeProperties properties, Verification verification) {
    return new StandardPolicy(
        new RecipientLimit(properties.maxRecipients()),
        new RecipientVerified(verification, properties.verifyTimeout()));
  }

  @Bean
  ContentMemory contentMemory(EdgeProperties properties, MeterRegistry meters) {
    ContentMemory memory =
        new ContentMemory(
            Math.toIntExact(properties.inlineThreshold().toBytes()),
            properties.contentMemory().toBytes());
    Gauge.builder("gatepost.edge.content.memory", memory, ContentMemory::used)
        .baseUnit("bytes")
        .register(meters);
    return memory;
  }

  @Bean
  Submission submission(
      EdgeProperties properties,
      Queue queue,
      ContentMemory memory,
      @Value("${gatepost.queue.partitions:1}") int partitions) {
    InstantSource clock = InstantSource.system();
    return new Submission(
        new QueueIdSequence(clock, partitions),
        properties.hostname(),
        queue,
        memory,
        properties.maxMessageSize().toBytes(),
        clock);
  }

  @Bean
  Acceptance acceptance(EdgeProperties properties, Scanning scanning, Queue queue) {
    return new Acceptance(scanning, queue, properties.scanTimeout(), properties.queueTimeout());
  }
}
