package io.gatepost.edge.listener;

import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.verification.Verification;
import io.gatepost.edge.intake.Acceptance;
import io.gatepost.edge.intake.Submission;
import io.gatepost.edge.policy.StandardPolicy;
import io.gatepost.edge.session.RecipientRoom;
import io.gatepost.edge.session.SessionMachine;
import io.gatepost.edge.tls.TlsContexts;
import io.gatepost.smtp.command.CommandParser;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Optional;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// Puts the listeners together.
@Configuration(proxyBeanMethods = false)
public class ListenerConfiguration {

  /// What the listeners take from the settings.
  ///
  /// @param addresses the plain MX listener first
  /// @param tls empty where no bundle is set
  public record Listening(
      List<ListenAddress> addresses, SessionRules rules, Optional<TlsContexts> tls) {}

  @Bean
  SmtpListener smtpListener(
      Listening listening,
      SessionMachine machine,
      CommandParser parser,
      StandardPolicy policy,
      RecipientRoom recipientRoom,
      Submission submission,
      Acceptance acceptance,
      Verification verification,
      MeterRegistry meters) {
    return new SmtpListener(
        listening.addresses(),
        new SessionServices(
            listening.rules(),
            Replies.greeting(listening.rules().hostname()),
            machine,
            parser,
            policy,
            recipientRoom,
            submission,
            acceptance,
            verification,
            new EdgeMeters(meters),
            listening.tls()));
  }
}
