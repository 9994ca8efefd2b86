package io.gatepost.edge.listener;

import io.gatepost.edge.intake.Acceptance;
import io.gatepost.edge.intake.Submission;
import io.gatepost.edge.policy.RelayNetworks;
import io.gatepost.edge.policy.StandardPolicy;
import io.gatepost.edge.session.SessionMachine;
import io.gatepost.smtp.command.CommandParser;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// Puts the listener together.
@Configuration(proxyBeanMethods = false)
public class ListenerConfiguration {

  /// What the listener takes from the settings.
  public record Listening(
      InetSocketAddress address, String hostname, int maxErrors, Duration idleTimeout) {}

  @Bean
  SmtpListener smtpListener(
      Listening listening,
      SessionMachine machine,
      CommandParser parser,
      StandardPolicy policy,
      Submission submission,
      Acceptance acceptance,
      RelayNetworks relayNetworks,
      MeterRegistry meters) {
    return new SmtpListener(
        listening.address(),
        new SessionServices(
            listening.hostname(),
            machine,
            parser,
            policy,
            submission,
            acceptance,
            relayNetworks,
            new EdgeMeters(meters),
            listening.maxErrors(),
            listening.idleTimeout()));
  }
}
